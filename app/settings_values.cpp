// SPDX-License-Identifier: Apache-2.0
// Settings as a user writes them: the values' texts, their ranges, what is refused.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <vector>

#include "app/settings_table.h"
#include "m531x/ascii.h"
#include "port/serial_settings.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Kind = Setting::Kind;

std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names;
  for (const Model& model : models()) names.push_back(model.name);
  return names;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

// The index of `text` in `names`, or -1.
std::int64_t index_of(std::span<const std::string_view> names, std::string_view text) {
  const auto at = std::ranges::find_if(
      names, [text](std::string_view name) { return equal_ignoring_case(name, text); });
  return at == names.end() ? -1 : at - names.begin();
}

constexpr std::array<std::string_view, 2> kTruths = {"false", "true"};

// `a, b or c`.
template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const bool last = std::next(name) == names.end();
    text += fmt::format("{}{}", text.empty() ? "" : last ? " or " : ", ", *name);
  }
  return text;
}

}  // namespace

std::string range_of(const Setting& setting) {
  switch (setting.kind) {
    case Kind::number:
      return fmt::format("a number from {} to {}{} ({})", setting.low, setting.high,
                         setting.unknown ? fmt::format(", or {} if unknown", *setting.unknown) : "",
                         setting.unit);
    case Kind::rate:
      return listed(port::serial_rates());
    case Kind::truth:
      return listed(kTruths);
    case Kind::choice:
      return listed(setting.names);
    case Kind::text:
      return std::string(setting.unit);
    case Kind::model:
      break;
  }
  return listed(model_names());
}

std::string value_of(const Setting& setting, const RunSettings& settings) {
  if (setting.kind == Kind::text) return std::get<std::string>(setting.get(settings));
  const auto value = std::get<std::int64_t>(setting.get(settings));
  const auto index = static_cast<std::size_t>(value);
  switch (setting.kind) {
    case Kind::number:
    case Kind::rate:
      return std::to_string(value);
    case Kind::truth:
      return std::string(kTruths[index]);
    case Kind::choice:
      return std::string(setting.names[index]);
    case Kind::text:
    case Kind::model:
      break;
  }
  return std::string(models()[index].name);
}

Value parse_value(const Setting& setting, std::string_view text) {
  std::int64_t value = -1;
  switch (setting.kind) {
    case Kind::number:
    case Kind::rate: {
      const char* const text_end = text.data() + text.size();
      const auto [end, error] = std::from_chars(text.data(), text_end, value);
      if (error != std::errc() || end != text_end) refuse_value(setting);
      break;
    }
    case Kind::truth:
      value = index_of(kTruths, text);
      break;
    case Kind::choice:
      value = index_of(setting.names, text);
      break;
    case Kind::text:
      check_value(setting, std::string(text));
      return std::string(text);
    case Kind::model:
      value = index_of(model_names(), text);
      break;
  }
  check_value(setting, value);
  return value;
}

namespace {

bool is_in_range(const Setting& setting, std::int64_t number) {
  return (number >= setting.low && number <= setting.high) || number == setting.unknown;
}

}  // namespace

void check_value(const Setting& setting, const Value& value) {
  if (setting.kind == Kind::text) {
    if (!setting.accepts(std::get<std::string>(value))) refuse_value(setting);
    return;
  }
  const auto number = std::get<std::int64_t>(value);
  const auto rates = port::serial_rates();
  const bool good = setting.kind == Kind::rate     ? std::ranges::find(rates, number) != rates.end()
                    : setting.kind == Kind::number ? is_in_range(setting, number)
                                                   : number >= 0;
  if (!good) refuse_value(setting);
}

void refuse_value(const Setting& setting) {
  throw port::UserError(fmt::format("{} must be {}", setting.key, range_of(setting)));
}

}  // namespace m531x::app
