// SPDX-License-Identifier: Apache-2.0
// The one table of what the control side can be asked: name, parameters, meaning, function. The
// complaints, `m531x ctl --help`, the man page, the completion and `help` are made from it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/modules.h"
#include "m531x/model.h"

namespace m531x::app {

struct ControlParameter {
  enum class Kind : std::uint8_t { number, truth, text };

  std::string_view name;
  Kind kind;
  bool required;
  std::string_view meaning;
  std::int64_t low = 0;  // of a number; of a text its least and most bytes
  std::int64_t high = 0;
  std::optional<std::int64_t> unknown =
      std::nullopt;            // of a number: what says that it is not known
  std::string_view unit = "";  // NOLINT(readability-redundant-string-init): GCC warns without it
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::span<const std::string_view> names = {};  // of a text: one of these
};

// What a command works on.
struct ControlCall {
  const Model& model;
  Modules& modules;
  unsigned number;                          // of the modem, for a command of a modem
  const nlohmann::ordered_json& arguments;  // each of its kind and in its range

  [[nodiscard]] Module& module() const { return modules.at(number); }
};

struct ControlCommand {
  std::string_view name;
  std::string_view meaning;
  bool of_modem;  // it has the parameter kModemParameter, too
  std::span<const ControlParameter> parameters;
  // Adds what it tells to `answer`, or throws UserError and has done nothing.
  void (*run)(const ControlCall& call, nlohmann::ordered_json& answer);
};

// Which modem; may be left out when only one is on.
extern const ControlParameter kModemParameter;

// All of them.
[[nodiscard]] std::span<const ControlCommand> control_table();
// The one of that name. Throws UserError.
[[nodiscard]] const ControlCommand& find_control(std::string_view name);
// That parameter of the command. Throws UserError.
[[nodiscard]] const ControlParameter& find_parameter(const ControlCommand& command,
                                                     std::string_view name);

// What may stand there: "0 to 31, or 99", "true or false".
[[nodiscard]] std::string range_of(const ControlParameter& parameter);
// Throws UserError when `value` may not stand there.
void check_argument(const ControlCommand& command, const ControlParameter& parameter,
                    const nlohmann::ordered_json& value);
// Throws UserError when one that is required is not in `arguments`.
void check_required(const ControlCommand& command, const nlohmann::ordered_json& arguments);
// A value as a user writes it after `=`. Throws UserError.
[[nodiscard]] nlohmann::ordered_json parse_argument(const ControlCommand& command,
                                                    const ControlParameter& parameter,
                                                    std::string_view text);

}  // namespace m531x::app
