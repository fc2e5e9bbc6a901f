// SPDX-License-Identifier: Apache-2.0
#include "port/coap_body.h"

namespace m531x::port {

CoapBody::Taken CoapBody::take(const std::string& of, const CoapPart& part) {
  if (!part.in_blocks) {
    whole_ = part.bytes;
    return Taken::whole;
  }
  const std::size_t end = part.offset + part.bytes.size();
  if (part.offset == 0) {
    of_ = of;
    bytes_.clear();
  } else if (of != of_ || part.offset > bytes_.size()) {
    return Taken::gap;
  }
  if (end > kMaxCoapPayloadBytes) {
    bytes_.clear();
    of_.clear();
    return Taken::too_long;
  }
  if (end > bytes_.size()) {
    bytes_.resize(part.offset);
    bytes_ += part.bytes;
  }
  if (part.more) return Taken::part;
  whole_ = std::exchange(bytes_, {});
  return Taken::whole;
}

}  // namespace m531x::port
