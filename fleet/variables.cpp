// SPDX-License-Identifier: Apache-2.0
#include "fleet/variables.h"

#include <array>

namespace m531x::fleet {
namespace {

constexpr std::string_view kBegin = "${";

struct Row {
  std::string_view name;
  std::string (*value)(const Variables&);
};
constexpr auto kRows = std::to_array<Row>({
    {"imei", [](const Variables& all) { return std::string(all.identity.imei.view()); }},
    {"imsi", [](const Variables& all) { return std::string(all.identity.imsi.view()); }},
    {"iccid", [](const Variables& all) { return std::string(all.identity.iccid.view()); }},
    {"n", [](const Variables& all) { return std::to_string(all.number); }},
    {"server", [](const Variables& all) { return std::string(all.server); }},
    {"path", [](const Variables& all) { return std::string(all.path); }},
});

const Row* find(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// Shows each stretch of text to `text` and each variable's name to `variable`.
template <typename Text, typename Variable>
void walk(std::string_view all, Text text, Variable variable) {
  while (true) {
    const std::size_t begin = all.find(kBegin);
    const std::size_t end = begin == std::string_view::npos ? begin : all.find('}', begin);
    if (end == std::string_view::npos) return text(all);
    text(all.substr(0, begin));
    variable(all.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    all.remove_prefix(end + 1);
  }
}

// For digits that get one behind them (the Luhn formula).
char check_digit(std::string_view digits) {
  unsigned sum = 0;
  bool doubled = true;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, doubled = !doubled) {
    const auto digit = static_cast<unsigned>(*at - '0');
    const unsigned value = doubled ? 2 * digit : digit;
    sum += value / 10 + value % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string counted_up_checked(std::string_view digits, std::size_t more) {
  std::string next = counted_up(digits.substr(0, digits.size() - 1), more);
  next += check_digit(next);
  return next;
}

}  // namespace

bool has_variables(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

std::optional<std::string> unknown_variable(std::string_view text) {
  std::optional<std::string> unknown;
  walk(
      text, [](std::string_view) {},
      [&](std::string_view name) {
        if (!unknown && find(name) == nullptr) unknown = std::string(name);
      });
  return unknown;
}

std::string expand(std::string_view text, const Variables& variables) {
  std::string expanded;
  walk(
      text, [&](std::string_view part) { expanded += part; },
      [&](std::string_view name) {
        if (const Row* const row = find(name)) expanded += row->value(variables);
      });
  return expanded;
}

std::string counted_up(std::string_view digits, std::size_t more) {
  std::string next(digits);
  for (auto at = next.rbegin(); at != next.rend() && more > 0; ++at) {
    const std::size_t sum = static_cast<std::size_t>(*at - '0') + more;
    *at = static_cast<char>('0' + sum % 10);
    more = sum / 10;
  }
  return next;
}

Identity identity_of(const Identity& first, std::size_t number) {
  Identity identity = first;
  if (number == 0) return identity;
  if (!first.imei.view().empty())
    identity.imei = Bytes(counted_up_checked(first.imei.view(), number));
  if (!first.iccid.view().empty())
    identity.iccid = Bytes(counted_up_checked(first.iccid.view(), number));
  identity.imsi = Bytes(counted_up(first.imsi.view(), number));
  return identity;
}

}  // namespace m531x::fleet
