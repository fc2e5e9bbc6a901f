// SPDX-License-Identifier: Apache-2.0
// What a modem asks of its port, and what it tells a trace.
#pragma once

#include <cstdint>

#include "m531x/bytes.h"
#include "m531x/error.h"

namespace m531x {

// One of the modem's connections, 0 ... kMaxConnections - 1. After the port has taken an
// Action::Kind::close for an id it reports nothing more for it until the next connect.
using ConnId = std::uint8_t;
// Every instance's own and as many that still send the last request of a closed instance.
inline constexpr std::size_t kMaxConnections = 10;

struct Action {
  enum class Kind : std::uint8_t {
    connect,     // resolve `host`, connect; then call net_opened or net_closed
    close,       // drop the connection, or the attempt; call nothing more for it
    resolve,     // look `host` up, then call net_resolved; one that is under way is given up
    check,       // see whether the certificates of `instance` can be used, then call net_checked
    coap_open,   // resolve `host`, make a CoAP session over UDP, over DTLS when `tls`; then call
                 // coap_opened or coap_closed
    coap_close,  // drop that session, or the attempt; call nothing more for it
  };
  Kind kind;
  ConnId conn;  // of connect and close
  Bytes host;   // a name, an IPv4 or an IPv6 address without brackets; valid until the next call in
  std::uint16_t port = 0;
  bool tls = false;           // of connect: net_opened is for after the handshake
  std::uint8_t instance = 0;  // of check
};

// What an https instance may have of its own, in the order of HTTPCFG types 1, 2 and 3: PEM or DER.
enum class Certificate : std::uint8_t {
  server_ca,   // it alone is trusted; without it, whom the port trusts
  client,      // shown to a server that asks for it, with its chain
  client_key,  // of `client`
};

// A remark for the trace; never seen by the host.
struct Note {
  static constexpr std::int8_t kNoInstance = -1;
  std::int8_t instance;    // or kNoInstance
  std::int16_t code;       // the number that the host was told, or 0
  std::string_view words;  // static text
};

}  // namespace m531x
