// SPDX-License-Identifier: Apache-2.0
// m531x ctl: asks a running m531x --control one thing.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/control_table.h"
#include "port/control_client.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using port::UserError;

constexpr Millis kPatience{5'000};

struct CtlOptions {
  std::string socket;
  std::string command;
  std::vector<std::string> arguments;
  bool json = false;
};

// JSON, and so the control side, has nothing but UTF-8.
void check_text(const ControlCommand& command, const ControlParameter& parameter,
                const Json& value) {
  if (!value.is_string()) return;
  try {
    static_cast<void>(value.dump());
  } catch (const Json::type_error&) {
    throw UserError(fmt::format("{}: {} is not UTF-8", command.name, parameter.name));
  }
}

Json request_of(const CtlOptions& options) {
  const ControlCommand& command = find_control(options.command);
  Json request{{"command", command.name}};
  for (const std::string& argument : options.arguments) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos) throw UserError(argument + ": write it as key=value");
    const std::string key = argument.substr(0, equals);
    const ControlParameter& parameter = find_parameter(command, key);
    if (request.contains(key)) throw UserError(key + " is there twice");
    request[key] = parse_argument(command, parameter, argument.substr(equals + 1));
    check_text(command, parameter, request[key]);
  }
  check_required(command, request);
  return request;
}

// On one line, without anything that a terminal would obey.
std::string shown(const Json& value) {
  const std::string text = value.dump(-1, ' ', true);
  return value.is_string() ? text.substr(1, text.size() - 2) : text;
}

// `key value`, a line for each value; the way to an inner one has dots.
void print(const std::string& key, const Json& value) {
  if (!value.is_structured()) return fmt::print("{} {}\n", key, shown(value));
  for (const auto& [name, inner] : value.items()) {
    print(key.empty() ? name : fmt::format("{}.{}", key, name), inner);
  }
}

int ask(const CtlOptions& options) {
  const std::string line = request_of(options).dump(-1, ' ', true);
  const std::string answer = port::ask(options.socket, line, kPatience);
  Json values = Json::parse(answer, nullptr, false);
  const bool is_answer = values.is_object() && values.contains("ok") && values["ok"].is_boolean();
  if (!is_answer) throw std::runtime_error(options.socket + ": its answer is not one of m531x");
  const bool ok = values["ok"].get<bool>();
  values.erase("ok");
  if (options.json) {
    fmt::print("{}\n", answer);
  } else if (ok) {
    print("", values);
  } else {
    fmt::print(stderr, "m531x: {}\n", shown(values.value("error", Json("it says no"))));
  }
  return ok ? kDone : kFailed;
}

std::string commands_help() {
  std::string text =
      "Examples:\n"
      "  m531x run --control /tmp/modem.ctl\n"
      "  m531x ctl /tmp/modem.ctl state\n"
      "  m531x ctl /tmp/modem.ctl signal rssi=5 rsrp=255\n"
      "  m531x ctl /tmp/modem.ctl inject text='+CMTI: \"SM\",1'\n"
      "  m531x ctl /tmp/modem.ctl fault kind=reset at=body byte=100\n"
      "\n"
      "Commands, and what they take as key=value:\n";
  for (const ControlCommand& command : control_table()) {
    text += fmt::format("  {}\n      {}\n", command.name, command.meaning);
    for (const ControlParameter& parameter : command.parameters) {
      text += fmt::format("      {}: {}; {}{}\n", parameter.name, parameter.meaning,
                          range_of(parameter), parameter.required ? "" : "; may be left out");
    }
  }
  text += fmt::format("All but modems and help also take\n      {}: {}; {}\n", kModemParameter.name,
                      kModemParameter.meaning, range_of(kModemParameter));
  return text;
}

}  // namespace

Command add_ctl(CLI::App& program) {
  auto* const app = program.add_subcommand("ctl", "Ask or tell a running module");
  const auto options = std::make_shared<CtlOptions>();
  expects(app->add_option("socket", options->socket, "Where m531x run --control listens"), "SOCKET")
      ->required();
  expects(app->add_option("command", options->command, "What to do, see below"), "COMMAND")
      ->required();
  expects(app->add_option("arguments", options->arguments, "What the command takes"), "KEY=VALUE");
  app->add_flag("--json", options->json, "Print the answer as it came");
  app->footer(commands_help);
  return {app, [options] { return ask(*options); }};
}

}  // namespace m531x::app
