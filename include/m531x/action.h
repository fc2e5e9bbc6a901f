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
    connect,  // resolve `host`, connect; then call net_opened or net_closed
    close,    // drop the connection, or the attempt; call nothing more for it
    resolve,  // look `host` up, then call net_resolved; one that is under way is given up
  };
  Kind kind;
  ConnId conn;  // of connect and close
  Bytes host;   // a name, an IPv4 or an IPv6 address without brackets; valid until the next call in
  std::uint16_t port = 0;
  bool tls = false;
};

// A remark for the trace; never seen by the host.
struct Note {
  static constexpr std::int8_t kNoInstance = -1;
  std::int8_t instance;    // or kNoInstance
  std::int16_t code;       // the number that the host was told, or 0
  std::string_view words;  // static text
};

}  // namespace m531x
