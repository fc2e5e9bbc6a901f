// SPDX-License-Identifier: Apache-2.0
#include "port/last_words.h"

#include <utility>

namespace m531x::port {
namespace {

// Nobody tells when a host has read what it was sent, so that is looked at.
constexpr Millis kLook{5};
constexpr std::size_t kLastWordsBytes = 4096;

}  // namespace

LastWords::LastWords(EventLoop& loop, std::shared_ptr<ByteStream> line, std::string words,
                     Observer* observer, std::function<void()> done, Patience patience)
    : loop_(loop),
      line_(std::move(line)),
      words_(std::move(words)),
      observer_(observer),
      done_(std::move(done)),
      patience_(patience),
      look_(loop.context()),
      stuck_(loop.context()),
      longest_(loop.context()) {}

void LastWords::start() {
  longest_.expires_after(patience_.longest);
  longest_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) self->end();
  });
  expect_progress();
  look();
  go_on();
}

void LastWords::give_up() {
  done_ = nullptr;
  end();
}

void LastWords::go_on() {
  if (!line_->closed()) discard_input();
  if (!line_->closed()) write();
}

// Nobody hears the host any more; but a TCP connection that is closed over unread bytes throws away
// what has not arrived at the other end.
void LastWords::discard_input() {
  if (input_is_over_) return;
  if (line_->may_read()) {
    const auto result = line_->read(loop_.read_buffer(kLastWordsBytes));
    input_is_over_ = result.ended || result.error != 0;
  }
  if (!input_is_over_) line_->wait_readable(go_on_later());
}

void LastWords::write() {
  while (written_ < words_.size() && line_->may_write()) {
    const Bytes rest = Bytes(words_).substr(written_);
    const auto result = line_->write(std::span(&rest, 1));
    if (result.error != 0) return end();
    if (result.byte_count == 0) break;
    if (observer_ != nullptr) observer_->to_host(rest.substr(0, result.byte_count));
    written_ += result.byte_count;
    expect_progress();
  }
  if (written_ < words_.size()) line_->wait_writable(go_on_later());
}

void LastWords::look() {
  const std::size_t left = line_->undelivered();
  if (left != std::exchange(undelivered_, left)) expect_progress();
  // The kernel may just be passing bytes on from one of its buffers to the next.
  const bool seems_over = left == 0 && written_ == words_.size();
  if (std::exchange(seems_over_, seems_over) && seems_over) return end();
  look_.expires_after(kLook);
  look_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error && !self->line_->closed()) self->look();
  });
}

void LastWords::expect_progress() {
  stuck_.expires_after(patience_.stuck);
  stuck_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) self->end();
  });
}

void LastWords::end() {
  line_->close();
  look_.cancel();
  stuck_.cancel();
  longest_.cancel();
  if (const auto done = std::exchange(done_, nullptr)) done();
}

}  // namespace m531x::port
