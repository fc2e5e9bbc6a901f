// SPDX-License-Identifier: Apache-2.0
#include "port/pty_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace m531x::port {

// With our own far side closed, a hang-up says that there is no other. What is unread can be asked
// for at a far side only.
std::size_t PtyStream::undelivered() {
  far_.reset();
  pollfd near = {.fd = input_fd(), .events = 0, .revents = 0};
  if (::poll(&near, 1, 0) == 1 && (near.revents & POLLHUP) != 0) return 0;
  far_.reset(::ioctl(input_fd(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  int unread = 0;
  // A host may have it for itself: then some is taken to be left.
  if (!far_.valid() || ::ioctl(far_.get(), FIONREAD, &unread) != 0) return 1;
  return static_cast<std::size_t>(unread);
}

void PtyStream::close() {
  far_.reset();
  ByteStream::close();
}

}  // namespace m531x::port
