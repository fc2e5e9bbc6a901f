// SPDX-License-Identifier: Apache-2.0
// For unit tests: a pseudo-terminal with both of its sides.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "port/byte_stream.h"
#include "port/pty.h"
#include "port/serial_settings.h"
#include "port/test_loop.h"

namespace m531x::port {

class PtyTest : public testing::Test {
 protected:
  PtyTest() : far_(::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {}

  // Gives the far side this speed, as a host does.
  void set_far_rate(std::uint32_t baud) const {
    termios line{};
    ASSERT_EQ(::tcgetattr(far_.get(), &line), 0);
    set_uart(line, {.baud = baud});
    ASSERT_EQ(::tcsetattr(far_.get(), TCSANOW, &line), 0);
  }
  template <typename Done>
  void run_until(Done done) {
    ASSERT_TRUE(runs_until(loop_, done));
  }
  static void write(ByteStream& stream, Bytes bytes) {
    ASSERT_EQ(stream.write(std::span(&bytes, 1)).byte_count, bytes.size());
  }
  // What is there at a descriptor that does not block.
  static std::string read(int fd) {
    std::array<char, 4096> room{};
    const ssize_t got = ::read(fd, room.data(), room.size());
    return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  EventLoop loop_;
  Pty pty_;
  UniqueFd far_;
};

}  // namespace m531x::port
