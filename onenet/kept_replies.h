// SPDX-License-Identifier: Apache-2.0
// The replies that a peer had, for a request that comes again has one effect (RFC 7252 4.5). A
// value: time is a parameter.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "m531x/bytes.h"
#include "m531x/coap.h"

namespace m531x::onenet {

struct CoapReply {
  CoapCode code = 0;
  std::vector<std::string> location;  // segments
};

// Of one peer, the last ones, for kCoapExchangeLifetime.
inline constexpr std::size_t kMaxKeptReplies = 16;

class KeptReplies {
 public:
  // The reply to that request, if it is one that has come before; until keep().
  [[nodiscard]] const CoapReply* find(CoapId id, Bytes token, Millis now);
  // Keeps what a new request is replied; the view lives until the next one is kept.
  const CoapReply& keep(CoapId id, Bytes token, CoapReply reply, Millis now);

 private:
  struct Replied {
    CoapId id;
    std::string token;  // too, for a client that begins anew may have its old ids again
    Millis until;
    CoapReply reply;
  };
  std::deque<Replied> replied_;  // the oldest first
};

}  // namespace m531x::onenet
