// SPDX-License-Identifier: Apache-2.0
// Serves OneNET's HTTP API (RFC 9112), on the program's loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "onenet/api.h"
#include "port/event_loop.h"

namespace m531x::onenet {

inline constexpr std::uint32_t kMaxHttpHeaderBytes = 8 * 1024;
inline constexpr std::uint64_t kMaxHttpBodyBytes = 64UL * 1024;
inline constexpr std::size_t kMaxHttpConnections = 256;  // the next ones wait to be accepted

struct HttpTimes {
  std::chrono::milliseconds silence{60'000};  // then a connection is closed
  std::chrono::milliseconds farewell{5'000};  // for a client to read and to close
};

class HttpServer {
 public:
  using Reply = std::function<void(const ApiAnswer& answer)>;
  // The request's views live until the call returns; the reply is called once, then or later.
  using Asked = std::function<void(const ApiRequest& request, Reply reply)>;

  // Listens at once; throws port::UserError when `at` is not to be had.
  HttpServer(port::EventLoop& loop, const boost::asio::ip::tcp::endpoint& at, Asked asked,
             HttpTimes times = {});

  // Takes no more connections, and calls `ended` once all that was asked is answered, or when that
  // time is over.
  void end(std::chrono::milliseconds within, std::function<void()> ended);

  [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const {
    return acceptor_.local_endpoint();
  }

 private:
  class Connection;
  void accept_next();
  void ended();
  void answered();

  boost::asio::ip::tcp::acceptor acceptor_;
  Asked asked_;
  const HttpTimes times_;
  std::size_t connection_count_ = 0;
  bool accepting_ = false;
  std::size_t open_count_ = 0;  // requests that are not answered
  std::function<void()> when_answered_;
  boost::asio::steady_timer end_timer_;
  // For connections, which may outlive the server by what still waits on the loop.
  std::shared_ptr<HttpServer*> alive_ = std::make_shared<HttpServer*>(this);
};

}  // namespace m531x::onenet
