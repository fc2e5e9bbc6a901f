// SPDX-License-Identifier: Apache-2.0
// The header block that the host typed: may it be sent (RFC 9112 5, RFC 9110 5), and what is in it?
#pragma once

#include "mem/chain.h"

namespace m531x::http {

// What the request writer has to know of the block, so that it adds no field twice.
struct Fields {
  bool host = false;
  bool authorization = false;
  bool content_length = false;
  bool connection_close = false;
  bool unterminated = false;  // the last line has no CRLF yet
};

// Reads `block` into `fields`. False when it must not be sent with `content_bytes` of content: an
// empty line, a bare CR or LF, another control byte than a tab, a line that is not a field line, a
// Transfer-Encoding, a Content-Length that is not the content's, a Host that AT+HTTPCREATE would
// not take, or one of the last two or an Authorization that stands twice.
[[nodiscard]] bool inspect(mem::ChainView block, std::uint32_t content_bytes, Fields& fields);

}  // namespace m531x::http
