// SPDX-License-Identifier: Apache-2.0
// Accepts hosts over TCP.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "port/event_loop.h"
#include "port/unique_fd.h"

namespace m531x::port {

using TcpEndpoint = boost::asio::ip::tcp::endpoint;

// Reads ADDRESS:PORT, [IPv6]:PORT, :PORT or PORT; without an address it is 127.0.0.1. Throws
// UserError, which names `option`.
[[nodiscard]] TcpEndpoint parse_endpoint(std::string_view text, std::string_view option = "--tcp");

// Opens `acceptor` there, and listens. Throws UserError, which names `option`, when `at` is in use
// or is not an address of this machine.
void listen(boost::asio::ip::tcp::acceptor& acceptor, const TcpEndpoint& at,
            std::string_view option);

class TcpListener {
 public:
  using Accepted = std::function<void(UniqueFd fd)>;

  // Listens at once, as listen() does.
  TcpListener(EventLoop& loop, const TcpEndpoint& at, Accepted accepted);

  // Where it listens: with the real port when port 0 was asked for.
  [[nodiscard]] TcpEndpoint endpoint() const { return acceptor_.local_endpoint(); }
  // A descriptor has become free: hosts that had to wait for one are accepted now.
  void resume();

 private:
  void accept_next();

  boost::asio::ip::tcp::acceptor acceptor_;
  Accepted accepted_;
  bool paused_ = false;
};

}  // namespace m531x::port
