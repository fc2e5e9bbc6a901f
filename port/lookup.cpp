// SPDX-License-Identifier: Apache-2.0
#include "port/lookup.h"

#include <ares.h>
#include <arpa/inet.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <map>
#include <optional>

#include "port/net_cause.h"

namespace m531x::port {
namespace {

// Three tries of 2, 4 and 8 s for each name server.
constexpr int kFirstTryMs = 2000;
constexpr int kTries = 3;

Address make_address(const boost::asio::ip::address& ip, std::uint16_t port) {
  Address address{};
  if (ip.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(ip.to_v4().to_uint());
    address.size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    const auto bytes = ip.to_v6().to_bytes();
    std::memcpy(v6.sin6_addr.s6_addr, bytes.data(), bytes.size());
    v6.sin6_scope_id = static_cast<std::uint32_t>(ip.to_v6().scope_id());
    address.size = sizeof v6;
  }
  return address;
}

}  // namespace

// Kept alive by its waits; the channel by itself until the look-up ends or is given up.
class Lookup::State : public std::enable_shared_from_this<State> {
 public:
  State(EventLoop& loop, Done done)
      : loop_(loop), done_(std::move(done)), timer_(loop.context()), time_limit_(loop.context()) {}
  ~State() { end(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void start(const Question& question) {
    boost::system::error_code not_numeric;
    const auto ip = boost::asio::ip::make_address(question.host, not_numeric);
    if (!not_numeric) {
      addresses_.push_back(make_address(ip, question.port));
      return finish(ARES_SUCCESS);
    }
    const int status = open_channel(question.server);
    if (status != ARES_SUCCESS) return finish(status);
    time_limit_.expires_after(question.time_limit);
    time_limit_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error && self->channel_ != nullptr) self->finish(ARES_ETIMEOUT);
    });
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NUMERICSERV;
    // It takes port 0 for a mistake.
    const std::string service = std::to_string(question.port);
    ares_getaddrinfo(
        channel_, question.host.c_str(), question.port == 0 ? nullptr : service.c_str(), &hints,
        [](void* self, int result, int, ares_addrinfo* found) {
          static_cast<State*>(self)->answered(result, found);
        },
        this);
    arm_timer();
  }

  void end() {
    done_ = nullptr;
    timer_.cancel();
    time_limit_.cancel();
    if (channel_ != nullptr) ares_destroy(std::exchange(channel_, nullptr));
    for (auto& [fd, socket] : sockets_) socket.descriptor.release();
    sockets_.clear();
  }

 private:
  struct Socket {
    boost::asio::posix::stream_descriptor descriptor;
    bool wants_read = false;
    bool wants_write = false;
  };

  // The status of c-ares.
  int open_channel(const std::string& server) {
    ares_options options{};
    options.timeout = kFirstTryMs;
    options.tries = kTries;
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<State*>(self)->watch(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int status = ares_init_options(
        &channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
      channel_ = nullptr;
      return status;
    }
    return server.empty() ? ARES_SUCCESS : ares_set_servers_ports_csv(channel_, server.c_str());
  }

  // c-ares calls it inside its own functions, also while the channel is destroyed.
  void answered(int status, ares_addrinfo* found) {
    if (status == ARES_EDESTRUCTION) return;
    if (found != nullptr) {
      for (const auto* node = found->nodes; node != nullptr && addresses_.size() < kMaxAddresses;
           node = node->ai_next) {
        Address address{};
        std::memcpy(&address.storage, node->ai_addr, node->ai_addrlen);
        address.size = node->ai_addrlen;
        addresses_.push_back(address);
      }
      ares_freeaddrinfo(found);
    }
    finish(status == ARES_SUCCESS && addresses_.empty() ? ARES_ENODATA : status);
  }

  void finish(int status) {
    boost::asio::post(loop_.context(), [self = shared_from_this(), status] {
      const Done done = std::exchange(self->done_, nullptr);
      self->end();
      if (!done) return;
      if (status == ARES_SUCCESS) {
        done(std::move(self->addresses_), Cause::closed, {});
      } else {
        done({}, cause_of_lookup(status), ares_strerror(status));
      }
    });
  }

  void watch(ares_socket_t fd, bool readable, bool writable) {
    auto at = sockets_.find(fd);
    if (!readable && !writable) {
      if (at == sockets_.end()) return;
      at->second.descriptor.release();
      sockets_.erase(at);
      return;
    }
    if (at == sockets_.end()) {
      at = sockets_.emplace(fd, Socket{{loop_.context(), fd}}).first;
    }
    Socket& socket = at->second;
    if (readable && !std::exchange(socket.wants_read, readable)) wait(fd, Wait::wait_read);
    if (writable && !std::exchange(socket.wants_write, writable)) wait(fd, Wait::wait_write);
    socket.wants_read = readable;
    socket.wants_write = writable;
  }

  using Wait = boost::asio::posix::descriptor_base;
  void wait(ares_socket_t fd, Wait::wait_type what) {
    sockets_.at(fd).descriptor.async_wait(what, [self = shared_from_this(), fd,
                                                 what](boost::system::error_code error) {
      if (error || self->channel_ == nullptr) return;
      const bool reads = what == Wait::wait_read;
      ares_process_fd(self->channel_, reads ? fd : ARES_SOCKET_BAD, reads ? ARES_SOCKET_BAD : fd);
      const auto at = self->sockets_.find(fd);
      if (at != self->sockets_.end() && (reads ? at->second.wants_read : at->second.wants_write)) {
        self->wait(fd, what);
      }
      self->arm_timer();
    });
  }

  void arm_timer() {
    timeval room{};
    if (channel_ == nullptr) return;
    const timeval* const left = ares_timeout(channel_, nullptr, &room);
    if (left == nullptr) return;
    timer_.expires_after(std::chrono::seconds(left->tv_sec) +
                         std::chrono::microseconds(left->tv_usec));
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (error || self->channel_ == nullptr) return;
      ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      self->arm_timer();
    });
  }

  EventLoop& loop_;
  Done done_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer time_limit_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, Socket> sockets_;
  std::vector<Address> addresses_;
};

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_v4 = storage.ss_family == AF_INET;
  const void* const bytes =
      is_v4 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(storage).sin_addr)
            : &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
  return ::inet_ntop(storage.ss_family, bytes, text.data(), text.size());
}

Lookup::Lookup(EventLoop& loop, const Question& question, Done done)
    : state_(std::make_shared<State>(loop, std::move(done))) {
  state_->start(question);
}

Lookup::~Lookup() { state_->end(); }

}  // namespace m531x::port
