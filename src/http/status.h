// SPDX-License-Identifier: Apache-2.0
// Reason phrases of the manual's chapter 3, for servers that send none.
#pragma once

#include <cstdint>
#include <string_view>

namespace m531x::http {

// Empty when the chapter does not list the status.
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status);

}  // namespace m531x::http
