// SPDX-License-Identifier: Apache-2.0
// The near side of a pseudo-terminal, which takes with it what the host has not read when it is
// closed.
#pragma once

#include "port/byte_stream.h"

namespace m531x::port {

class PtyStream : public ByteStream {
 public:
  static constexpr std::size_t kBatchBytes = 16'384;

  // `far_side` is kept open, so that a host may close and open it at will.
  PtyStream(EventLoop& loop, UniqueFd near_side, UniqueFd far_side)
      : ByteStream(loop, std::move(near_side)), far_(std::move(far_side)) {}

  // Also 0 when no host has the far side open.
  std::size_t undelivered() override;
  void close() override;
  [[nodiscard]] std::size_t batch_bytes() const override { return kBatchBytes; }

 private:
  UniqueFd far_;
};

}  // namespace m531x::port
