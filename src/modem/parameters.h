// SPDX-License-Identifier: Apache-2.0
// Parameters as the base commands have them (27.007 4.2): left out, as bits, as a word.
#pragma once

#include <algorithm>

#include "at/command.h"
#include "m531x/ascii.h"
#include "m531x/short_text.h"

namespace m531x::modem {

// Behind the last one, or nothing between its commas. `""` is there.
inline bool is_omitted(const at::Args& args, std::size_t i) {
  return i >= args.size() || (!args[i].quoted && args[i].size == 0);
}

// `fallback` when it is left out; nullopt when it is no number from `low` to `high`.
inline std::optional<std::uint32_t> number_or(const at::Args& args, std::size_t i,
                                              std::uint32_t low, std::uint32_t high,
                                              std::uint32_t fallback) {
  return is_omitted(args, i) ? fallback : args.number(i, low, high);
}

// Exactly kCount digits 0 and 1, with quotes or without (24.008); `to` stays as it is when they are
// left out. False: it is something else.
template <std::size_t kCount>
bool take_bits(const at::Args& args, std::size_t i, ShortText<kCount>& to) {
  if (is_omitted(args, i)) return true;
  const Bytes bits = args[i].text();
  if (bits.size() != kCount || bits.find_first_not_of("01") != Bytes::npos) return false;
  to = bits;
  return true;
}

// 1 to `most` hex digits; nullopt when it is anything else.
inline std::optional<std::uint32_t> hex_number(Bytes text, std::size_t most) {
  if (text.empty() || text.size() > most) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

// Letter case does not count. `word` is in upper case.
inline bool is_word(Bytes text, Bytes word) { return std::ranges::equal(text, word, {}, to_upper); }

}  // namespace m531x::modem
