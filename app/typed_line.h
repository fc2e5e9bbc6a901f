// SPDX-License-Identifier: Apache-2.0
// How a command line that a host has typed is cut (V.250 5.2, manual chapter 5), for those who have
// to find the secrets in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "m531x/bytes.h"

namespace m531x::app {

// Without the spaces around it.
[[nodiscard]] Bytes trimmed(Bytes text);
// A small number, or nothing.
[[nodiscard]] std::optional<std::size_t> number_of(Bytes text);
// Where AT stands in `line`; its size when it does not.
[[nodiscard]] std::size_t find_prefix(Bytes line);
// Extended commands begin with one of these.
inline constexpr std::string_view kStartsExtended = "+*^$#%";
// Whether c may stand in basic commands; whether `text` may be such ones.
[[nodiscard]] bool is_basic_char(char c);
[[nodiscard]] bool is_basic(Bytes text);
// Reads the name of the extended command that begins at `at`, in upper case.
[[nodiscard]] std::string read_name(Bytes body, std::size_t& at);

// A parameter; both are views into the line.
struct TypedParameter {
  Bytes whole;  // as typed
  Bytes text;   // without spaces around it and quotes
};
// The parameters that begin at `at`, which is then behind them. A string ends at a quote that a
// comma, a semicolon or the end of the line follows.
[[nodiscard]] std::vector<TypedParameter> cut_parameters(Bytes body, std::size_t& at);

// One escape or plain byte of an encoded string: what it stands for and how much of `text` it
// takes; 0 when it is not one.
struct Unit {
  char byte;
  std::size_t size;
};
[[nodiscard]] Unit read_unit(Bytes text);

}  // namespace m531x::app
