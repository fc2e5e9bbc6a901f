// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/tlv.h"

namespace m531x::lwm2m {
namespace {

constexpr unsigned kLongId = 0x20;
constexpr unsigned kShortLength = 0x07;

// A number in network order; the caller has made sure that its bytes are there.
std::size_t number_in(Bytes bytes) {
  std::size_t number = 0;
  for (const char byte : bytes) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

std::optional<TlvEntry> TlvReader::next() {
  if (rest_.empty() || malformed_) {
    return std::nullopt;
  }
  const auto first = static_cast<unsigned char>(rest_.front());
  const std::size_t id_bytes = (first & kLongId) != 0 ? 2 : 1;
  const std::size_t length_bytes = first >> 3U & 3U;
  const std::size_t header_bytes = 1 + id_bytes + length_bytes;
  malformed_ = rest_.size() < header_bytes;
  if (malformed_) {
    return std::nullopt;
  }
  const std::size_t length = length_bytes == 0
                                 ? first & kShortLength
                                 : number_in(rest_.substr(1 + id_bytes, length_bytes));
  malformed_ = rest_.size() - header_bytes < length;
  if (malformed_) {
    return std::nullopt;
  }
  const TlvEntry entry{.type = static_cast<TlvType>(first >> 6U),
                       .id = static_cast<std::uint16_t>(number_in(rest_.substr(1, id_bytes))),
                       .value = rest_.substr(header_bytes, length)};
  rest_.remove_prefix(header_bytes + length);
  return entry;
}

std::optional<TlvHeader> tlv_header(TlvType type, std::uint16_t id, std::size_t length) {
  if (length > kMaxTlvValueBytes) {
    return std::nullopt;
  }
  std::size_t length_bytes = 0;
  if (length > kShortLength) {
    length_bytes = length <= 0xff ? 1 : length <= 0xffff ? 2 : 3;
  }
  TlvHeader header;
  header.add(static_cast<std::size_t>(type) << 6U | (id > 0xff ? kLongId : 0) | length_bytes << 3U |
             (length_bytes == 0 ? length : 0));
  if (id > 0xff) {
    header.add(id >> 8U);
  }
  header.add(id);
  for (std::size_t left = length_bytes; left > 0; --left) {
    header.add(length >> 8U * (left - 1));
  }
  return header;
}

}  // namespace m531x::lwm2m
