// SPDX-License-Identifier: Apache-2.0
// A serial stream on the far side of a pseudo-terminal, whose settings the near side sees.
#include "port/serial_stream.h"

#include "port/test_pty.h"

namespace m531x::port {
namespace {

class SerialStreamTest : public PtyTest {
 protected:
  [[nodiscard]] std::uint32_t port_rate() const { return line_rate(near_.get()); }
  [[nodiscard]] termios port() const {
    termios line{};
    EXPECT_EQ(::tcgetattr(near_.get(), &line), 0);
    return line;
  }

  UniqueFd near_ = pty_.take_near_side();
  std::shared_ptr<SerialStream> stream_ =
      std::make_shared<SerialStream>(loop_, std::move(far_), Uart{.baud = 9600});
};

TEST_F(SerialStreamTest, FollowsWhenItsOutputIsOut) {
  write(*stream_, "\r\nOK\r\n");
  stream_->follow({.baud = 115200, .stop_bits = 2, .from_host = Flow::xon_xoff});
  EXPECT_EQ(port_rate(), 9600U) << "the chip may still hold bytes";
  EXPECT_FALSE(stream_->may_write());
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(port_rate(), 115200U);
  EXPECT_NE(port().c_cflag & CSTOPB, 0U);
  EXPECT_NE(port().c_iflag & IXOFF, 0U);
}

TEST_F(SerialStreamTest, HoldsWhatIsWrittenUntilItHasFollowed) {
  stream_->follow({.baud = 57600});
  std::uint32_t rate_when_ready = 0;
  stream_->wait_writable([&] { rate_when_ready = port_rate(); });
  run_until([&] { return rate_when_ready != 0; });
  EXPECT_EQ(rate_when_ready, 57600U);
  EXPECT_TRUE(stream_->may_write());
}

TEST_F(SerialStreamTest, AFastPortIsNotAskedAgainAtOnce) {
  ASSERT_TRUE(stream_->may_write());
  stream_->follow({.baud = 4'000'000});
  run_until([this] { return stream_->may_write(); });
  const auto start = std::chrono::steady_clock::now();
  stream_->follow({.baud = 9600});
  run_until([this] { return stream_->may_write(); });
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1));
}

TEST_F(SerialStreamTest, WhatItHasAlreadyTakesNoTime) {
  stream_->follow({.baud = 9600});
  EXPECT_TRUE(stream_->may_write());
}

TEST_F(SerialStreamTest, OfTwoChangesTheLastOneCounts) {
  stream_->follow({.baud = 57600});
  stream_->follow({.baud = 230400});
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(port_rate(), 230400U);
  stream_->follow({.baud = 4800});
  stream_->follow({.baud = 230400});
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(port_rate(), 230400U);
}

TEST_F(SerialStreamTest, AnAutomaticRateKeepsTheOneThatItHad) {
  stream_->follow({.baud = 0, .stop_bits = 2});
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(port_rate(), 9600U);
  EXPECT_NE(port().c_cflag & CSTOPB, 0U);
}

// A pseudo-terminal has no parity.
TEST_F(SerialStreamTest, SaysWhenThePortDoesNotHaveTheSettings) {
  stream_->follow({.baud = 57600});
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(stream_->words(), "");
  stream_->follow({.baud = 57600, .parity = Parity::even});
  run_until([this] { return stream_->may_write(); });
  EXPECT_NE(stream_->words(), "");
  stream_->follow({.baud = 9600});
  run_until([this] { return stream_->may_write(); });
  EXPECT_EQ(stream_->words(), "");
}

TEST_F(SerialStreamTest, ClosedWhileItWaitsItCallsNobody) {
  stream_->follow({.baud = 115200});
  stream_->wait_writable([] { FAIL() << "called after close"; });
  stream_->close();
  const std::weak_ptr<SerialStream> last = stream_;
  stream_.reset();
  run_until([&] { return last.expired(); });
  EXPECT_EQ(port_rate(), 9600U);
}

}  // namespace
}  // namespace m531x::port
