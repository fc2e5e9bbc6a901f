// SPDX-License-Identifier: Apache-2.0
// A Unix stream socket that answers each line with a line, in order, for clients of the same user.
#pragma once

#include <sys/types.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "port/event_loop.h"

namespace m531x::port {

class ControlSocket {
 public:
  static constexpr std::size_t kMaxLineBytes = 4096;  // without its LF
  static constexpr std::size_t kMaxClients = 16;

  // What is said; each text without its LF.
  struct Service {
    std::function<std::string(std::string_view line)> answer;  // views live until it returns
    std::string too_long;                                      // the answer to a longer line
    std::string too_many;  // told to the client after the last, which is then closed
  };

  // Listens at `path`, for this user alone. A socket on which nobody listens any more is replaced.
  // Throws UserError when the path is anything else, or cannot be had.
  ControlSocket(EventLoop& loop, std::string path, Service service);
  // Closes all clients; removes the socket if it is still this one.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  class Client;

  void make_way() const;
  void listen();
  void accept_next();
  void welcome(int fd);
  void forget(const Client* client);
  [[noreturn]] void refuse(const std::string& why) const;

  EventLoop& loop_;
  std::string path_;
  Service service_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  dev_t device_ = 0;  // of the socket's own file
  ino_t inode_ = 0;
  std::vector<std::shared_ptr<Client>> clients_;
};

}  // namespace m531x::port
