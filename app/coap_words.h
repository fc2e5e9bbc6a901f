// SPDX-License-Identifier: Apache-2.0
// CoAP messages in words, for the trace. What LwM2M's object 0 holds, keys among it, is not shown.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "m531x/coap.h"
#include "sim/call.h"

namespace m531x::app {

// Whether that path is of LwM2M's object 0, whose instances hold keys (LwM2M 1.0 E.1), or may have
// been meant as one: no other id begins with a zero, and no path with an empty segment.
[[nodiscard]] bool is_security_path(Bytes path);

struct CoapWords {
  std::string head;     // POST /rd?ep=... as link
  std::string payload;  // escaped, or in its place how long it is

  [[nodiscard]] static std::string_view of(CoapMessage::Kind kind);
  [[nodiscard]] static std::string_view of(CoapFailure why);
  [[nodiscard]] static std::string_view of(sim::Call::Kind kind);  // coap_opened and so on
};

// Knows which answers are to a request of object 0.
class CoapRedactor {
 public:
  // So many of the last such requests are known.
  static constexpr std::size_t kMaxRemembered = 64;

  [[nodiscard]] CoapWords show(const CoapMessage& message, bool is_in);
  // The same decision alone; it is to be made once for each message, in order.
  [[nodiscard]] bool is_secret(const CoapMessage& message, bool is_in);

 private:
  std::deque<CoapId> secret_;
};

}  // namespace m531x::app
