// SPDX-License-Identifier: Apache-2.0
// Acknowledges a confirmable response that comes again (RFC 7252 4.5): its sender has not got the
// acknowledgement, and libcoap 4.3.1 drops the second one without a word, so that the sender would
// go on and then give up.
#pragma once

#include <coap3/coap.h>

namespace m531x::port {

// Of one session of libcoap's, which outlives it; one thread has both.
class CoapRepeats {
 public:
  explicit CoapRepeats(coap_session_t* session);
  ~CoapRepeats();
  CoapRepeats(const CoapRepeats&) = delete;
  CoapRepeats& operator=(const CoapRepeats&) = delete;

  // To be told of each response that is taken, so that it will be acknowledged by libcoap.
  void took(const coap_pdu_t* response);
  // A datagram has come, and is a message.
  void came(const coap_pdu_t* message) const;

 private:
  coap_session_t* const session_;
  coap_mid_t last_ = COAP_INVALID_MID;
};

}  // namespace m531x::port
