// SPDX-License-Identifier: Apache-2.0
// A serial line that takes its time: start bit, data, parity and stop bits for each byte, in both
// directions at once.
#pragma once

#include <array>
#include <optional>

#include "m531x/uart.h"
#include "sim/pacer.h"

namespace m531x::sim {

class Line {
 public:
  // So many bytes from the host are under way at most; what the host sends meanwhile waits.
  static constexpr std::size_t kFifoBytes = 16;

  // `automatic_baud` is the rate where the host's counts, which nobody knows here.
  Line(const Uart& uart, std::uint32_t automatic_baud);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // The line has these settings from now on.
  void follow(const Uart& uart);

  // To the host. `waiting`: whether there is something to send.
  void offer(bool waiting, Millis now);
  [[nodiscard]] std::size_t allowed(Millis now) const { return out_.allowed(now); }
  void sent(std::size_t byte_count, Millis now) { out_.took(byte_count, now); }

  // From the host: these bytes, at most window(), are under way from now on.
  [[nodiscard]] std::size_t window() const { return kFifoBytes - under_way_; }
  void receive(Bytes bytes, Millis now);
  // Of them, those that have arrived and were not taken.
  [[nodiscard]] Bytes arrived(Millis now) const;
  void take(std::size_t byte_count, Millis now);
  [[nodiscard]] bool receives() const { return under_way_ > 0; }

  // When the next byte will have passed; nullopt when none passes.
  [[nodiscard]] std::optional<Millis> next(Millis now) const;

 private:
  std::uint32_t automatic_baud_;
  Pacer out_;
  Pacer in_;
  std::array<char, kFifoBytes> fifo_{};
  std::size_t under_way_ = 0;  // of fifo_
};

}  // namespace m531x::sim
