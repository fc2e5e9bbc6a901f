// SPDX-License-Identifier: Apache-2.0
// Nearly every response has its whole header in one slice and nothing in it that the line filter
// would show llhttp otherwise. llhttp reads such a header at once, and tells where its lines are.
#pragma once

#include <llhttp.h>

#include <cstdint>
#include <optional>

#include "m531x/bytes.h"

namespace m531x::http {

struct PlainHeader {
  std::uint32_t status_bytes = 0;  // of the status line with its end
  std::uint32_t field_bytes = 0;   // of the field lines with their ends
  Bytes reason;                    // in the slice
};
inline constexpr std::uint32_t kHeaderEndBytes = 2;  // the empty line behind them

// Lets a new `parser` read the header of the final response that `slice` begins with; it then knows
// what llhttp knows when a header is complete, and is paused. nullopt: the header is not plain, not
// whole, or longer than so much in all or in a line, or llhttp refuses it; then it is to be read
// line by line, which tells the one from the other.
[[nodiscard]] std::optional<PlainHeader> read_plain_header(llhttp_t& parser, Bytes slice,
                                                           std::uint32_t most_bytes,
                                                           std::uint32_t most_line_bytes);

}  // namespace m531x::http
