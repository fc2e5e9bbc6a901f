// SPDX-License-Identifier: Apache-2.0
// The URL of AT+HTTPCREATE: scheme, host and port (RFC 3986 3); the path is ignored (manual 1.1).
#pragma once

#include <cstdint>

#include "m531x/bytes.h"

namespace m531x::http {

enum class Scheme : std::uint8_t { http, https };

constexpr std::uint16_t default_port(Scheme scheme) { return scheme == Scheme::https ? 443 : 80; }

struct Url {
  Scheme scheme = Scheme::http;
  Bytes host;  // a name, an IPv4 or an IPv6 address, this one without its brackets
  bool host_is_ipv6 = false;
  std::uint16_t port = 80;
};

// Four numbers up to 255 with dots between them.
[[nodiscard]] bool is_ipv4(Bytes text);
// Such an address, or a name of RFC 1123 2.1 with the underscore that real networks use, of at most
// kMaxHostBytes; a text of digits and dots is an address or nothing. How long a label may be is for
// the look-up to say.
[[nodiscard]] bool is_name_or_ipv4(Bytes text);

// Parses `text`, a host and perhaps a port, into `url`, whose scheme says what its port is without
// one; false when it is something else.
[[nodiscard]] bool parse_authority(Bytes text, Url& url);

// Parses `text` into `url`, whose host is a view into it; false when the scheme is unknown or the
// host or the port is not one.
[[nodiscard]] bool parse_url(Bytes text, Url& url);

}  // namespace m531x::http
