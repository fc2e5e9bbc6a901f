// SPDX-License-Identifier: Apache-2.0
#include "port/uart_garble.h"

#include <gtest/gtest.h>

#include <array>

namespace m531x::port {
namespace {

using namespace std::string_literals;

std::string all_bytes() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

constexpr std::array<std::uint32_t, 11> kRates = {1200,  2400,   4800,   9600,   19200, 38400,
                                                  57600, 115200, 230400, 460800, 921600};

TEST(Garble, EqualRatesChangeNothing) {
  for (const std::uint32_t rate : kRates) EXPECT_EQ(garble(all_bytes(), rate, rate), all_bytes());
  EXPECT_EQ(garble("", 9600, 9600), "");
  EXPECT_EQ(garble("", 9600, 115200), "");
}

// The wire for 'A' (0x41), a digit for each bit of the sender: 0 10000010 1. A receiver at twice
// the rate sees 00 11000000 | 0...: start, data 0 1 1 0 0 0 0 0, and a 0 where the stop bit should
// be, so NUL. It waits for the 1 of bit 7, then starts at bit 8: start, data 0 1 1 1 1 1 1 1.
TEST(Garble, ByHandAtTwiceTheRate) {
  EXPECT_EQ(garble("A", 4800, 9600), "\0\xfe"s);
  // 0 11111111 1: start, data 0 1 1 1 1 1 1 1, stop.
  EXPECT_EQ(garble("\xff", 4800, 9600), "\xfe");
}

// At a third of the rate a bit is sampled in the middle of every third one. 0x8c is 0 00110001 1:
// the start is seen low in the middle of bit 1; data are bits 4 (1), 7 (0), 10 and later (quiet).
TEST(Garble, ByHandAtAThirdOfTheRate) {
  EXPECT_EQ(garble("\x8c", 28800, 9600), "\xfd");
  // 0 11111111 1: in the middle of what would be the start bit the line is high again.
  EXPECT_EQ(garble("\xff", 28800, 9600), "");
}

// 0x00 at 1200 is low for 7.5 ms, nine bits at 1200 and so 864 at 115200: one NUL, not many.
TEST(Garble, ASlowSenderIsABreak) { EXPECT_EQ(garble("\0"s, 1200, 115200), "\0"s); }

TEST(Garble, AFastSenderLosesBytes) {
  const std::string line = "AT+NATSPEED=115200,30,1\r";
  EXPECT_LT(garble(line, 115200, 9600).size(), line.size() / 4);
}

// The last bit is sampled 9.5 bits behind the edge: up to half a bit in that is harmless, 5 %.
TEST(Garble, CloseRatesAreUnderstood) {
  EXPECT_EQ(garble(all_bytes(), 10000, 10400), all_bytes());
  EXPECT_EQ(garble(all_bytes(), 10400, 10000), all_bytes());
  EXPECT_NE(garble(all_bytes(), 10000, 10700), all_bytes());
}

TEST(Garble, NoMoreBytesThanItSays) {
  for (const std::uint32_t from : kRates) {
    for (const std::uint32_t to : kRates) {
      for (const std::string& bytes : {all_bytes(), std::string(256, 'U'), "\xfe\xfe"s}) {
        EXPECT_LE(garble(bytes, from, to).size(), bytes.size() * kMostGarbled)
            << from << " to " << to;
      }
    }
  }
}

TEST(Garble, NoOtherRateUnderstandsACommand) {
  for (const std::uint32_t from : kRates) {
    for (const std::uint32_t to : kRates) {
      if (from == to) continue;
      EXPECT_EQ(garble("AT\r", from, to).find("AT\r"), std::string::npos) << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace m531x::port
