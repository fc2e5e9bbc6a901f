// SPDX-License-Identifier: Apache-2.0
// Who watches a modem and its port, such as a trace: it overrides what it wants to know. Its calls
// must not reach back into either.
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
  virtual void from_host(Bytes /*bytes*/) {}
  virtual void to_host(Bytes /*bytes*/) {}
  virtual void from_server(ConnId /*conn*/, Bytes /*bytes*/) {}
  virtual void to_server(ConnId /*conn*/, Bytes /*bytes*/) {}

  virtual void connecting(ConnId /*conn*/, Bytes /*host*/, std::uint16_t /*port*/) {}
  // `tls`: the version that was agreed on, and whether the server's certificate has been verified;
  // empty without TLS.
  virtual void connected(ConnId /*conn*/, std::string_view /*tls*/) {}
  // One address of the server did not do; the next one is tried, if there is one.
  virtual void tried(ConnId /*conn*/, std::string_view /*address*/, Cause /*why*/) {}
  // The far end or the network ended it, or the attempt. `words`: what TLS says of that, or the
  // look-up of the name, if anything.
  virtual void ended(ConnId /*conn*/, Cause /*why*/, std::string_view /*words*/) {}
  // The modem closed it.
  virtual void closed(ConnId /*conn*/) {}
  // A name that the host asked for, beside connections; an empty address = there is none.
  virtual void looking_up(Bytes /*host*/) {}
  virtual void looked_up(Bytes /*address*/) {}
  // The modem's CoAP session: it is asked for; it, or its message, is told of (sim::Call's kinds
  // coap_opened to coap_closed); it has a message; the modem has ended it.
  virtual void coap_opening(Bytes /*host*/, std::uint16_t /*port*/, bool /*dtls*/) {}
  virtual void coap_told(const sim::Call& /*call*/) {}
  virtual void coap_sent(const CoapMessage& /*message*/) {}
  virtual void coap_closed() {}
  virtual void noted(const Note& /*note*/) {}
};

}  // namespace m531x::port
