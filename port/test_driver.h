// SPDX-License-Identifier: Apache-2.0
// For unit tests: a driver between a host and a server that the test plays.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "port/block_memory.h"
#include "port/driver.h"
#include "port/tcp_listener.h"
#include "port/test_loop.h"

namespace m531x::port {

inline constexpr std::size_t kPoolBytes = 1 << 20;

// A modem on a socket pair, whose other end is the host, with a server on loopback.
class DriverTest : public testing::Test {
 protected:
  DriverTest() { plug_in(EndOfInput::after_work); }
  ~DriverTest() override { driver_->stop(); }

  // The modem's end of a new line, which may keep so much for the host; host_ is its far end.
  UniqueFd new_line(std::optional<int> send_buffer_bytes = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    if (send_buffer_bytes) {
      EXPECT_EQ(::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &*send_buffer_bytes, sizeof(int)), 0);
    }
    host_ = std::make_shared<ByteStream>(loop_, UniqueFd(ends[0]));
    return UniqueFd(ends[1]);
  }
  void plug_in(EndOfInput end_of_input) {
    driver_->attach(std::make_shared<ByteStream>(loop_, new_line()), end_of_input,
                    [this](int error) { gone_ = error; });
  }
  void type(std::string_view line) {
    const std::string bytes = std::string(line) + '\r';
    const Bytes view = bytes;
    ASSERT_EQ(host_->write(std::span(&view, 1)).byte_count, bytes.size());
  }
  template <typename Done>
  void run_until(Done done) {
    ASSERT_TRUE(runs_until(loop_, done));
  }
  // Runs the loop until the modem has said `end`; returns all it has said since the last call.
  std::string heard(std::string_view end) {
    listening_ = true;
    listen();
    run_until([&] { return heard_.ends_with(end); });
    listening_ = false;
    return std::exchange(heard_, {});
  }
  // The host asks for a page; the server has the connection.
  void get() {
    type("AT+HTTPCREATE=\"" + url() + "\"");
    type("AT+HTTPSEND=0,0,\"/\"");
    run_until_served();
  }
  void run_until_served() {
    run_until([this] { return server_ != nullptr; });
  }
  void answer(Bytes bytes) {
    ASSERT_EQ(server_->write(std::span(&bytes, 1)).byte_count, bytes.size());
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.endpoint().port());
  }

  BlockMemory memory_{kPoolBytes, Limits().line_bytes};
  BlockPool pool_{memory_.blocks(), memory_.scratch()};
  EventLoop loop_;
  std::shared_ptr<ByteStream> host_;
  std::shared_ptr<ByteStream> server_;
  TcpListener listener_{loop_, parse_endpoint("127.0.0.1:0"), [this](UniqueFd fd) {
                          server_ = std::make_shared<ByteStream>(loop_, std::move(fd));
                        }};
  const Model& model_ = models().front();
  std::shared_ptr<Driver> driver_ =
      std::make_shared<Driver>(loop_, model_, default_settings(model_), pool_);
  std::optional<int> gone_;

 private:
  void listen() {
    host_->wait_readable([this, host = host_] {
      if (!listening_) return;
      std::array<char, 4096> room{};
      const auto result = host->read(room);
      heard_.append(room.data(), result.byte_count);
      if (!result.ended && result.error == 0) listen();
    });
  }

  bool listening_ = false;
  std::string heard_;
};

}  // namespace m531x::port
