// SPDX-License-Identifier: Apache-2.0
// The bytes of a real serial port, whose settings follow the modem's.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

#include "port/byte_stream.h"

namespace m531x::port {

class SerialStream : public ByteStream {
 public:
  // `port` is open, raw, and has what `now` says.
  SerialStream(EventLoop& loop, UniqueFd port, const Uart& now);

  // What was written leaves at the settings that the port has; then it gets `uart`. In between it
  // takes nothing. What the port cannot do, it leaves as it was, and words() says so.
  void follow(const Uart& uart) override;
  [[nodiscard]] std::string_view words() const override;
  // What the far side does not take is thrown away: the system would wait for it.
  void close() override;

 private:
  void follow_when_sent();
  // How long to wait before it may all have left; nullopt = it has.
  std::optional<std::chrono::microseconds> time_left();

  boost::asio::steady_timer timer_;
  Uart uart_;
  std::optional<Uart> next_;
  bool has_waited_for_chip_ = false;
  bool refuses_ = false;
};

}  // namespace m531x::port
