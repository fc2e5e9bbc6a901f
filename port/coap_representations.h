// SPDX-License-Identifier: Apache-2.0
// What is sent in blocks, for whoever asks for the next one (RFC 7959 2.4).
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "m531x/coap.h"
#include "port/coap_pdu.h"
#include "port/event_loop.h"

namespace m531x::port {

// libcoap would keep them, but tells them apart by the query alone: all paths of a module are one
// resource to it.
class CoapRepresentations {
 public:
  // For kCoapExchangeLifetime; the oldest goes for a new one.
  static constexpr std::size_t kMaxKept = 8;

  struct One {
    std::string of;
    CoapCode code = 0;
    ContentFormat format = ContentFormat::none;
    std::string payload;
    std::uint32_t tag = 0;
    Millis since{0};
  };
  // By what the next blocks of the answer to `request` are asked for.
  [[nodiscard]] static std::string name_of(const CoapMessage& request);

  // In place of one of that name. The reference lives until the next call.
  const One& keep(std::string of, const CoapMessage& answer, Millis now);
  // Nullptr: there is none (any more).
  [[nodiscard]] const One* find(const std::string& of, Millis now) const;

 private:
  std::deque<One> all_;  // the oldest first
  std::uint32_t last_tag_ = 0;
};

}  // namespace m531x::port
