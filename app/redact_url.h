// SPDX-License-Identifier: Apache-2.0
// Secrets that stand in URLs.
#pragma once

#include <string>

#include "m531x/bytes.h"

namespace m531x::app {

// `http://user:password@host` with `***` in the place of user and password (RFC 3986 3.2.1).
[[nodiscard]] std::string hide_user(Bytes url);
// `/path?api_key=1&page=2` with `***` in the place of each value whose name speaks of a key, a
// password, a token or a signature.
[[nodiscard]] std::string hide_query_keys(Bytes text);

}  // namespace m531x::app
