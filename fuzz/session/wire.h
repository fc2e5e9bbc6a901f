// SPDX-License-Identifier: Apache-2.0
// A strict reader of what servers hear: requests of RFC 9112 and nothing else.
#pragma once

#include <string>

#include "m531x/bytes.h"

namespace m531x::fuzz {

// Reads all requests in what was heard on one connection; how many of them are whole. The last one
// may have been cut off by the end of the connection. Anything that is no request is reported by
// expect().
[[nodiscard]] std::size_t count_requests(Bytes heard);

}  // namespace m531x::fuzz
