// SPDX-License-Identifier: Apache-2.0
// The characters of a token, of which field names are made (RFC 9110 5.6.2).
#pragma once

#include <array>

#include "m531x/bytes.h"

namespace m531x::http {

// As a bit set of the 128 ASCII characters.
inline constexpr std::array<std::uint32_t, 4> kTokenSet = [] {
  std::array<std::uint32_t, 4> set{};
  for (const char c :
       Bytes("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    set[static_cast<unsigned>(c) / 32] |= 1U << (static_cast<unsigned>(c) % 32);
  }
  return set;
}();

constexpr bool is_token(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 128 && (kTokenSet[byte / 32] >> (byte % 32) & 1U) != 0;
}

}  // namespace m531x::http
