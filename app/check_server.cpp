// SPDX-License-Identifier: Apache-2.0
#include "app/check_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <sstream>

#include "port/user_error.h"

namespace m531x::app {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kServerReadBytes = 16'384;

std::string text_of(const port::TcpEndpoint& at) {
  std::ostringstream text;
  text << at;
  return text.str();
}

}  // namespace

CheckConnection::CheckConnection(port::EventLoop& loop, port::UniqueFd fd)
    : loop_(loop), stream_(std::make_shared<port::ByteStream>(loop, std::move(fd))) {}

void CheckConnection::start() {
  stream_->wait_readable([self = shared_from_this()] { self->read(); });
}

void CheckConnection::read() {
  const auto room = loop_.read_buffer(kServerReadBytes);
  const auto result = stream_->read(room);
  if (result.ended || result.error != 0) {
    ended_ = true;
    if (over_) close();
    return;
  }
  if (!over_) heard.append(room.data(), result.byte_count);
  start();
}

void CheckConnection::send(Bytes bytes) {
  to_send_ += bytes;
  write();
}

void CheckConnection::write() {
  if (stream_->closed()) return;
  if (!to_send_.empty()) {
    const std::array<Bytes, 1> views = {to_send_};
    const auto result = stream_->write(views);
    if (result.error != 0) return;
    to_send_.erase(0, result.byte_count);
  }
  if (!to_send_.empty()) {
    stream_->wait_writable([self = shared_from_this()] { self->write(); });
  } else if (over_) {
    ::shutdown(stream_->input_fd(), SHUT_WR);
    if (ended_) close();
  }
}

void CheckConnection::finish() {
  over_ = true;
  write();
}

void CheckConnection::reset() {
  over_ = true;
  if (stream_->closed()) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(stream_->input_fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  stream_->close();
}

void CheckConnection::close() {
  over_ = true;
  stream_->close();
}

CheckServer::CheckServer(port::EventLoop& loop, const port::TcpEndpoint& at, std::string authority)
    : loop_(loop), is_named_(!authority.empty()) {
  add_door(at, std::move(authority));
}

const std::string& CheckServer::authority(std::size_t door) {
  while (doors_.size() <= door) add_door({doors_.front().at.address(), 0}, "");
  return doors_[door].authority;
}

void CheckServer::add_door(const port::TcpEndpoint& at, std::string authority) {
  Door& door = doors_.emplace_back();
  door.at = at;
  open(door);
  door.at = door.acceptor->local_endpoint();
  door.authority = authority.empty() ? text_of(door.at) : std::move(authority);
  accept_next(doors_.size() - 1);
}

// A port that is bound and not listened at refuses, and is nobody else's meanwhile.
void CheckServer::open(Door& door) {
  boost::system::error_code error;
  if (door.acceptor) door.acceptor->close(error);
  door.acceptor = std::make_unique<ip::tcp::acceptor>(loop_.context());
  door.acceptor->open(door.at.protocol(), error);
  if (!error) door.acceptor->set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) door.acceptor->bind(door.at, error);
  if (!error && door.answer != Answer::refuses) {
    door.acceptor->listen(
        door.answer == Answer::holds ? 0 : boost::asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    throw port::UserError(fmt::format("--listen {}: cannot listen there: {}", text_of(door.at),
                                      port::words_of(error.value())));
  }
}

// While as many connections wait as may, Linux does not answer another attempt; and its side tries
// again after 1 s, 3 s and so on. With a backlog of 0 that is one connection.
void CheckServer::fill(Door& door) {
  auto there = door.at;
  if (there.address().is_unspecified()) {
    there.address(there.address().is_v6() ? ip::address(ip::address_v6::loopback())
                                          : ip::address(ip::address_v4::loopback()));
  }
  boost::system::error_code error;
  ip::tcp::socket filler(loop_.context());
  filler.connect(there, error);
  if (!error) door.filler = port::UniqueFd(filler.release(error));
  if (error) {
    throw port::UserError(fmt::format("--listen {}: cannot connect there: {}", text_of(there),
                                      port::words_of(error.value())));
  }
}

void CheckServer::set_answer(std::size_t number, Answer answer) {
  static_cast<void>(authority(number));
  Door& door = doors_[number];
  if (std::exchange(door.answer, answer) == answer) return;
  door.filler.reset();
  open(door);
  if (door.at.port() == 0) {
    door.at = door.acceptor->local_endpoint();
    door.authority = text_of(door.at);
  }
  if (answer == Answer::holds) fill(door);
  if (answer == Answer::accepts) accept_next(number);
}

void CheckServer::accept_next(std::size_t door) {
  doors_[door].acceptor->async_accept(
      [this, door](boost::system::error_code error, ip::tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (!error) {
          boost::system::error_code ignored;
          socket.set_option(ip::tcp::no_delay(true), ignored);
          auto connection =
              std::make_shared<CheckConnection>(loop_, port::UniqueFd(socket.release(ignored)));
          connection->start();
          std::erase_if(connections_, [](const auto& known) { return known.expired(); });
          connections_.push_back(connection);
          arrivals_.push_back({door, std::move(connection)});
        }
        accept_next(door);
      });
}

void CheckServer::close_all() {
  for (std::size_t number = 0; number < doors_.size(); ++number) {
    Door& door = doors_[number];
    if (door.answer == Answer::accepts) continue;
    // An attempt that was held goes on, and must not come to the next block.
    if (door.answer == Answer::holds) door.at.port(0);
    set_answer(number, Answer::accepts);
  }
  arrivals_.clear();
  for (const auto& known : connections_) {
    if (const auto connection = known.lock()) connection->close();
  }
  connections_.clear();
}

}  // namespace m531x::app
