// SPDX-License-Identifier: Apache-2.0
#include "http/line_cut.h"

#include <algorithm>

#include "mem/text.h"

namespace m531x::http {

LineCut cut_line(Bytes bytes) {
  std::size_t end = find_line_break(bytes);
  const auto is = [bytes](std::size_t at, char c) { return at < bytes.size() && bytes[at] == c; };
  const bool may_end =
      is(end, '\n') || is_crlf(bytes, end) || (is(end, '\r') && end + 1 == bytes.size());
  const bool bad = end < bytes.size() && !may_end;
  if (bad) {
    end = std::min(bytes.find('\n', end), bytes.size());
    if (bytes[end - 1] == '\r') --end;
  }
  const bool cr = is(end, '\r');
  const bool ended = is(end + (cr ? 1 : 0), '\n');
  const auto size = static_cast<std::uint32_t>(end + (cr ? 1 : 0) + (ended ? 1 : 0));
  return {mem::first(bytes, end), size, ended, cr, bad};
}

}  // namespace m531x::http
