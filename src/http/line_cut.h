// SPDX-License-Identifier: Apache-2.0
// Where a line of a message ends (RFC 9112 2.2).
#pragma once

#include <bit>
#include <cstdint>

#include "m531x/bytes.h"
#include "mem/words.h"

namespace m531x::http {

struct LineCut {
  Bytes text;              // without its end
  std::uint32_t size = 0;  // of the text with its end
  bool ended = false;      // by LF or CR LF
  bool cr = false;         // behind the text; if the line has not ended, an LF may follow
  bool bad = false;        // there is a NUL in the text, or a CR
};

// The place of the first NUL, CR or LF, by words; bytes.size(): there is none.
inline std::size_t find_line_break(Bytes bytes) {
  constexpr auto kIsBreak = [](char c) { return c == '\0' || c == '\r' || c == '\n'; };
  std::size_t at = 0;
  while (std::endian::native == std::endian::little && at + sizeof(mem::Word) <= bytes.size()) {
    const mem::Word word = mem::load_word(bytes.data() + at);
    // The lowest bit that is set belongs to the first byte that is at most a CR.
    const mem::Word low = (word - mem::kEachByte * ('\r' + 1)) & ~word & mem::kTopBits;
    if (low == 0) {
      at += sizeof word;
      continue;
    }
    at += static_cast<std::size_t>(std::countr_zero(low)) / 8;
    if (kIsBreak(bytes[at])) return at;
    ++at;
  }
  while (at < bytes.size() && !kIsBreak(bytes[at])) ++at;
  return at;
}

// Whether the first line break is an ordinary one, so that the line is over.
[[nodiscard]] inline bool is_crlf(Bytes bytes, std::size_t line_break) {
  return line_break + 2 <= bytes.size() && bytes[line_break] == '\r' &&
         bytes[line_break + 1] == '\n';
}

// Cuts the line that `bytes` begin with, which need not be whole.
[[nodiscard]] LineCut cut_line(Bytes bytes);

}  // namespace m531x::http
