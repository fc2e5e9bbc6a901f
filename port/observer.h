// SPDX-License-Identifier: Apache-2.0
// Who watches a modem and its port, such as a trace. Its calls must not reach back into either.
#pragma once

#include <string_view>

#include "m531x/action.h"
#include "m531x/bytes.h"
#include "sim/call.h"

namespace m531x::port {

class Observer {
 public:
  virtual ~Observer() = default;

  // Bytes that passed, in order; the views live until the call returns.
  virtual void from_host(Bytes bytes) = 0;
  virtual void to_host(Bytes bytes) = 0;
  virtual void from_server(ConnId conn, Bytes bytes) = 0;
  virtual void to_server(ConnId conn, Bytes bytes) = 0;

  virtual void connecting(ConnId conn, Bytes host, std::uint16_t port) = 0;
  // `tls`: the version that was agreed on, and whether the server's certificate has been verified;
  // empty without TLS.
  virtual void connected(ConnId conn, std::string_view tls) = 0;
  // One address of the server did not do; the next one is tried, if there is one.
  virtual void tried(ConnId conn, std::string_view address, Cause why) = 0;
  // The far end or the network ended it, or the attempt. `words`: what TLS says of that, or the
  // look-up of the name, if anything.
  virtual void ended(ConnId conn, Cause why, std::string_view words) = 0;
  // The modem closed it.
  virtual void closed(ConnId conn) = 0;
  // A name that the host asked for, beside connections; an empty address = there is none.
  virtual void looking_up(Bytes host) = 0;
  virtual void looked_up(Bytes address) = 0;
  // The modem's CoAP session: it is asked for; it, or its message, is told of (sim::Call's kinds
  // coap_opened to coap_closed); it has a message; the modem has ended it.
  virtual void coap_opening(Bytes host, std::uint16_t port, bool dtls) = 0;
  virtual void coap_told(const sim::Call& call) = 0;
  virtual void coap_sent(const CoapMessage& message) = 0;
  virtual void coap_closed() = 0;
  virtual void noted(const Note& note) = 0;
};

}  // namespace m531x::port
