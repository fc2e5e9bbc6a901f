// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal whose speed counts: between a host and a modem at different rates the bytes
// arrive garbled, as on a wire.
#pragma once

#include "port/pty_stream.h"

namespace m531x::port {

class StrictPty : public PtyStream {
 public:
  // Until the first follow, nothing is garbled.
  using PtyStream::PtyStream;

  // `blocked` also when nothing is left of what the host sent.
  Result read(std::span<char> room) override;
  // What is garbled and does not fit into the terminal's buffer is lost.
  Result write(std::span<const Bytes> views) override;
  // What is garbled is decided when it is written.
  [[nodiscard]] std::size_t batch_bytes() const override { return 0; }
  // A rate of 0 is the host's, whatever it is.
  void follow(const Uart& uart) override { baud_ = uart.baud; }
  // Of the last bytes that passed.
  [[nodiscard]] std::string_view words() const override;

 private:
  // The host's rate if it is not the modem's, else 0.
  [[nodiscard]] std::uint32_t other_rate();

  std::uint32_t baud_ = 0;
  bool garbles_ = false;
};

}  // namespace m531x::port
