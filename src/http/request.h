// SPDX-License-Identifier: Apache-2.0
// Writes what surrounds the host's own header block and content in a request (RFC 9112 3).
#pragma once

#include "http/fields.h"
#include "http/url.h"
#include "mem/chain.h"

namespace m531x::http {

// The numbers of AT+HTTPSEND (manual 1.4).
enum class Method : std::uint8_t { get = 0, post = 1, put = 2, del = 3, head = 4 };
inline constexpr std::uint8_t kMethodCount = 5;

// May be sent a second time when the connection died under it (RFC 9110 9.2.2).
constexpr bool is_idempotent(Method method) { return method != Method::post; }

// Where requests of an instance go. Views into the instance.
struct Site {
  Scheme scheme = Scheme::http;
  mem::ChainView host;
  bool host_is_ipv6 = false;
  std::uint16_t port = 80;
  mem::ChainView credentials;  // user:password, or empty
};

// Whether AT+HTTPSEND may take `path`: absolute, without a space and without a control byte.
[[nodiscard]] bool is_path(Bytes path);

// Appends the request line, Host and Authorization to `out`; what `fields` has already is left
// out. False when the pool is empty; `out` then holds a part.
[[nodiscard]] bool write_head(Method method, mem::ChainView path, const Site& site,
                              const Fields& fields, mem::Chain& out);

// Appends what follows the host's block: its missing CRLF, Content-Length, the empty line.
[[nodiscard]] bool write_tail(Method method, const Fields& fields, std::uint32_t content_bytes,
                              mem::Chain& out);

}  // namespace m531x::http
