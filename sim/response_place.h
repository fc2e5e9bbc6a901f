// SPDX-License-Identifier: Apache-2.0
// Where in a response a byte stands: in its header, its body, its first chunk. It judges nothing;
// of a header line it keeps only as much as tells whether the body is chunked (RFC 9112 6.1, 7.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/fault.h"

namespace m531x::sim {

class ResponsePlace {
 public:
  // The next byte of the response has passed.
  void take(char byte);
  // How many bytes have passed behind that place; nullopt when it has not come yet, or is over.
  [[nodiscard]] std::optional<std::uint32_t> behind(FaultPlace place) const;

 private:
  enum class State : std::uint8_t { status_line, header, chunk_size, content };

  void end_line();

  State state_ = State::status_line;
  bool chunked_ = false;
  std::uint32_t passed_ = 0;
  std::optional<std::uint32_t> header_at_;
  std::optional<std::uint32_t> body_at_;
  std::optional<std::uint32_t> chunk_at_;
  std::string line_;  // its beginning, in lower case
};

}  // namespace m531x::sim
