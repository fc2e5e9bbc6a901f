// SPDX-License-Identifier: Apache-2.0
// The one table of what may be set on a module: key, range, meaning, and where the value lives. The
// program adds rows of its own (app/run_settings.h); its config file, --set, help, man page and
// `m531x models`, the transcripts' `set` and the library's are made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "settings/module_settings.h"

namespace m531x::settings {

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
  Value (*get)(const ModuleSettings&);
  void (*set)(ModuleSettings&, const Value&);
  bool (*accepts)(std::string_view) = nullptr;         // of a text
  std::optional<std::int64_t> unknown = std::nullopt;  // of a number: this one, too
};

// All of them; `model`, which decides all others, is the first.
[[nodiscard]] std::span<const Setting> module_table();
// The one of that key; nullptr when there is none.
[[nodiscard]] const Setting* find_setting(std::span<const Setting> table, std::string_view key);

// What may stand there: "64 to 1460 bytes", "hold or drop".
[[nodiscard]] std::string range_of(const Setting& setting);
// The value as a user writes it.
[[nodiscard]] std::string value_of(const Setting& setting, const ModuleSettings& settings);
// Reads a value as a user writes it after `=`; nullopt: it may not stand there.
[[nodiscard]] std::optional<Value> parse_value(const Setting& setting, std::string_view text);
// Whether `value`, of the setting's kind, may stand there.
[[nodiscard]] bool may_be(const Setting& setting, const Value& value);
// "tcp.mss must be a number from 64 to 1460 (bytes)".
[[nodiscard]] std::string complaint_about(const Setting& setting);

// Gives a module's setting a value. False: no such key, not a value of it, or the model.
[[nodiscard]] bool apply(std::string_view key, std::string_view value, ModuleSettings& settings);

}  // namespace m531x::settings
