// SPDX-License-Identifier: Apache-2.0
// A CoAP message of the modem and the options of libcoap's PDU, both ways (RFC 7252 5.10).
#pragma once

#include <coap3/coap.h>

#include <optional>
#include <string>

#include "m531x/coap.h"
#include "port/coap_body.h"

namespace m531x::port {

// More of a path, or of a query, is not taken.
inline constexpr std::size_t kMaxCoapPathBytes = 255;
inline constexpr std::size_t kMaxCoapQueryBytes = 255;

// A message that owns what it shows.
struct OwnedCoapMessage {
  CoapMessage head;  // its views are empty
  std::string path;
  std::string query;
  std::string payload;

  [[nodiscard]] CoapMessage message() const {
    CoapMessage whole = head;
    whole.path = path;
    whole.query = query;
    whole.payload = payload;
    return whole;
  }
};
[[nodiscard]] OwnedCoapMessage owned(const CoapMessage& message);

// Reads code and options; nullopt: a limit is passed, or a segment has a `/` in it, a part of the
// query a `&`, which could not be told from those between them, or a request is conditional (RFC
// 7252 5.10.8), which a module's host could not keep.
[[nodiscard]] std::optional<OwnedCoapMessage> read_options(const coap_pdu_t* pdu);
[[nodiscard]] CoapPart read_part(const coap_pdu_t* pdu);
// The block of the answer that a request asks for (RFC 7959 2.2).
struct CoapBlock {
  static constexpr unsigned kMaxSzx = 6;  // blocks of 1024 bytes

  unsigned number = 0;
  unsigned szx = kMaxSzx;

  [[nodiscard]] std::size_t size() const { return std::size_t{16} << szx; }
  [[nodiscard]] std::size_t offset() const { return number * size(); }
};
[[nodiscard]] CoapBlock block_asked_by(const coap_pdu_t* request);
[[nodiscard]] Bytes token_of(const coap_pdu_t* pdu);

// Writes the options of a message: with `observe`, that number, too. False: there is no room.
[[nodiscard]] bool write_options(coap_pdu_t* pdu, const CoapMessage& message,
                                 std::optional<std::uint32_t> observe);
// Writes the part of a long payload that `block` says, which is within it. `tag` tells the payload
// from another one of the same resource (RFC 7959 2.4).
[[nodiscard]] bool write_block(coap_pdu_t* pdu, Bytes payload, const CoapBlock& block,
                               std::uint32_t tag);
[[nodiscard]] bool write_payload(coap_pdu_t* pdu, Bytes payload);

}  // namespace m531x::port
