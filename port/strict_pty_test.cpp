// SPDX-License-Identifier: Apache-2.0
#include "port/strict_pty.h"

#include "port/test_pty.h"
#include "port/uart_garble.h"

namespace m531x::port {
namespace {

constexpr Bytes kLine = "AT+NATSPEED=115200,30,1\r";

class StrictPtyTest : public PtyTest {
 protected:
  // What the modem gets of what the host sends in one piece; empty = nothing.
  std::string received(Bytes bytes, std::size_t room_bytes = 4096) {
    EXPECT_EQ(::write(far_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    bool ready = false;
    stream_->wait_readable([&] { ready = true; });
    run_until([&] { return ready; });
    std::string room(room_bytes, '\0');
    const auto result = stream_->read(room);
    EXPECT_EQ(result.blocked, result.byte_count == 0) << "an end without an end";
    return room.substr(0, result.byte_count);
  }

  std::shared_ptr<StrictPty> stream_ =
      std::make_shared<StrictPty>(loop_, pty_.take_near_side(), pty_.take_far_side());
};

TEST_F(StrictPtyTest, AHostThatSetsNoSpeedHas9600) { EXPECT_EQ(line_rate(far_.get()), 9600U); }

TEST_F(StrictPtyTest, TheSameRateIsClean) {
  stream_->follow({.baud = 115200});
  set_far_rate(115200);
  EXPECT_EQ(received(kLine), kLine);
  write(*stream_, kLine);
  EXPECT_EQ(read(far_.get()), kLine);
}

TEST_F(StrictPtyTest, AnotherRateIsGarbledBothWays) {
  stream_->follow({.baud = 9600});
  set_far_rate(4800);
  EXPECT_EQ(received(kLine), garble(kLine, 4800, 9600));
  EXPECT_NE(garble(kLine, 4800, 9600), kLine);
  write(*stream_, kLine);
  EXPECT_EQ(read(far_.get()), garble(kLine, 9600, 4800));
}

TEST_F(StrictPtyTest, SaysWhileItGarbles) {
  stream_->follow({.baud = 9600});
  set_far_rate(9600);
  received(kLine);
  EXPECT_EQ(stream_->words(), "");
  set_far_rate(4800);
  received(kLine);
  EXPECT_NE(stream_->words(), "");
  set_far_rate(9600);
  write(*stream_, kLine);
  EXPECT_EQ(stream_->words(), "");
}

TEST_F(StrictPtyTest, AnAutomaticRateIsTheHosts) {
  stream_->follow({.baud = 0});
  for (const std::uint32_t baud : {2400U, 460800U}) {
    set_far_rate(baud);
    EXPECT_EQ(received(kLine), kLine);
    write(*stream_, kLine);
    EXPECT_EQ(read(far_.get()), kLine);
  }
}

TEST_F(StrictPtyTest, NothingLeftIsNoEnd) {
  stream_->follow({.baud = 1200});
  set_far_rate(115200);
  EXPECT_EQ(garble("\xff", 115200, 1200), "");
  EXPECT_EQ(received("\xff"), "");
  set_far_rate(1200);
  EXPECT_EQ(received("AT\r"), "AT\r") << "and it goes on";
}

TEST_F(StrictPtyTest, NoMoreThanThereIsRoomFor) {
  stream_->follow({.baud = 115200});
  set_far_rate(19200);
  for (const std::size_t room : {1U, 4U, 5U, 6U}) {
    EXPECT_LE(received("UUUU", room).size(), room);
    read(stream_->input_fd());
  }
}

TEST_F(StrictPtyTest, ALongTextIsGarbledPieceByPiece) {
  stream_->follow({.baud = 9600});
  set_far_rate(4800);
  const std::string text(1000, 'A');
  const Bytes view = text;
  const auto result = stream_->write(std::span(&view, 1));
  EXPECT_EQ(result.byte_count, 256U);
  EXPECT_EQ(read(far_.get()), garble(view.substr(0, 256), 9600, 4800));
}

}  // namespace
}  // namespace m531x::port
