// SPDX-License-Identifier: Apache-2.0
#include "port/serial_settings.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "port/pty.h"

namespace m531x::port {
namespace {

termios raw() {
  termios line{};
  ::cfmakeraw(&line);
  ::cfsetspeed(&line, B2400);
  return line;
}

TEST(TermiosOf, EveryFraming) {
  struct Row {
    Uart uart;
    tcflag_t flags;
  };
  const Row rows[] = {{{.data_bits = 8}, CS8},
                      {{.data_bits = 7}, CS7},
                      {{.stop_bits = 2}, CS8 | CSTOPB},
                      {{.parity = Parity::odd}, CS8 | PARENB | PARODD},
                      {{.parity = Parity::even}, CS8 | PARENB},
                      {{.parity = Parity::mark}, CS8 | PARENB | PARODD | CMSPAR},
                      {{.parity = Parity::space}, CS8 | PARENB | CMSPAR}};
  constexpr tcflag_t kAll = CSIZE | CSTOPB | PARENB | PARODD | CMSPAR;
  termios line = raw();  // one for all: each sets what another had set
  for (const Row& row : rows) {
    set_uart(line, row.uart);
    EXPECT_EQ(line.c_cflag & kAll, row.flags) << &row - rows;
  }
}

TEST(TermiosOf, EveryFlowControl) {
  termios line = raw();
  for (const Flow to_host : {Flow::none, Flow::xon_xoff, Flow::circuits}) {
    for (const Flow from_host : {Flow::none, Flow::xon_xoff, Flow::circuits}) {
      set_uart(line, {.to_host = to_host, .from_host = from_host});
      EXPECT_EQ((line.c_iflag & IXON) != 0, to_host == Flow::xon_xoff);
      EXPECT_EQ((line.c_iflag & IXOFF) != 0, from_host == Flow::xon_xoff);
      EXPECT_EQ((line.c_cflag & CRTSCTS) != 0,
                to_host == Flow::circuits || from_host == Flow::circuits);
    }
  }
}

TEST(TermiosOf, ARateThatNoPortHasLeavesTheOneThatWasThere) {
  for (const std::uint32_t baud : {0U, 1U, 9601U, ~0U}) {
    termios line = raw();
    set_uart(line, {.baud = baud});
    EXPECT_EQ(::cfgetospeed(&line), speed_t{B2400}) << baud;
    EXPECT_EQ(::cfgetispeed(&line), speed_t{B2400}) << baud;
  }
}

TEST(TermiosOf, EveryRateComesBackAsItsNumber) {
  Pty pty;
  const UniqueFd near = pty.take_near_side();
  const UniqueFd far(::open(pty.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  for (const std::uint32_t baud : kSerialRates) {
    termios line = raw();
    set_uart(line, {.baud = baud});
    ASSERT_EQ(::tcsetattr(far.get(), TCSANOW, &line), 0);
    EXPECT_EQ(line_rate(far.get()), baud);
    EXPECT_EQ(line_rate(near.get()), baud) << "seen from the other side";
  }
}

TEST(LineRate, OfWhatIsNoTerminalIs0) {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  EXPECT_EQ(line_rate(null.get()), 0U);
  EXPECT_EQ(line_rate(-1), 0U);
}

}  // namespace
}  // namespace m531x::port
