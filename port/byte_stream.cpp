// SPDX-License-Identifier: Apache-2.0
#include "port/byte_stream.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace m531x::port {
namespace {

bool is_blocked(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

ByteStream::ByteStream(EventLoop& loop, UniqueFd both)
    : in_(loop.readiness(), std::move(both), *this) {
  const int flags = ::fcntl(input_fd(), F_GETFL);
  if ((flags & O_NONBLOCK) == 0) ::fcntl(input_fd(), F_SETFL, flags | O_NONBLOCK);
}

ByteStream::ByteStream(EventLoop& loop, UniqueFd in, UniqueFd out)
    : in_(loop.readiness(), std::move(in), *this) {
  if (!out.valid()) return;
  Waiter& self = *this;
  out_ = std::make_unique<Watch>(loop.readiness(), std::move(out), self);
}

Watch& ByteStream::watch_of(Direction direction) {
  return direction == Direction::out && out_ ? *out_ : in_;
}

void ByteStream::wait_readable(std::function<void()> ready) {
  if (closed_ || on_readable_) return;
  on_readable_ = std::move(ready);
  kept_ = shared_from_this();
  if (!reads_held_) watch_of(read_waits_for_).wait(read_waits_for_);
}

void ByteStream::wait_writable(std::function<void()> ready) {
  if (closed_ || on_writable_) return;
  on_writable_ = std::move(ready);
  kept_ = shared_from_this();
  if (!writes_held_) watch_of(write_waits_for_).wait(write_waits_for_);
}

// While a direction is held, who waits for it is called by the end of the hold.
void ByteStream::ready(Direction direction) {
  const auto self = shared_from_this();
  if (on_readable_ && !reads_held_ && read_waits_for_ == direction) {
    may_read_ = true;
    end_wait(on_readable_);
  }
  if (on_writable_ && !writes_held_ && write_waits_for_ == direction) {
    may_write_ = true;
    end_wait(on_writable_);
  }
}

void ByteStream::end_wait(std::function<void()>& wait) {
  if (!wait) return;
  const auto call = std::exchange(wait, nullptr);
  const auto self = on_readable_ || on_writable_ ? kept_ : std::exchange(kept_, nullptr);
  call();
}

// With them, the last that keeps it may go.
void ByteStream::forget_waits() {
  const auto self = std::exchange(kept_, nullptr);
  on_readable_ = nullptr;
  on_writable_ = nullptr;
}

ByteStream::Result ByteStream::read(std::span<char> room) {
  ssize_t got = 0;
  do {
    got = ::read(input_fd(), room.data(), room.size());
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    may_read_ = static_cast<std::size_t>(got) == room.size();
    return {.byte_count = static_cast<std::size_t>(got)};
  }
  if (got == 0) return {.ended = true};
  if (!is_blocked(errno)) return {.error = errno};
  may_read_ = false;
  return {.blocked = true};
}

ByteStream::Result ByteStream::write(std::span<const Bytes> views) {
  std::array<iovec, kMostViews> parts{};
  const std::size_t count = std::min(views.size(), parts.size());
  std::size_t total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    parts[i] = {const_cast<char*>(views[i].data()), views[i].size()};
    total += views[i].size();
  }
  ssize_t sent = 0;
  do {
    sent = ::writev(watch_of(Direction::out).fd(), parts.data(), static_cast<int>(count));
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) {
    may_write_ = static_cast<std::size_t>(sent) == total;
    return {.byte_count = static_cast<std::size_t>(sent)};
  }
  if (!is_blocked(errno)) return {.error = errno};
  may_write_ = false;
  return {.blocked = true};
}

// The number is the same for sockets (SIOCOUTQ) and terminals; a pipe has none and loses nothing.
std::size_t ByteStream::undelivered() {
  int byte_count = 0;
  if (closed_ || ::ioctl(watch_of(Direction::out).fd(), TIOCOUTQ, &byte_count) != 0) return 0;
  return static_cast<std::size_t>(byte_count);
}

std::size_t ByteStream::batch_bytes() const {
  struct stat status {};
  const bool is_socket =
      ::fstat((out_ ? *out_ : in_).fd(), &status) == 0 && S_ISSOCK(status.st_mode);
  return is_socket ? kBacklogBytes : 0;
}

void ByteStream::close() {
  const auto self = weak_from_this().lock();
  if (std::exchange(closed_, true)) return;
  in_.close();
  if (out_) out_->close();
  forget_waits();
}

UniqueFd ByteStream::release() {
  const auto self = weak_from_this().lock();
  closed_ = true;
  UniqueFd fd = in_.release();
  forget_waits();
  return fd;
}

}  // namespace m531x::port
