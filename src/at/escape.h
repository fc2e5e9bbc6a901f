// SPDX-License-Identifier: Apache-2.0
// The two ways in which a string parameter spells bytes: escapes (manual chapter 5) and hex.
#pragma once

#include "mem/chain.h"

namespace m531x::at {

enum class Decoded : std::uint8_t { ok, malformed, out_of_memory };

// <encode_method> of +HTTPHEADER, +HTTPCONTENT and +HTTPCFG.
enum class Encoding : std::uint8_t { escapes = 0, hex = 1 };

// Appends the bytes that `text` spells to `out`. On failure `out` may hold a part of them.
//   escapes: \a \b \f \n \r \t \v \\ \' \" \? \ddd (1-3 octal digits, at most \377) and \xhh (1-2
//            hex digits); any other escape is malformed.
//   hex:     pairs of hex digits of either case; anything else is malformed.
[[nodiscard]] Decoded decode(Bytes text, Encoding encoding, mem::Chain& out);

}  // namespace m531x::at
