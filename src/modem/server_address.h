// SPDX-License-Identifier: Apache-2.0
// Where a LwM2M server is: `host[:port]` of AT+MIPLCREATEEX, and the URI that a bootstrap server
// writes (RFC 7252 6).
#pragma once

#include <optional>

#include "http/url.h"
#include "mem/text.h"

namespace m531x::modem {

inline constexpr std::uint16_t kCoapPort = 5683;
inline constexpr std::uint16_t kCoapsPort = 5684;

struct ServerAddress {
  Bytes host;  // a view
  std::uint16_t port = kCoapPort;
  bool secure = false;  // of a URI: its scheme says so
};

inline std::optional<ServerAddress> parse_server(Bytes text,
                                                 std::uint16_t default_port = kCoapPort) {
  http::Url url;
  if (!http::parse_authority(text, url)) return std::nullopt;
  const std::size_t brackets = url.host_is_ipv6 ? 2 : 0;
  const bool has_port = text.size() > url.host.size() + brackets;
  return ServerAddress{.host = url.host, .port = has_port ? url.port : default_port};
}

inline std::optional<ServerAddress> parse_coap_uri(Bytes uri) {
  constexpr Bytes kPlain = "coap://";
  constexpr Bytes kSecure = "coaps://";
  const bool secure = uri.starts_with(kSecure);
  if (!secure && !uri.starts_with(kPlain)) return std::nullopt;
  uri.remove_prefix(secure ? kSecure.size() : kPlain.size());
  auto address = parse_server(mem::first(uri, uri.find('/')), secure ? kCoapsPort : kCoapPort);
  if (address) address->secure = secure;
  return address;
}

}  // namespace m531x::modem
