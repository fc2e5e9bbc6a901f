// SPDX-License-Identifier: Apache-2.0
// The far side of a module under check: a server that does what a transcript says, byte by byte.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "port/byte_stream.h"
#include "port/tcp_listener.h"

namespace m531x::app {

// One connection of the module.
class CheckConnection : public std::enable_shared_from_this<CheckConnection> {
 public:
  CheckConnection(port::EventLoop& loop, port::UniqueFd fd);
  void start();

  std::string heard;  // from the module, and not taken yet

  void send(Bytes bytes);
  void finish();  // FIN behind what was sent; what still comes is read and thrown away
  void reset();   // RST
  void close();   // without either side's consent
  // The module has closed or reset it.
  [[nodiscard]] bool ended() const { return ended_; }
  // The server has finished or reset it: what the module does then is not looked at.
  [[nodiscard]] bool over() const { return over_; }

 private:
  void read();
  void write();

  port::EventLoop& loop_;
  std::shared_ptr<port::ByteStream> stream_;
  std::string to_send_;
  bool ended_ = false;
  bool over_ = false;
};

// Has a door, that is a TCP port, for each server that a transcript names.
class CheckServer {
 public:
  // To an attempt to connect: nothing at all with `holds`.
  enum class Answer : std::uint8_t { accepts, refuses, holds };
  struct Arrival {
    std::size_t door;
    std::shared_ptr<CheckConnection> connection;
  };

  // Listens at `at` for the first door. `authority`: host:port by which the module reaches that
  // one; empty: where it listens. Throws UserError when the address is in use.
  CheckServer(port::EventLoop& loop, const port::TcpEndpoint& at, std::string authority);

  // What the module types to reach a door. The second door and those after it are made when they
  // are first asked for, on any free port.
  [[nodiscard]] const std::string& authority(std::size_t door);
  // Whether somebody other than the module's user has chosen the authority: then there is one door.
  [[nodiscard]] bool is_named() const { return is_named_; }
  // What the next attempts get, and those that were held.
  void set_answer(std::size_t door, Answer answer);
  // The module's connections that nobody has taken out of here yet.
  [[nodiscard]] std::deque<Arrival>& arrivals() { return arrivals_; }
  // Ends all connections. A door that held an attempt is on another port from then on.
  void close_all();

 private:
  struct Door {
    std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor;
    port::TcpEndpoint at;
    std::string authority;
    Answer answer = Answer::accepts;
    port::UniqueFd filler;  // our own connection, which keeps others out
  };

  void add_door(const port::TcpEndpoint& at, std::string authority);
  void open(Door& door);
  void fill(Door& door);
  void accept_next(std::size_t door);

  port::EventLoop& loop_;
  bool is_named_;
  std::vector<Door> doors_;
  std::deque<Arrival> arrivals_;
  std::vector<std::weak_ptr<CheckConnection>> connections_;
};

}  // namespace m531x::app
