// SPDX-License-Identifier: Apache-2.0
#include "port/serial_stream.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "port/serial_settings.h"

namespace m531x::port {
namespace {

using std::chrono::microseconds;

// What a chip holds behind the driver's queue, where the driver cannot tell.
constexpr int kChipBytes = 16;
constexpr std::uint32_t kUnknownRate = 9600;
// It is not asked more often than this, however fast the line is.
constexpr microseconds kShortestWait{1'000};

// How long to wait for so many bytes to leave.
microseconds time_of(int byte_count, const Uart& uart) {
  const std::int64_t bits =
      1 + uart.data_bits + (uart.parity != Parity::none ? 1 : 0) + uart.stop_bits;
  const std::uint32_t baud = uart.baud != 0 ? uart.baud : kUnknownRate;
  return std::max(microseconds(bits * byte_count * 1'000'000 / baud + 1), kShortestWait);
}

}  // namespace

SerialStream::SerialStream(EventLoop& loop, UniqueFd port, const Uart& now)
    : ByteStream(loop, std::move(port)), timer_(loop.context()), uart_(now) {}

void SerialStream::follow(const Uart& uart) {
  const bool waits = next_.has_value();
  if (uart == (waits ? *next_ : uart_)) return;
  next_ = uart;
  if (waits) return;
  hold_writes();
  has_waited_for_chip_ = false;
  follow_when_sent();
}

void SerialStream::close() {
  if (!closed() && undelivered() > 0) ::tcflush(input_fd(), TCOFLUSH);
  ByteStream::close();
}

void SerialStream::follow_when_sent() {
  if (const auto left = time_left()) {
    timer_.expires_after(*left);
    timer_.async_wait([self = shared_from_this(), this](boost::system::error_code error) {
      if (!error && !closed()) follow_when_sent();
    });
    return;
  }
  uart_ = next_.value_or(uart_);
  next_.reset();
  termios line{};
  const bool there = ::tcgetattr(input_fd(), &line) == 0;
  if (there) {
    set_uart(line, uart_);
    ::tcsetattr(input_fd(), TCSANOW, &line);
  }
  // tcsetattr succeeds when it has done any part of what it was asked for.
  termios now{};
  refuses_ = there && (::tcgetattr(input_fd(), &now) != 0 || now.c_cflag != line.c_cflag ||
                       ::cfgetospeed(&now) != ::cfgetospeed(&line));
  resume_writes();
}

std::string_view SerialStream::words() const {
  return refuses_ ? "the port does not have all of the new settings" : std::string_view();
}

std::optional<microseconds> SerialStream::time_left() {
  int queued = 0;
  if (::ioctl(input_fd(), TIOCOUTQ, &queued) == 0 && queued > 0) return time_of(queued, uart_);
  unsigned state = 0;
  if (::ioctl(input_fd(), TIOCSERGETLSR, &state) == 0) {
    if ((state & TIOCSER_TEMT) != 0) return std::nullopt;
    return time_of(1, uart_);
  }
  if (std::exchange(has_waited_for_chip_, true)) return std::nullopt;
  return time_of(kChipBytes, uart_);
}

}  // namespace m531x::port
