// SPDX-License-Identifier: Apache-2.0
#include "app/typed_line.h"

#include <algorithm>

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr bool is_name_char(char c) {
  return is_digit(c) || is_letter(c) ||
         std::string_view("!%-./:_ ").find(c) != std::string_view::npos;
}

Unit read_number(Bytes text, std::size_t at, std::size_t most, int base) {
  int value = 0;
  std::size_t end = at;
  while (end < text.size() && end - at < most) {
    const int digit = hex_value(text[end]);
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
    ++end;
  }
  return {static_cast<char>(value), end == at ? 0 : end};
}

}  // namespace

Bytes trimmed(Bytes text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::size_t> number_of(Bytes text) {
  if (text.empty() || text.size() > 4 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::size_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::size_t>(c - '0');
  return value;
}

std::size_t find_prefix(Bytes line) {
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    if (to_upper(line[at]) == 'A' && to_upper(line[at + 1]) == 'T') return at;
  }
  return line.size();
}

bool is_basic_char(char c) {
  return is_digit(c) || is_letter(c) || c == '&' || c == '=' || c == '?' || c == ' ';
}

bool is_basic(Bytes text) {
  constexpr std::size_t kLongest = 64;
  return text.size() <= kLongest && std::ranges::all_of(text, is_basic_char);
}

std::string read_name(Bytes body, std::size_t& at) {
  std::string name(1, body[at++]);
  for (; at < body.size() && is_name_char(body[at]); ++at) {
    if (body[at] != ' ') name += to_upper(body[at]);
  }
  return name;
}

std::vector<TypedParameter> cut_parameters(Bytes body, std::size_t& at) {
  std::vector<TypedParameter> all;
  while (true) {
    const std::size_t begin = at;
    while (at < body.size() && body[at] == ' ') ++at;
    const std::size_t text = at;
    std::size_t end = body.size();
    if (at < body.size() && body[at] == '"') {
      for (std::size_t quote = body.find('"', at + 1); quote != Bytes::npos;
           quote = body.find('"', quote + 1)) {
        const Bytes rest = trimmed(body.substr(quote + 1));
        if (rest.empty() || body[quote + 1] == ',' || body[quote + 1] == ';') {
          end = rest.empty() ? body.size() : quote + 1;
          break;
        }
      }
    } else {
      end = std::min(body.find_first_of(",;", at), body.size());
    }
    Bytes inner = trimmed(body.substr(text, end - text));
    if (inner.starts_with('"')) inner.remove_prefix(1);
    if (inner.ends_with('"')) inner.remove_suffix(1);
    all.push_back({body.substr(begin, end - begin), inner});
    at = end;
    if (at == body.size() || body[at] != ',') return all;
    ++at;
  }
}

Unit read_unit(Bytes text) {
  constexpr std::string_view kLetters = "abfnrtv\\'\"?";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"?";
  if (text.front() != '\\') return {text.front(), 1};
  if (text.size() < 2) return {0, 0};
  if (const auto at = kLetters.find(text[1]); at != std::string_view::npos) {
    return {kMeanings[at], 2};
  }
  return text[1] == 'x' ? read_number(text, 2, 2, 16) : read_number(text, 1, 3, 8);
}

}  // namespace m531x::app
