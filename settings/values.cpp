// SPDX-License-Identifier: Apache-2.0
// Settings as a user writes them: the values' texts, their ranges, what is refused.
#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "m531x/ascii.h"
#include "m531x/uart.h"
#include "settings/table.h"
#include "settings/words.h"

namespace m531x::settings {
namespace {

using Kind = Setting::Kind;

std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names;
  for (const Model& model : models()) names.push_back(model.name);
  return names;
}

// The index of `text` in `names`, or -1.
std::int64_t index_of(std::span<const std::string_view> names, std::string_view text) {
  const auto at = std::ranges::find_if(
      names, [text](std::string_view name) { return equal_ignoring_case(name, text); });
  return at == names.end() ? -1 : at - names.begin();
}

constexpr std::array<std::string_view, 2> kTruths = {"false", "true"};

std::vector<std::string> rate_texts() {
  std::vector<std::string> texts;
  texts.reserve(kSerialRates.size());
  for (const std::uint32_t rate : kSerialRates) texts.push_back(std::to_string(rate));
  return texts;
}

}  // namespace

std::string range_of(const Setting& setting) {
  switch (setting.kind) {
    case Kind::number:
      return "a number from " + std::to_string(setting.low) + " to " +
             std::to_string(setting.high) +
             (setting.unknown ? ", or " + std::to_string(*setting.unknown) + " if unknown" : "") +
             " (" + std::string(setting.unit) + ")";
    case Kind::rate:
      return listed(rate_texts());
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

std::string value_of(const Setting& setting, const ModuleSettings& settings) {
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

std::optional<Value> parse_value(const Setting& setting, std::string_view text) {
  std::int64_t number = -1;
  switch (setting.kind) {
    case Kind::number:
    case Kind::rate: {
      const char* const text_end = text.data() + text.size();
      const auto [end, error] = std::from_chars(text.data(), text_end, number);
      if (error != std::errc() || end != text_end) return std::nullopt;
      break;
    }
    case Kind::truth:
      number = index_of(kTruths, text);
      break;
    case Kind::choice:
      number = index_of(setting.names, text);
      break;
    case Kind::model:
      number = index_of(model_names(), text);
      break;
    case Kind::text:
      break;
  }
  Value value = number;
  if (setting.kind == Kind::text) value = std::string(text);
  if (!may_be(setting, value)) return std::nullopt;
  return value;
}

bool may_be(const Setting& setting, const Value& value) {
  if (setting.kind == Kind::text) return setting.accepts(std::get<std::string>(value));
  const auto number = std::get<std::int64_t>(value);
  if (setting.kind == Kind::rate) {
    return std::ranges::find(kSerialRates, number) != kSerialRates.end();
  }
  if (setting.kind != Kind::number) return number >= 0;
  return (number >= setting.low && number <= setting.high) || number == setting.unknown;
}

std::string complaint_about(const Setting& setting) {
  return std::string(setting.key) + " must be " + range_of(setting);
}

}  // namespace m531x::settings
