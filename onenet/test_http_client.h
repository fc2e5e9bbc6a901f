// SPDX-License-Identifier: Apache-2.0
// For unit tests: an HTTP client that sends what it is told, on the loop of the server.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>

#include "port/event_loop.h"
#include "port/test_loop.h"

namespace m531x::onenet {

class TestHttpClient {
 public:
  TestHttpClient(port::EventLoop& loop, const boost::asio::ip::tcp::endpoint& server)
      : socket_(loop.context()) {
    socket_.connect(server);
    socket_.non_blocking(true);
  }
  // False: the server has closed.
  bool send(std::string_view bytes) {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes), error);
    return !error;
  }
  // All that has come.
  const std::string& heard() {
    has_ended();
    return heard_;
  }
  // The server says nothing any more; what it has said is in heard().
  bool has_ended() {
    std::array<char, 4096> room{};
    boost::system::error_code error;
    const auto size = socket_.read_some(boost::asio::buffer(room), error);
    heard_.append(room.data(), size);
    return error && error != boost::asio::error::would_block;
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::string heard_;
};

}  // namespace m531x::onenet
