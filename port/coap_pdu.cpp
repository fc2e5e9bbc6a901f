// SPDX-License-Identifier: Apache-2.0
#include "port/coap_pdu.h"

#include <algorithm>
#include <array>
#include <utility>

namespace m531x::port {
namespace {

Bytes value_of(const coap_opt_t* option) {
  return {reinterpret_cast<const char*>(coap_opt_value(option)), coap_opt_length(option)};
}
unsigned number_of(const coap_opt_t* option) {
  return coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
}
// The drafts of LwM2M 1.0 had other numbers for its formats, which servers still write.
ContentFormat format_of(const coap_opt_t* option) {
  constexpr unsigned kDraftText = 1541;
  constexpr unsigned kDraftTlv = 1542;
  constexpr unsigned kDraftOpaque = 1544;
  switch (const unsigned number = number_of(option)) {
    case kDraftText:
      return ContentFormat::text;
    case kDraftTlv:
      return ContentFormat::tlv;
    case kDraftOpaque:
      return ContentFormat::opaque;
    default:
      return static_cast<ContentFormat>(static_cast<std::uint16_t>(number));
  }
}

// One more piece behind `text`; `is_first` says that none has come yet, for it may be empty.
bool append(std::string& text, bool& is_first, char between, Bytes piece, std::size_t most) {
  if (!std::exchange(is_first, false)) text += between;
  text += piece;
  return text.size() <= most;
}

bool add(coap_pdu_t* pdu, coap_option_num_t number, Bytes value) {
  return coap_add_option(pdu, number, value.size(),
                         reinterpret_cast<const std::uint8_t*>(value.data())) > 0;
}
bool add(coap_pdu_t* pdu, coap_option_num_t number, unsigned value) {
  std::array<std::uint8_t, sizeof value> bytes{};
  return coap_add_option(pdu, number, coap_encode_var_safe(bytes.data(), bytes.size(), value),
                         bytes.data()) > 0;
}

bool add_each(coap_pdu_t* pdu, coap_option_num_t number, Bytes pieces, char between) {
  while (!pieces.empty()) {
    const std::size_t end = std::min(pieces.find(between), pieces.size());
    if (!add(pdu, number, pieces.substr(0, end))) return false;
    pieces.remove_prefix(std::min(end + 1, pieces.size()));
  }
  return true;
}

}  // namespace

OwnedCoapMessage owned(const CoapMessage& message) {
  OwnedCoapMessage own{message, std::string(message.path), std::string(message.query),
                       std::string(message.payload)};
  own.head.path = own.head.query = own.head.payload = {};
  return own;
}

std::optional<OwnedCoapMessage> read_options(const coap_pdu_t* pdu) {
  OwnedCoapMessage read;
  read.head.code = static_cast<CoapCode>(coap_pdu_get_code(pdu));
  const bool asks = is_request(read.head.code);
  read.head.kind = asks ? CoapMessage::Kind::request : CoapMessage::Kind::response;
  read.head.confirmable = coap_pdu_get_type(pdu) == COAP_MESSAGE_CON;
  bool first_segment = true;
  bool first_part = true;
  coap_opt_iterator_t each;
  coap_option_iterator_init(pdu, &each, COAP_OPT_ALL);
  while (const coap_opt_t* const option = coap_option_next(&each)) {
    switch (each.number) {
      case COAP_OPTION_URI_PATH:
      case COAP_OPTION_LOCATION_PATH:
        // A server may put all of a Location-Path into one option.
        if (asks && value_of(option).find('/') != Bytes::npos) return std::nullopt;
        if (!append(read.path, first_segment, '/', value_of(option), kMaxCoapPathBytes)) {
          return std::nullopt;
        }
        break;
      case COAP_OPTION_URI_QUERY:
      case COAP_OPTION_LOCATION_QUERY:
        if (value_of(option).find('&') != Bytes::npos) return std::nullopt;
        if (!append(read.query, first_part, '&', value_of(option), kMaxCoapQueryBytes)) {
          return std::nullopt;
        }
        break;
      case COAP_OPTION_IF_MATCH:
      case COAP_OPTION_IF_NONE_MATCH:
        if (asks) return std::nullopt;
        break;
      case COAP_OPTION_CONTENT_FORMAT:
        read.head.format = format_of(option);
        break;
      case COAP_OPTION_ACCEPT:
        read.head.accept = format_of(option);
        break;
      case COAP_OPTION_OBSERVE:
        if (!asks || number_of(option) == COAP_OBSERVE_ESTABLISH) {
          read.head.observe = CoapMessage::Observe::start;
        } else if (number_of(option) == COAP_OBSERVE_CANCEL) {
          read.head.observe = CoapMessage::Observe::cancel;
        }
        break;
      default:
        break;
    }
  }
  return read;
}

CoapPart read_part(const coap_pdu_t* pdu) {
  CoapPart part;
  std::size_t size = 0;
  const std::uint8_t* data = nullptr;
  if (coap_get_data(pdu, &size, &data) != 0)
    part.bytes = {reinterpret_cast<const char*>(data), size};
  const bool asks = is_request(static_cast<CoapCode>(coap_pdu_get_code(pdu)));
  coap_block_t block{};
  if (coap_get_block(pdu, asks ? COAP_OPTION_BLOCK1 : COAP_OPTION_BLOCK2, &block) != 0) {
    part.offset = std::size_t{block.num} << (block.szx + 4U);
    part.more = block.m != 0;
    part.in_blocks = true;
  }
  return part;
}

CoapBlock block_asked_by(const coap_pdu_t* request) {
  coap_block_t block{};
  if (coap_get_block(request, COAP_OPTION_BLOCK2, &block) == 0) return {};
  return {.number = block.num, .szx = std::min(block.szx, CoapBlock::kMaxSzx)};
}

Bytes token_of(const coap_pdu_t* pdu) {
  const coap_bin_const_t token = coap_pdu_get_token(pdu);
  return {reinterpret_cast<const char*>(token.s), token.length};
}

// In the order of their numbers, as libcoap wants them.
bool write_options(coap_pdu_t* pdu, const CoapMessage& message,
                   std::optional<std::uint32_t> observe) {
  const bool is_request = message.kind == CoapMessage::Kind::request;
  if (observe && !add(pdu, COAP_OPTION_OBSERVE, *observe)) return false;
  if (!add_each(pdu, is_request ? COAP_OPTION_URI_PATH : COAP_OPTION_LOCATION_PATH, message.path,
                '/')) {
    return false;
  }
  if (message.format != ContentFormat::none &&
      !add(pdu, COAP_OPTION_CONTENT_FORMAT, static_cast<unsigned>(message.format))) {
    return false;
  }
  if (is_request && !add_each(pdu, COAP_OPTION_URI_QUERY, message.query, '&')) return false;
  if (message.accept != ContentFormat::none &&
      !add(pdu, COAP_OPTION_ACCEPT, static_cast<unsigned>(message.accept))) {
    return false;
  }
  return is_request || add_each(pdu, COAP_OPTION_LOCATION_QUERY, message.query, '&');
}

bool write_payload(coap_pdu_t* pdu, Bytes payload) {
  return payload.empty() ||
         coap_add_data(pdu, payload.size(), reinterpret_cast<const std::uint8_t*>(payload.data()));
}

bool write_block(coap_pdu_t* pdu, Bytes payload, const CoapBlock& block, std::uint32_t tag) {
  constexpr unsigned kMore = 8;
  const Bytes part = payload.substr(block.offset(), block.size());
  const bool more = block.offset() + part.size() < payload.size();
  return add(pdu, COAP_OPTION_ETAG, tag) &&
         add(pdu, COAP_OPTION_BLOCK2, block.number << 4U | (more ? kMore : 0U) | block.szx) &&
         write_payload(pdu, part);
}

}  // namespace m531x::port
