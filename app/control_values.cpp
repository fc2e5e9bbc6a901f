// SPDX-License-Identifier: Apache-2.0
// Arguments of control commands: found by name, judged, read from a command line.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "app/control_table.h"
#include "port/user_error.h"
#include "settings/words.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using ParameterKind = ControlParameter::Kind;
using port::UserError;
using settings::in_quotes;

std::string_view kind_of(const ControlParameter& parameter) {
  switch (parameter.kind) {
    case ParameterKind::number:
      return "a whole number";
    case ParameterKind::truth:
      return "true or false";
    case ParameterKind::text:
      break;
  }
  return "a text";
}

[[noreturn]] void refuse_kind(const ControlCommand& command, const ControlParameter& parameter) {
  throw UserError(
      fmt::format("{}: {} must be {}", command.name, parameter.name, kind_of(parameter)));
}

bool is_of_kind(ParameterKind kind, const Json& value) {
  switch (kind) {
    case ParameterKind::number:
      return value.is_number_integer();
    case ParameterKind::truth:
      return value.is_boolean();
    case ParameterKind::text:
      break;
  }
  return value.is_string();
}

bool is_in_range(const ControlParameter& parameter, const Json& value) {
  if (parameter.kind == ParameterKind::truth) return true;
  const auto in_range = [&parameter](std::int64_t number) {
    return number >= parameter.low && number <= parameter.high;
  };
  if (!parameter.names.empty()) {
    return std::ranges::count(parameter.names,
                              std::string_view(value.get_ref<const std::string&>())) > 0;
  }
  if (parameter.kind == ParameterKind::text) {
    return in_range(static_cast<std::int64_t>(value.get_ref<const std::string&>().size()));
  }
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return false;
  const auto number = value.get<std::int64_t>();
  return in_range(number) || number == parameter.unknown;
}

}  // namespace

const ControlCommand& find_control(std::string_view name) {
  const auto table = control_table();
  const auto row = std::ranges::find(table, name, &ControlCommand::name);
  if (row != table.end()) return *row;
  throw UserError("there is no command " + in_quotes(name) + "; help lists them");
}

const ControlParameter& find_parameter(const ControlCommand& command, std::string_view name) {
  const auto row = std::ranges::find(command.parameters, name, &ControlParameter::name);
  if (row != command.parameters.end()) return *row;
  if (command.of_modem && name == kModemParameter.name) return kModemParameter;
  throw UserError(fmt::format("{} has no parameter {}", command.name, in_quotes(name)));
}

std::string range_of(const ControlParameter& parameter) {
  if (parameter.kind == ParameterKind::truth) return "true or false";
  if (!parameter.names.empty()) return fmt::format("{}", fmt::join(parameter.names, ", "));
  const std::string_view unit = parameter.kind == ParameterKind::text ? "bytes" : parameter.unit;
  return fmt::format("{} to {}{}{}", parameter.low, parameter.high, unit.empty() ? "" : " ", unit) +
         (parameter.unknown ? fmt::format(", or {} if unknown", *parameter.unknown) : "");
}

void check_argument(const ControlCommand& command, const ControlParameter& parameter,
                    const Json& value) {
  if (!is_of_kind(parameter.kind, value)) refuse_kind(command, parameter);
  if (is_in_range(parameter, value)) return;
  throw UserError(
      fmt::format("{}: {} is out of range: {}", command.name, parameter.name, range_of(parameter)));
}

void check_required(const ControlCommand& command, const Json& arguments) {
  for (const ControlParameter& parameter : command.parameters) {
    if (!parameter.required || arguments.contains(parameter.name)) continue;
    throw UserError(
        fmt::format("{}: {} is missing: {}", command.name, parameter.name, range_of(parameter)));
  }
}

Json parse_argument(const ControlCommand& command, const ControlParameter& parameter,
                    std::string_view text) {
  Json value = text;
  if (parameter.kind == ParameterKind::truth) {
    if (text != "true" && text != "false") refuse_kind(command, parameter);
    value = text == "true";
  }
  if (parameter.kind == ParameterKind::number) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) refuse_kind(command, parameter);
    value = number;
  }
  check_argument(command, parameter, value);
  return value;
}

}  // namespace m531x::app
