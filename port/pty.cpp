// SPDX-License-Identifier: Apache-2.0
#include "port/pty.h"

#include <fcntl.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "port/user_error.h"

namespace m531x::port {

Pty::Pty() : near_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
  std::array<char, 64> name{};
  if (!near_.valid() || ::grantpt(near_.get()) != 0 || ::unlockpt(near_.get()) != 0 ||
      ::ptsname_r(near_.get(), name.data(), name.size()) != 0) {
    throw UserError("cannot make a pseudo-terminal: " + words_of(errno));
  }
  path_ = name.data();
  far_.reset(::open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios raw{};
  if (!far_.valid() || ::tcgetattr(far_.get(), &raw) != 0) {
    throw UserError("cannot open the pseudo-terminal " + path_ + ": " + words_of(errno));
  }
  ::cfmakeraw(&raw);
  ::cfsetspeed(&raw, B9600);
  ::tcsetattr(far_.get(), TCSANOW, &raw);
}

}  // namespace m531x::port
