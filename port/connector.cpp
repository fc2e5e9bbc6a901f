// SPDX-License-Identifier: Apache-2.0
#include "port/connector.h"

#include <netinet/tcp.h>

#include <cerrno>

#include "port/net_cause.h"
#include "port/tls_stream.h"

namespace m531x::port {
namespace {

// How long an address may keep the following ones waiting.
constexpr std::chrono::seconds kPatience{4};

}  // namespace

Connector::Connector(EventLoop& loop, Done done)
    : loop_(loop), done_(std::move(done)), patience_(loop.context()) {}

void Connector::start(const std::string& host, std::uint16_t port,
                      std::shared_ptr<TlsContext> tls) {
  host_ = host;
  tls_ = std::move(tls);
  lookup_.emplace(loop_, host, port,
                  [self = shared_from_this()](std::vector<Address> addresses, Cause why) {
                    if (addresses.empty()) return self->finish(nullptr, why);
                    self->addresses_ = std::move(addresses);
                    self->try_next();
                  });
}

void Connector::cancel() {
  done_ = nullptr;
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
    patience_.expires_after(kPatience);
    patience_.async_wait([self = shared_from_this()](boost::system::error_code error_code) {
      if (error_code || !self->done_) return;
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
    // A new stream: the loop would report this one as writable at every event.
    UniqueFd socket = stream_->release();
    if (tls_) return handshake(std::move(socket));
    return finish(std::make_shared<ByteStream>(loop_, std::move(socket)), Cause::closed);
  }
  failed(cause_of_errno(error, Stage::connecting));
  try_next();
}

// An address of a family without a route says less than one that answered.
void Connector::failed(Cause why) {
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
  const Done done = std::exchange(done_, nullptr);
  if (done) done(std::move(stream), why, words);
}

}  // namespace m531x::port
