// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 4) of the credentials of Basic authentication (RFC 7617 2).
#pragma once

#include "m531x/bytes.h"

namespace m531x::http {

// Calls `put(char)` for each character of the encoding of the bytes that `get()` yields as 0 ...
// 255 until it yields a negative number.
template <typename Get, typename Put>
void base64(Get&& get, Put&& put) {
  constexpr Bytes kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (true) {
    const int a = get();
    if (a < 0) return;
    const int b = get();
    const int c = b < 0 ? -1 : get();
    const unsigned bits = static_cast<unsigned>(a) << 16 |
                          (b < 0 ? 0U : static_cast<unsigned>(b) << 8) |
                          (c < 0 ? 0U : static_cast<unsigned>(c));
    put(kAlphabet[bits >> 18]);
    put(kAlphabet[bits >> 12 & 63]);
    put(b < 0 ? '=' : kAlphabet[bits >> 6 & 63]);
    put(c < 0 ? '=' : kAlphabet[bits & 63]);
    if (c < 0) return;
  }
}

}  // namespace m531x::http
