// SPDX-License-Identifier: Apache-2.0
// One page over HTTP, for a program that asks now and then.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "port/event_loop.h"
#include "port/tcp_listener.h"

namespace m531x::port {

class PageServer {
 public:
  static constexpr std::size_t kMaxClients = 8;          // at a time; others are closed at once
  static constexpr std::size_t kMaxRequestBytes = 8192;  // of its first line, and of its fields
  static constexpr std::chrono::milliseconds kPatience{10'000};
  static constexpr std::chrono::milliseconds kRetry{250};  // when there was no descriptor

  struct Page {
    std::string path;
    std::string type;
    std::function<std::string()> text;
    std::chrono::milliseconds patience = kPatience;  // with a request, and with who reads it
  };

  // Listens at once; throws UserError, which names `option`, when `at` is not to be had.
  PageServer(EventLoop& loop, const TcpEndpoint& at, std::string_view option, Page page);
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  [[nodiscard]] TcpEndpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  class Client;
  void accept_next();
  void accept_later();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  std::shared_ptr<const Page> page_;  // clients may outlive the server
};

}  // namespace m531x::port
