// SPDX-License-Identifier: Apache-2.0
#include "port/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "port/byte_stream.h"
#include "port/control_client.h"
#include "port/lock_file.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

constexpr std::size_t kQuestionBytes = 4096;
// With no descriptor left, a client is accepted a little later.
constexpr std::chrono::milliseconds kAcceptRetry{100};
constexpr mode_t kNotForOthers = 0177;

}  // namespace

// It is read from only when all its answers so far are on their way: so neither a client that sends
// without end nor one that reads nothing takes more than a line and an answer.
class ControlSocket::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(ControlSocket& server, UniqueFd fd)
      : server_(server), stream_(std::make_shared<ByteStream>(server.loop_, std::move(fd))) {}

  void serve() {
    while (send_answer()) {
      if (answer_line()) continue;
      stream_->wait_readable([self = shared_from_this()] { self->receive(); });
      return;
    }
  }
  void close() { stream_->close(); }

 private:
  void receive() {
    const auto room = server_.loop_.read_buffer(kQuestionBytes);
    const auto result = stream_->read(room);
    if (result.ended || result.error != 0) return leave();
    input_.append(room.data(), result.byte_count);
    serve();
  }
  // False: there is no whole line.
  bool answer_line() {
    const std::size_t end = input_.find('\n');
    if (end == std::string::npos) {
      if (input_.size() > kMaxLineBytes) {
        too_long_ = true;
        input_.clear();
      }
      return false;
    }
    const std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    const bool refused = std::exchange(too_long_, false) || line.size() > kMaxLineBytes;
    output_ = (refused ? server_.service_.too_long : server_.service_.answer(line)) + '\n';
    return true;
  }
  // False: the rest of the answer has to wait, or the client has gone.
  bool send_answer() {
    while (!output_.empty()) {
      const Bytes view = output_;
      const auto result = stream_->write(std::span(&view, 1));
      if (result.error != 0) {
        leave();
        return false;
      }
      if (result.blocked) {
        stream_->wait_writable([self = shared_from_this()] { self->serve(); });
        return false;
      }
      output_.erase(0, result.byte_count);
    }
    return true;
  }
  void leave() {
    close();
    server_.forget(this);
  }

  ControlSocket& server_;
  std::shared_ptr<ByteStream> stream_;
  std::string input_;  // what is not a whole line yet
  bool too_long_ = false;
  std::string output_;
};

ControlSocket::ControlSocket(EventLoop& loop, std::string path, Service service)
    : loop_(loop),
      path_(std::move(path)),
      service_(std::move(service)),
      acceptor_(loop.context()),
      retry_(loop.context()) {
  if (path_.size() > kMaxSocketPathBytes) {
    refuse("the path of a socket has at most " + std::to_string(kMaxSocketPathBytes) + " bytes");
  }
  // Of two programs that begin at the same time only one looks and makes way.
  const LockFile lock(path_ + ".lock");
  if (lock.error() == EWOULDBLOCK) refuse("another program is just about to listen there");
  if (lock.error() != 0) refuse("cannot make a socket there: " + words_of(lock.error()));
  make_way();
  listen();
  accept_next();
}

ControlSocket::~ControlSocket() {
  for (const auto& client : clients_) client->close();
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

void ControlSocket::refuse(const std::string& why) const {
  throw UserError("--control " + path_ + ": " + why);
}

void ControlSocket::make_way() const {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    refuse("cannot look at it: " + words_of(errno));
  }
  if (!S_ISSOCK(status.st_mode)) refuse("it exists and is not a socket, so it is left alone");
  int error = 0;
  if (connect_to(path_, error).valid()) refuse("another program listens there");
  if (error != ECONNREFUSED) refuse("it is not to be had: " + words_of(error));
  if (::unlink(path_.c_str()) != 0) refuse("cannot replace the old socket: " + words_of(errno));
}

void ControlSocket::listen() {
  const boost::asio::local::stream_protocol::endpoint at(path_);
  boost::system::error_code error;
  acceptor_.open(at.protocol(), error);
  const mode_t old_mask = ::umask(kNotForOthers);
  if (!error) acceptor_.bind(at, error);
  ::umask(old_mask);
  if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) refuse("cannot listen there: " + words_of(error.value()));
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0) refuse("it has vanished: " + words_of(errno));
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

void ControlSocket::accept_next() {
  acceptor_.async_accept(
      [this](boost::system::error_code error, boost::asio::local::stream_protocol::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (error) {
          retry_.expires_after(kAcceptRetry);
          retry_.async_wait([this](boost::system::error_code stopped) {
            if (!stopped) accept_next();
          });
          return;
        }
        boost::system::error_code ignored;
        welcome(socket.release(ignored));
        accept_next();
      });
}

void ControlSocket::welcome(int fd) {
  UniqueFd owned(fd);
  if (clients_.size() < kMaxClients) {
    const auto client = std::make_shared<Client>(*this, std::move(owned));
    clients_.push_back(client);
    return client->serve();
  }
  // A new socket has room for it; and if not, the end of the connection says enough.
  const std::string line = service_.too_many + '\n';
  [[maybe_unused]] const ssize_t sent = ::send(fd, line.data(), line.size(), MSG_DONTWAIT);
}

void ControlSocket::forget(const Client* client) {
  std::erase_if(clients_, [client](const auto& one) { return one.get() == client; });
}

}  // namespace m531x::port
