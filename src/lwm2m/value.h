// SPDX-License-Identifier: Apache-2.0
// The values of resources: as the MIPL commands write them and as text/plain has them (LwM2M 1.0
// 6.4.1), which is the same for numbers, and as TLV has them (appendix C).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "m531x/bytes.h"
#include "m531x/short_text.h"

namespace m531x::lwm2m {

// <type> of the MIPL commands.
enum class ValueType : std::uint8_t {
  string = 1,
  opaque = 2,  // hex in a command
  integer = 3,
  floating = 4,
  boolean = 5,
};
constexpr bool is_value_type(std::uint32_t number) { return number >= 1 && number <= 5; }
// Strings and opaque bytes are in TLV as they are; the rest have a form of their own there.
constexpr bool is_scalar(ValueType type) { return type >= ValueType::integer; }

inline constexpr std::size_t kMaxScalarBytes = 8;
using ScalarBytes = ShortText<kMaxScalarBytes>;
// The bytes of a scalar, in network order: an integer in the fewest of 1, 2, 4 and 8 bytes; a
// floating number in 4 bytes if they hold it exactly, else 8; a boolean in one. An integer is an
// optional minus sign and digits, within 64 bits; a floating number may have a fraction, and at
// most kMaxFloatDigits digits in all; a boolean is 0 or 1. Nullopt for any other text.
inline constexpr std::size_t kMaxFloatDigits = 18;
[[nodiscard]] std::optional<ScalarBytes> scalar_bytes(ValueType type, Bytes text);
// Those of a floating number, of any size.
[[nodiscard]] ScalarBytes floating_bytes(double number);

inline constexpr std::size_t kMaxScalarText = 24;
using ScalarText = ShortText<kMaxScalarText>;
// The way back. A floating number is rounded to six digits behind its point, from kMaxFraction on
// to none, so that it has no more than the 15 digits that always come back; zeros at the end are
// left out. Nullopt: the size is none that the type has, or the number is kMaxFloat or more, or is
// none.
inline constexpr double kMaxFraction = 1e9;
inline constexpr double kMaxFloat = 1e15;
[[nodiscard]] std::optional<ScalarText> scalar_text(ValueType type, Bytes bytes);

}  // namespace m531x::lwm2m
