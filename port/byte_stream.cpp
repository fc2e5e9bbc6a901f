// SPDX-License-Identifier: Apache-2.0
#include "port/byte_stream.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace m531x::port {
namespace {

bool is_blocked(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

ByteStream::ByteStream(EventLoop& loop, UniqueFd both) : in_(loop.context(), both.release()) {
  const int fd = in_.native_handle();
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

ByteStream::ByteStream(EventLoop& loop, UniqueFd in, UniqueFd out)
    : in_(loop.context(), in.release()), out_(std::in_place, loop.context(), out.release()) {}

ByteStream::Result ByteStream::read(std::span<char> room) {
  ssize_t got = 0;
  do {
    got = ::read(in_.native_handle(), room.data(), room.size());
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
    sent = ::writev(out().native_handle(), parts.data(), static_cast<int>(count));
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
  if (closed_ || ::ioctl(out().native_handle(), TIOCOUTQ, &byte_count) != 0) return 0;
  return static_cast<std::size_t>(byte_count);
}

void ByteStream::close() {
  if (closed_) return;
  closed_ = true;
  after_hold_ = nullptr;
  after_read_hold_ = nullptr;
  boost::system::error_code ignored;
  in_.close(ignored);
  if (out_) out_->close(ignored);
}

UniqueFd ByteStream::release() {
  closed_ = true;
  return UniqueFd(in_.release());
}

}  // namespace m531x::port
