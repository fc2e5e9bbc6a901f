// SPDX-License-Identifier: Apache-2.0
#include "port/pty_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace m531x::port {
namespace {

// What a far side had no room for, the kernel passes on to it some time after the host has made
// room, and counts it only then. Where there is nothing yet, poll waits for that.
std::size_t unread_at(int far_side) {
  int byte_count = 0;
  // A host may have the far side for itself: then some is taken to be left.
  if (::ioctl(far_side, FIONREAD, &byte_count) != 0) return 1;
  if (byte_count > 0) return static_cast<std::size_t>(byte_count);
  pollfd far = {.fd = far_side, .events = POLLIN, .revents = 0};
  return ::poll(&far, 1, 0) == 1 && (far.revents & POLLIN) != 0 ? 1 : 0;
}

}  // namespace

// With our own far side closed, a hang-up says that there is no other. What is unread can be asked
// for at a far side only.
std::size_t PtyStream::undelivered() {
  far_.reset();
  pollfd near = {.fd = input_fd(), .events = 0, .revents = 0};
  if (::poll(&near, 1, 0) == 1 && (near.revents & POLLHUP) != 0) return 0;
  far_.reset(::ioctl(input_fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  return unread_at(far_.get());
}

void PtyStream::close() {
  far_.reset();
  ByteStream::close();
}

}  // namespace m531x::port
