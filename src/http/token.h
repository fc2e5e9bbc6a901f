// SPDX-License-Identifier: Apache-2.0
// The characters of a token, of which field names are made (RFC 9110 5.6.2).
#pragma once

#include <array>

#include "m531x/bytes.h"

namespace m531x::http {

inline constexpr std::array<bool, 256> kIsToken = [] {
  std::array<bool, 256> is_token{};
  for (const char c :
       Bytes("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    is_token[static_cast<unsigned char>(c)] = true;
  }
  return is_token;
}();

constexpr bool is_token(char c) { return kIsToken[static_cast<unsigned char>(c)]; }

}  // namespace m531x::http
