// SPDX-License-Identifier: Apache-2.0
#include "port/coap_repeats.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace m531x::port {
namespace {

// The last response that each session took. libcoap, too, compares with the last one only.
using Taken = std::unordered_map<const coap_session_t*, coap_mid_t>;
Taken& taken() {
  thread_local Taken all;
  return all;
}

// The session whose datagram libcoap is about to read.
thread_local const coap_session_t* reading = nullptr;

bool is_confirmable_response(const coap_pdu_t* message) {
  return coap_pdu_get_type(message) == COAP_MESSAGE_CON &&
         COAP_RESPONSE_CLASS(coap_pdu_get_code(message)) >= 2;
}

void acknowledge_repeated(const coap_session_t* session, const coap_pdu_t* message) {
  if (!is_confirmable_response(message)) return;
  const auto found = taken().find(session);
  if (found == taken().end() || found->second != coap_pdu_get_mid(message)) return;
  coap_send_ack(const_cast<coap_session_t*>(session), message);
}

}  // namespace

void took_response(const coap_session_t* session, const coap_pdu_t* response) {
  if (is_confirmable_response(response)) taken()[session] = coap_pdu_get_mid(response);
}

void forget_responses(const coap_session_t* session) { taken().erase(session); }

}  // namespace m531x::port

// NOLINTBEGIN(readability-identifier-naming): the linker makes these names.
extern "C" {
// For each datagram, in the clear or out of DTLS, libcoap's coap_handle_dgram asks first how large
// a message of the session may be, then reads the message; it calls nobody else of another file
// before it drops the repeated one. So both calls are led here (--wrap, in port/CMakeLists.txt).
std::size_t __real_coap_session_max_pdu_size(const coap_session_t* session);
std::size_t __wrap_coap_session_max_pdu_size(const coap_session_t* session);
std::size_t __wrap_coap_session_max_pdu_size(const coap_session_t* session) {
  m531x::port::reading = session;
  return __real_coap_session_max_pdu_size(session);
}

int __real_coap_pdu_parse(coap_proto_t proto, const std::uint8_t* data, std::size_t length,
                          coap_pdu_t* pdu);
int __wrap_coap_pdu_parse(coap_proto_t proto, const std::uint8_t* data, std::size_t length,
                          coap_pdu_t* pdu);
int __wrap_coap_pdu_parse(coap_proto_t proto, const std::uint8_t* data, std::size_t length,
                          coap_pdu_t* pdu) {
  const int parsed = __real_coap_pdu_parse(proto, data, length, pdu);
  if (parsed != 0) m531x::port::acknowledge_repeated(m531x::port::reading, pdu);
  m531x::port::reading = nullptr;
  return parsed;
}
}
// NOLINTEND(readability-identifier-naming)
