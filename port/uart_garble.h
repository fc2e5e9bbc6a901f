// SPDX-License-Identifier: Apache-2.0
// What a UART makes of bytes that were sent at another rate than its own.
#pragma once

#include <cstdint>
#include <string>

#include "m531x/bytes.h"

namespace m531x::port {

// What a receiver at `to` baud reads when `bytes` are sent at `from` baud, both 8N1 and neither 0:
// the bytes follow one another without a pause, and before and after them the line is quiet. The
// receiver starts at a falling edge, looks again in the middle of the start bit, and samples each
// bit in its middle. A stop bit that is low is a framing error: it reads NUL, as Linux hands it on,
// and waits for the line to be high. Equal rates give the same bytes.
[[nodiscard]] std::string garble(Bytes bytes, std::uint32_t from, std::uint32_t to);

// The most bytes that garble makes of one: each needs a falling edge of its own, and 'U' has five.
inline constexpr std::size_t kMostGarbled = 5;

}  // namespace m531x::port
