// SPDX-License-Identifier: Apache-2.0
// The messages between a module's LwM2M client and its server, as values (RFC 7252, LwM2M 1.0
// chapter 8). The modem says what is asked and answered; message ids and tokens, retransmission,
// blocks (RFC 7959) and DTLS are the port's.
#pragma once

#include <cstdint>

#include "m531x/bytes.h"

namespace m531x {

// Numbers an exchange. Of a request of the module: the modem's choice. Of a request of the server:
// the port's, best the message id, for the host sees it (<msgid> of the manual's +MIPLREAD); it is
// not used again while its answer or its observation stands. A notification has the number of the
// request that began the observation.
using CoapId = std::uint16_t;

// RFC 7252 12.1: three bits of class and five of detail; 0.01 is a request with GET.
using CoapCode = std::uint8_t;
constexpr CoapCode coap_code(unsigned of_class, unsigned detail) {
  return static_cast<CoapCode>(of_class << 5U | detail);
}
inline constexpr CoapCode kCoapGet = coap_code(0, 1);
inline constexpr CoapCode kCoapPost = coap_code(0, 2);
inline constexpr CoapCode kCoapPut = coap_code(0, 3);
inline constexpr CoapCode kCoapDelete = coap_code(0, 4);
inline constexpr CoapCode kCoapCreated = coap_code(2, 1);
inline constexpr CoapCode kCoapDeleted = coap_code(2, 2);
inline constexpr CoapCode kCoapChanged = coap_code(2, 4);
inline constexpr CoapCode kCoapContent = coap_code(2, 5);
inline constexpr CoapCode kCoapBadRequest = coap_code(4, 0);
inline constexpr CoapCode kCoapUnauthorized = coap_code(4, 1);
inline constexpr CoapCode kCoapBadOption = coap_code(4, 2);
inline constexpr CoapCode kCoapForbidden = coap_code(4, 3);
inline constexpr CoapCode kCoapNotFound = coap_code(4, 4);
inline constexpr CoapCode kCoapNotAllowed = coap_code(4, 5);
inline constexpr CoapCode kCoapNotAcceptable = coap_code(4, 6);
inline constexpr CoapCode kCoapTooLarge = coap_code(4, 13);
inline constexpr CoapCode kCoapUnsupported = coap_code(4, 15);
inline constexpr CoapCode kCoapFailed = coap_code(5, 0);
inline constexpr CoapCode kCoapUnavailable = coap_code(5, 3);

constexpr bool is_request(CoapCode code) { return code < coap_code(1, 0); }
constexpr bool is_success(CoapCode code) { return code >> 5U == 2; }

// RFC 7252 12.3 and LwM2M 1.0 8.3: the numbers of media types that are spoken here. Any other
// number may come from a server.
enum class ContentFormat : std::uint16_t {
  text = 0,
  link = 40,
  opaque = 42,
  tlv = 11542,
  none = 0xffff,  // the message has no such option
};

struct CoapMessage {
  enum class Kind : std::uint8_t { request, response, notification };
  enum class Observe : std::uint8_t { none, start, cancel };  // RFC 7641 2

  Kind kind = Kind::request;
  CoapId id = 0;
  CoapCode code = 0;
  ContentFormat format = ContentFormat::none;  // of the payload
  ContentFormat accept = ContentFormat::none;  // of a request
  // Of a request: as the server asks. Of a response: `start` when the observation stands from here
  // on, so that the port keeps its token.
  Observe observe = Observe::none;
  bool confirmable = true;  // of a notification of the modem
  Bytes path{};             // segments with `/` between them, none before the first: `3200/0`
  Bytes query{};  // with `&` between them, without the `?`; of a response: of its location
  Bytes payload{};
};
// In a response of the server `path` is its Location-Path (RFC 7252 5.10.7), segment by segment.

// EXCHANGE_LIFETIME (RFC 7252 4.8.2): so long a message may come again, or its answer still come.
inline constexpr Millis kCoapExchangeLifetime{247'000};

// Why a message came to nothing.
enum class CoapFailure : std::uint8_t {
  no_answer,  // after all its transmissions
  rejected,   // by a Reset
};

}  // namespace m531x
