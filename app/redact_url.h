// SPDX-License-Identifier: Apache-2.0
// Secrets that stand in URLs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "m531x/bytes.h"

namespace m531x::app {

// A part of a text.
struct Part {
  std::size_t begin;
  std::size_t size;
};
// User and password in a URL.
[[nodiscard]] std::optional<Part> find_user(Bytes url);
// The values in a query whose names speak of a key, a password, a token or a signature.
[[nodiscard]] std::vector<Part> find_query_keys(Bytes text);

// `http://user:password@host` with `***` in the place of user and password (RFC 3986 3.2.1).
[[nodiscard]] std::string hide_user(Bytes url);
// `/path?api_key=1&page=2` with `***` in the place of each value that find_query_keys finds.
[[nodiscard]] std::string hide_query_keys(Bytes text);

}  // namespace m531x::app
