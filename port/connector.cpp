// SPDX-License-Identifier: Apache-2.0
#include "port/connector.h"

#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "port/net_cause.h"
#include "port/tls_stream.h"

namespace m531x::port {
namespace {

constexpr Millis kMaxPatience{4'000};

// Binds the socket to that interface; the errno value when it is not there or down. The kernel
// itself takes one that is down for a route that is missing.
int bind_to(int fd, const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, sizeof request.ifr_name - 1);
  if (::ioctl(fd, SIOCGIFFLAGS, &request) != 0) return errno;
  if ((request.ifr_flags & IFF_UP) == 0) return ENETDOWN;
  return ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, request.ifr_name, sizeof request.ifr_name) ==
                 0
             ? 0
             : errno;
}

}  // namespace

Millis patience(Millis left, std::size_t address_count) {
  const Millis share = left / static_cast<Millis::rep>(address_count);
  return std::clamp(share, Millis(0), kMaxPatience);
}

Connector::Connector(EventLoop& loop, NetOptions options, Millis time, Done done, Tried tried)
    : loop_(loop),
      done_(std::move(done)),
      options_(std::move(options)),
      ends_(loop.now() + time),
      tried_(std::move(tried)),
      patience_(loop.context()) {}

void Connector::start(const std::string& host, std::uint16_t port,
                      std::shared_ptr<TlsContext> tls) {
  host_ = host;
  tls_ = std::move(tls);
  lookup_.emplace(loop_,
                  Question{.host = host,
                           .port = port,
                           .server = options_.dns_server,
                           .time_limit = (ends_ - loop_.now()) / 2},
                  [self = shared_from_this()](std::vector<Address> addresses, Cause why,
                                              std::string_view words) {
                    if (addresses.empty()) return self->finish(nullptr, why, words);
                    self->addresses_ = std::move(addresses);
                    self->try_next();
                  });
}

void Connector::cancel() {
  done_ = nullptr;
  tried_ = nullptr;
  lookup_.reset();
  patience_.cancel();
  if (stream_) stream_->close();
}

void Connector::try_next() {
  while (next_ < addresses_.size()) {
    const int error = open_socket(addresses_[next_++]);
    if (error != 0) {
      failed(cause_of_errno(error, Stage::connecting));
      continue;
    }
    stream_->wait_writable([self = shared_from_this()] { self->attempt_ended(); });
    if (next_ == addresses_.size()) return;
    patience_.expires_after(patience(ends_ - loop_.now(), addresses_.size() - next_ + 1));
    // It may have run out already when the attempt ends.
    patience_.async_wait(
        [self = shared_from_this(), attempt = stream_](boost::system::error_code error_code) {
          if (error_code || !self->done_ || self->stream_ != attempt) return;
          self->failed(Cause::connect_timeout);
          self->try_next();
        });
    return;
  }
  finish(nullptr, why_);
}

int Connector::open_socket(const Address& address) {
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return errno;
  if (!options_.interface.empty()) {
    if (const int error = bind_to(fd.get(), options_.interface); error != 0) return error;
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), address.get(), address.size) != 0 && errno != EINPROGRESS) return errno;
  stream_ = std::make_shared<ByteStream>(loop_, std::move(fd));
  return 0;
}

void Connector::attempt_ended() {
  if (!done_) return;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(stream_->input_fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  patience_.cancel();
  if (error == 0) {
    if (tls_) return handshake(stream_->release());
    return finish(std::exchange(stream_, nullptr), Cause::closed);
  }
  failed(cause_of_errno(error, Stage::connecting));
  try_next();
}

// An address of a family without a route says less than one that answered.
void Connector::failed(Cause why) {
  if (tried_) tried_(addresses_[next_ - 1], why);
  if (why != Cause::no_route) why_ = why;
  if (stream_) stream_->close();
  stream_.reset();
}

// The address has answered: no other one is tried for a certificate that is refused.
void Connector::handshake(UniqueFd socket) {
  const auto stream = std::make_shared<TlsStream>(loop_, std::move(socket), *tls_, host_);
  stream_ = stream;
  stream->handshake([self = shared_from_this(), stream = stream.get()](bool stands) {
    if (!stands) stream->close();
    const auto made = std::exchange(self->stream_, nullptr);
    self->finish(stands ? made : nullptr, Cause::tls_failed, stream->words());
  });
}

void Connector::finish(std::shared_ptr<ByteStream> stream, Cause why, std::string_view words) {
  tried_ = nullptr;
  const Done done = std::exchange(done_, nullptr);
  if (done) done(std::move(stream), why, words);
}

}  // namespace m531x::port
