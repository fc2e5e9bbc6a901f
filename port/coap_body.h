// SPDX-License-Identifier: Apache-2.0
// Payloads that come in blocks (RFC 7959).
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "m531x/bytes.h"

namespace m531x::port {

// A longer payload is not taken, however many blocks it comes in.
inline constexpr std::size_t kMaxCoapPayloadBytes = 16'384;

// What part of a payload a message holds.
struct CoapPart {
  std::size_t offset = 0;
  Bytes bytes;
  bool more = false;
  bool in_blocks = false;  // else it is all that there is
};

// What has come of a payload in blocks; one in a single message leaves that alone. libcoap could
// put blocks together, but takes as much memory for that as the far end says it will need.
class CoapBody {
 public:
  enum class Taken : std::uint8_t {
    part,
    whole,  // release() has all of it
    gap,
    too_long,  // than kMaxCoapPayloadBytes
  };
  // `of`: what tells it from others, its path or its token.
  Taken take(const std::string& of, const CoapPart& part);
  // Gives it away.
  [[nodiscard]] std::string release() { return std::exchange(whole_, {}); }

 private:
  std::string of_;
  std::string bytes_;  // as far as they have come
  std::string whole_;
};

}  // namespace m531x::port
