// SPDX-License-Identifier: Apache-2.0
// What a host makes of the reports of one response, whatever pieces they come in.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace m531x::response {

struct Meaning {
  std::string status;  // "404 Not Found"; empty for 2xx, which is not told
  std::string header;
  bool header_is_whole = false;  // +HTTPNMIH with `more` 0 has come
  std::string content;
  bool is_whole = false;    // +HTTPNMIC with `more` 0 has come
  std::uint64_t total = 0;  // in the last +HTTPNMIC
  int error = 0;            // of +HTTPERR; 0: none
  bool disconnected = false;
  std::string nonsense;  // what came out of turn, twice, or is no report at all

  bool operator==(const Meaning&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Meaning& meaning);

// Of the M5310-A's reports.
[[nodiscard]] Meaning read_reports(std::string_view heard);

}  // namespace m531x::response
