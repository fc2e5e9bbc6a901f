// SPDX-License-Identifier: Apache-2.0
#include "app/demo_server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>

namespace m531x::app {
namespace {

constexpr std::size_t kRequestReadBytes = 4096;
constexpr std::string_view kContentLength = "\r\nContent-Length: ";

}  // namespace

// One connection of the modem.
class DemoServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(port::EventLoop& loop, port::UniqueFd fd, const Tell& tell)
      : loop_(loop),
        stream_(std::make_shared<port::ByteStream>(loop, std::move(fd))),
        tell_(tell) {}

  void start() {
    tell_("connection from the modem");
    wait();
  }
  void close() { stream_->close(); }

  void was_read(std::size_t byte_count) {
    unread_ -= std::min(unread_, byte_count);
    if (unread_ > 0 || response_ == nullptr) return;
    boost::asio::post(loop_.context(), [self = shared_from_this()] { self->send_next(); });
  }

 private:
  void wait() {
    stream_->wait_readable([self = shared_from_this()] { self->read(); });
  }

  void read() {
    const auto room = loop_.read_buffer(kRequestReadBytes);
    const auto result = stream_->read(room);
    if (result.ended || result.error != 0) {
      tell_("closed by the modem");
      stream_->close();
      return;
    }
    request_.append(room.data(), result.byte_count);
    wait();
    if (response_ == nullptr && is_complete()) answer();
  }

  [[nodiscard]] bool is_complete() const {
    const std::size_t head_end = request_.find("\r\n\r\n");
    if (head_end == std::string::npos) return false;
    std::size_t content_bytes = 0;
    if (const auto at = request_.find(kContentLength); at < head_end) {
      const char* const digits = request_.data() + at + kContentLength.size();
      std::from_chars(digits, request_.data() + head_end, content_bytes);
    }
    return request_.size() >= head_end + 4 + content_bytes;
  }

  void answer() {
    tell_(request_.substr(0, request_.find("\r\n")));
    tell_(fmt::format("  {} bytes of request", request_.size()));
    const auto& all = demo_responses();
    const auto found = std::ranges::find_if(all, [this](const DemoResponse& response) {
      return request_.starts_with(response.target + " ");
    });
    if (found == all.end()) {
      stream_->close();
      return;
    }
    response_ = &*found;
    send_next();
  }

  void send_next() {
    if (stream_->closed()) return;
    if (next_ < response_->pieces.size()) {
      const Bytes piece = response_->pieces[next_++];
      unread_ = piece.size();
      sent_ += piece.size();
      stream_->write(std::span(&piece, 1));
      return;
    }
    tell_(fmt::format("  answered {} bytes in {} segments", sent_, next_));
    if (response_->end == DemoResponse::End::resets) reset();
  }

  void reset() {
    tell_("  reset the connection");
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(stream_->input_fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    stream_->close();
  }

  port::EventLoop& loop_;
  std::shared_ptr<port::ByteStream> stream_;
  const Tell& tell_;
  std::string request_;
  const DemoResponse* response_ = nullptr;
  std::size_t next_ = 0;
  std::size_t sent_ = 0;
  std::size_t unread_ = 0;
};

DemoServer::DemoServer(port::EventLoop& loop, Tell tell)
    : loop_(loop),
      tell_(std::move(tell)),
      listener_(loop, port::parse_endpoint("127.0.0.1:0"), [this](port::UniqueFd fd) {
        session_ = std::make_shared<Session>(loop_, std::move(fd), tell_);
        session_->start();
      }) {}

void DemoServer::was_read(std::size_t byte_count) {
  if (session_) session_->was_read(byte_count);
}

}  // namespace m531x::app
