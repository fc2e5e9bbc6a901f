// SPDX-License-Identifier: Apache-2.0
// Nearly every response has its whole header in one slice and nothing in it that the line filter
// would show llhttp otherwise. Such a header is found here, and llhttp reads it at once.
#pragma once

#include <cstdint>
#include <optional>

#include "m531x/bytes.h"

namespace m531x::http {

struct PlainHeader {
  std::uint32_t status_bytes = 0;  // of the status line with its end
  std::uint32_t field_bytes = 0;   // of the field lines with their ends
  bool has_length = false;         // there is a Content-Length
};
inline constexpr std::uint32_t kHeaderEndBytes = 2;  // the empty line behind them

// Of the header that `slice` begins with. nullopt: it is not plain, or longer than so much in all
// or in a line; then it is to be read line by line, which tells the one from the other.
[[nodiscard]] std::optional<PlainHeader> find_plain_header(Bytes slice, std::uint32_t most_bytes,
                                                           std::uint32_t most_line_bytes);

}  // namespace m531x::http
