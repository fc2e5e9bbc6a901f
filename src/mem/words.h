// SPDX-License-Identifier: Apache-2.0
// Eight bytes looked at as one word.
#pragma once

#include <cstdint>
#include <cstring>

namespace m531x::mem {

using Word = std::uint64_t;

constexpr Word kEachByte = ~Word{0} / 255;  // times a byte: that byte in each of eight
constexpr Word kTopBits = kEachByte * 0x80;

inline Word load_word(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Not 0: there is a NUL among the bytes. On a little-endian machine its lowest bit is the top bit
// of the first one.
constexpr Word nuls(Word bytes) { return (bytes - kEachByte) & ~bytes & kTopBits; }
// The same for another byte.
constexpr Word places_of(Word bytes, char c) {
  return nuls(bytes ^ kEachByte * static_cast<unsigned char>(c));
}

}  // namespace m531x::mem
