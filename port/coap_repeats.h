// SPDX-License-Identifier: Apache-2.0
// A confirmable response that comes again is acknowledged again (RFC 7252 4.5): its sender has not
// got the first acknowledgement. libcoap 4.3.1 drops it without a word, so that the sender would go
// on and then give up. Of all sessions of a thread.
#pragma once

#include <coap3/coap.h>

namespace m531x::port {

// This response has been taken, so libcoap will acknowledge it: if it comes again, it is
// acknowledged here.
void took_response(const coap_session_t* session, const coap_pdu_t* response);
// The session goes. To be called before its address may become another's.
void forget_responses(const coap_session_t* session);

}  // namespace m531x::port
