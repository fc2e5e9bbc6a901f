// SPDX-License-Identifier: Apache-2.0
#include "app/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/control_table.h"
#include "port/user_error.h"
#include "settings/words.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using port::UserError;

constexpr const char* kCommand = "command";
// So many modems are named in a complaint.
constexpr std::ptrdiff_t kMostNamed = 16;

// ASCII, whatever it quotes.
std::string written(const Json& answer) {
  return answer.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json parse(std::string_view line) {
  std::set<std::string> keys;
  std::string twice;
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& value) {
    if (event == Json::parse_event_t::key && depth == 1 &&
        !keys.insert(value.get<std::string>()).second) {
      twice = value.get<std::string>();
    }
    return true;
  };
  const auto refuse_byte = [](std::size_t number) {
    throw UserError(fmt::format("byte {} of the line is not what JSON has there", number));
  };
  // The parser would take it for the end.
  if (const auto nul = line.find('\0'); nul != std::string_view::npos) refuse_byte(nul + 1);
  Json request;
  try {
    request = Json::parse(line, watch);
  } catch (const Json::parse_error& error) {
    refuse_byte(error.byte);
  } catch (const Json::exception&) {
    throw UserError("a number in the line is too large");
  }
  if (!request.is_object()) {
    throw UserError(R"(the line is not a JSON object, such as {"command":"help"})");
  }
  if (!twice.empty()) throw UserError(settings::in_quotes(twice) + " is there twice");
  return request;
}

const ControlCommand& command_of(const Json& request) {
  const auto name = request.find(kCommand);
  if (name == request.end()) {
    throw UserError(R"("command" is missing, as in {"command":"help"})");
  }
  if (!name->is_string()) throw UserError("\"command\" must be a text");
  return find_control(name->get_ref<const std::string&>());
}

void check_arguments(const ControlCommand& command, const Json& request) {
  for (const auto& [name, value] : request.items()) {
    if (name != kCommand) check_argument(command, find_parameter(command, name), value);
  }
  check_required(command, request);
}

// As it is typed after `m531x ctl SOCKET`.
std::string words_of(const ControlCommand& command, const Json& request) {
  std::string text(command.name);
  for (const auto& [name, value] : request.items()) {
    if (name != kCommand) text += fmt::format(" {}={}", name, written(value));
  }
  return text;
}

std::string numbers_of(const Modules& modules) {
  std::string text;
  const auto count = static_cast<std::ptrdiff_t>(modules.size());
  const auto last = std::next(modules.begin(), std::min(count, kMostNamed));
  for (auto one = modules.begin(); one != last; ++one) {
    text += (text.empty() ? "" : ", ") + std::to_string(one->first);
  }
  return text + (count > kMostNamed ? ", ..." : "");
}

unsigned modem_of(const ControlCommand& command, const Json& request, const Modules& modules) {
  if (modules.empty()) throw UserError(fmt::format("{}: no modem is on", command.name));
  const auto number = request.find(kModemParameter.name);
  if (number != request.end()) {
    if (modules.contains(number->get<unsigned>())) return number->get<unsigned>();
    throw UserError(fmt::format("{}: there is no modem {}; on: {}", command.name,
                                number->get<unsigned>(), numbers_of(modules)));
  }
  if (modules.size() == 1) return modules.begin()->first;
  throw UserError(fmt::format("{}: say which modem; on: {}", command.name, numbers_of(modules)));
}

}  // namespace

std::string control_error(std::string_view sentence) {
  return written(Json{{"ok", false}, {"error", sentence}});
}

std::string Control::answer(std::string_view line) {
  std::optional<unsigned> number;
  try {
    const Json request = parse(line);
    const ControlCommand& command = command_of(request);
    check_arguments(command, request);
    if (command.of_modem) number = modem_of(command, request, modules_);
    if (trace_ != nullptr) trace_->tell(number, "control", words_of(command, request));
    Json answer{{"ok", true}};
    command.run({model_, modules_, number.value_or(0), request}, answer);
    return written(answer);
  } catch (const UserError& refusal) {
    if (trace_ != nullptr) trace_->tell(number, "control refused", refusal.what());
    return control_error(refusal.what());
  }
}

}  // namespace m531x::app
