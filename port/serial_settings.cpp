// SPDX-License-Identifier: Apache-2.0
#include "port/serial_settings.h"

#include <algorithm>
#include <array>

namespace m531x::port {
namespace {

constexpr auto kRates = std::to_array<std::uint32_t>(
    {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600});
constexpr auto kRateCodes = std::to_array<speed_t>(
    {B1200, B2400, B4800, B9600, B19200, B38400, B57600, B115200, B230400, B460800, B921600});
static_assert(kRates.size() == kRateCodes.size());

void set_flags(tcflag_t& flags, tcflag_t which, bool on) {
  flags = on ? flags | which : flags & ~which;
}

}  // namespace

std::span<const std::uint32_t> serial_rates() { return kRates; }

void set_uart(termios& line, const Uart& uart) {
  const auto rate = std::ranges::find(kRates, uart.baud);
  if (rate != kRates.end()) {
    ::cfsetspeed(&line, kRateCodes[static_cast<std::size_t>(rate - kRates.begin())]);
  }
  const bool sticks = uart.parity == Parity::mark || uart.parity == Parity::space;
  set_flags(line.c_cflag, CSIZE, false);
  set_flags(line.c_cflag, uart.data_bits == 7 ? CS7 : CS8, true);
  set_flags(line.c_cflag, CSTOPB, uart.stop_bits == 2);
  set_flags(line.c_cflag, PARENB, uart.parity != Parity::none);
  set_flags(line.c_cflag, PARODD, uart.parity == Parity::odd || uart.parity == Parity::mark);
  set_flags(line.c_cflag, CMSPAR, sticks);
  set_flags(line.c_cflag, CRTSCTS,
            uart.to_host == Flow::circuits || uart.from_host == Flow::circuits);
  set_flags(line.c_iflag, IXON, uart.to_host == Flow::xon_xoff);
  set_flags(line.c_iflag, IXOFF, uart.from_host == Flow::xon_xoff);
}

}  // namespace m531x::port
