// SPDX-License-Identifier: Apache-2.0
// The one table of what a user may set: key, range, meaning, and where the value lives. The config
// file, --set, the help, the man page and `m531x models` are made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "m531x/model.h"
#include "port/net_options.h"
#include "port/tls_options.h"
#include "sim/conditions.h"

namespace m531x::app {

// All settings of a run.
struct RunSettings {
  const Model* model = nullptr;
  Settings modem;
  std::uint64_t pool_bytes = 256ULL << 20;
  bool strict_line = false;
  port::TlsOptions tls;
  port::NetOptions net;
  sim::Conditions conditions;
};

// A model with everything as the program has it: as out of the box, on the machine's clock and with
// a network that takes a moment.
[[nodiscard]] RunSettings settings_of(const Model& model);

// The line, the memory and the network are those that a module on a board has, not those that are
// pleasant on a desk.
void be_as_hardware(RunSettings& settings);

// A text, or a number: a truth is 0 or 1, a choice its index, a model its row.
using Value = std::variant<std::int64_t, std::string>;

struct Setting {
  enum class Kind : std::uint8_t { number, rate, truth, choice, text, model };

  std::string_view key;
  Kind kind;
  std::string_view meaning;
  std::int64_t low;  // of a number
  std::int64_t high;
  std::string_view unit;                    // of a number; of a text, what may stand there
  std::span<const std::string_view> names;  // of a choice, in the order of its values
  Value (*get)(const RunSettings&);
  void (*set)(RunSettings&, const Value&);
  bool (*accepts)(std::string_view) = nullptr;         // of a text
  std::optional<std::int64_t> unknown = std::nullopt;  // of a number: this one, too
};

// All of them; `model` is the first.
[[nodiscard]] std::span<const Setting> settings_table();
// The one of that key; nullptr when there is none.
[[nodiscard]] const Setting* find_setting(std::string_view key);

// What may stand there: "64 to 1460 bytes", "hold or drop".
[[nodiscard]] std::string range_of(const Setting& setting);
// The value as a user writes it.
[[nodiscard]] std::string value_of(const Setting& setting, const RunSettings& settings);

// Reads a value as a user writes it after `=`. Throws UserError, which says what may stand there.
[[nodiscard]] Value parse_value(const Setting& setting, std::string_view text);
// Throws UserError when `value` may not stand there.
void check_value(const Setting& setting, const Value& value);
// The error of parse_value and check_value.
[[noreturn]] void refuse_value(const Setting& setting);

}  // namespace m531x::app
