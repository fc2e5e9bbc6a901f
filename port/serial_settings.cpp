// SPDX-License-Identifier: Apache-2.0
#include "port/serial_settings.h"

#include <algorithm>
#include <array>

namespace m531x::port {
namespace {

constexpr auto kRateCodes = std::to_array<speed_t>(
    {B1200, B2400, B4800, B9600, B19200, B38400, B57600, B115200, B230400, B460800, B921600});
static_assert(kSerialRates.size() == kRateCodes.size());

void set_flags(tcflag_t& flags, tcflag_t which, bool on) {
  flags = on ? flags | which : flags & ~which;
}

}  // namespace

void set_uart(termios& line, const Uart& uart) {
  const auto rate = std::ranges::find(kSerialRates, uart.baud);
  if (rate != kSerialRates.end()) {
    ::cfsetspeed(&line, kRateCodes[static_cast<std::size_t>(rate - kSerialRates.begin())]);
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
