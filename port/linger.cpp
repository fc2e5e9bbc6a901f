// SPDX-License-Identifier: Apache-2.0
#include "port/linger.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/steady_timer.hpp>

namespace m531x::port {
namespace {

constexpr std::chrono::seconds kLongest{5};
constexpr std::size_t kReadBytes = 4096;

// A socket that is closed with unread bytes in it throws its unsent ones away: so they are read.
class Linger : public std::enable_shared_from_this<Linger> {
 public:
  Linger(EventLoop& loop, UniqueFd fd)
      : loop_(loop),
        stream_(std::make_shared<ByteStream>(loop, std::move(fd))),
        timer_(loop.context()) {}

  void start() {
    ::shutdown(stream_->input_fd(), SHUT_WR);
    timer_.expires_after(kLongest);
    timer_.async_wait(
        [self = shared_from_this()](boost::system::error_code) { self->stream_->close(); });
    wait();
  }

 private:
  void wait() {
    stream_->wait_readable([self = shared_from_this()] { self->discard(); });
  }
  void discard() {
    const auto result = stream_->read(loop_.read_buffer(kReadBytes));
    if (result.ended || result.error != 0) {
      timer_.cancel();
    } else {
      wait();
    }
  }

  EventLoop& loop_;
  std::shared_ptr<ByteStream> stream_;
  boost::asio::steady_timer timer_;
};

}  // namespace

void close_after_output(EventLoop& loop, ByteStream& stream) {
  stream.finish_writing();
  int undelivered = 0;
  if (stream.closed() || ::ioctl(stream.input_fd(), SIOCOUTQ, &undelivered) != 0 ||
      undelivered == 0) {
    stream.close();
    return;
  }
  std::make_shared<Linger>(loop, stream.release())->start();
}

}  // namespace m531x::port
