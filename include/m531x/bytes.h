// SPDX-License-Identifier: Apache-2.0
// The two vocabulary types that cross every boundary: bytes and time.
#pragma once

#include <chrono>
#include <string_view>

namespace m531x {

// A view of raw bytes. Not text: every value, NUL included, is allowed.
using Bytes = std::string_view;

// Time since an epoch that the owner of the modem chooses; it never runs backwards.
using Millis = std::chrono::milliseconds;

}  // namespace m531x
