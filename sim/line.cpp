// SPDX-License-Identifier: Apache-2.0
#include "sim/line.h"

#include <algorithm>

namespace m531x::sim {
namespace {

// A gap between two bytes of the host that is no longer may be a timer's.
constexpr Millis kMostGap{5};

// V.250 6.2.11 and what a UART adds.
std::uint32_t bits_of(const Uart& uart) {
  const unsigned parity = uart.parity == Parity::none ? 0 : 1;
  return 1U + uart.data_bits + parity + uart.stop_bits;
}

}  // namespace

Line::Line(const Uart& uart, std::uint32_t automatic_baud) : automatic_baud_(automatic_baud) {
  follow(uart);
}

// It may be a password or a key.
Line::~Line() { fifo_.fill(0); }

void Line::follow(const Uart& uart) {
  const std::uint32_t baud = uart.baud != 0 ? uart.baud : automatic_baud_;
  out_.set_rate(baud, bits_of(uart));
  in_.set_rate(baud, bits_of(uart));
}

void Line::offer(bool waiting, Millis now) {
  if (waiting) {
    out_.begin(now);
  } else {
    out_.rest();
  }
}

void Line::receive(Bytes bytes, Millis now) {
  const auto next = in_.next();
  if (under_way_ == 0 && next && now > *next + kMostGap) in_.rest();
  under_way_ += bytes.copy(fifo_.data() + under_way_, window());
  in_.begin(now);
}

Bytes Line::arrived(Millis now) const {
  return {fifo_.data(), std::min(under_way_, in_.allowed(now))};
}

void Line::take(std::size_t byte_count, Millis now) {
  in_.took(byte_count, now);
  std::ranges::rotate(fifo_, fifo_.begin() + static_cast<std::ptrdiff_t>(byte_count));
  std::fill(fifo_.end() - static_cast<std::ptrdiff_t>(byte_count), fifo_.end(), '\0');
  under_way_ -= byte_count;
}

std::optional<Millis> Line::next(Millis now) const {
  auto next = out_.next();
  if (next && *next <= now) next.reset();  // the host does not take what has passed
  if (under_way_ == 0) return next;
  const auto arrives = in_.next();
  if (arrives && *arrives > now && (!next || *arrives < *next)) return arrives;
  return next;
}

}  // namespace m531x::sim
