// SPDX-License-Identifier: Apache-2.0
#include "port/stdio_line.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "port/user_error.h"

namespace m531x::port {
namespace {

bool is_regular_file(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

StdioLine::StdioLine()
    : input_(open_own(STDIN_FILENO, O_RDONLY)), output_(open_own(STDOUT_FILENO, O_WRONLY)) {
  termios now{};
  if (::tcgetattr(STDIN_FILENO, &now) != 0) return;
  terminal_ = now;
  ::cfmakeraw(&now);
  now.c_lflag |= ISIG;
  now.c_oflag = terminal_->c_oflag;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

StdioLine::~StdioLine() {
  if (terminal_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*terminal_);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    const int flags = old_flags_[static_cast<std::size_t>(fd)];
    if (flags >= 0) ::fcntl(fd, F_SETFL, flags);
  }
}

// O_NONBLOCK belongs to the open file, which the shell shares with us: so it is opened once more.
// That cannot be done with a socket.
UniqueFd StdioLine::open_own(int fd, int access) {
  if (!is_regular_file(fd)) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    UniqueFd own(::open(path.c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (own.valid()) return own;
  }
  UniqueFd own(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  const int flags = ::fcntl(fd, F_GETFL);
  if (!own.valid() || flags < 0) {
    throw UserError("--stdio: standard input and output must be open: " + words_of(errno));
  }
  old_flags_[static_cast<std::size_t>(fd)] = flags;
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  return own;
}

}  // namespace m531x::port
