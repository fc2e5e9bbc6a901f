// SPDX-License-Identifier: Apache-2.0
#include "descriptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace m531x::reference {

void fail(const std::string& what) {
  std::fprintf(stderr, "reference: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

namespace {

int checked(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

void make_raw(int fd) {
  termios settings{};
  checked(::tcgetattr(fd, &settings), "tcgetattr");
  ::cfmakeraw(&settings);
  checked(::tcsetattr(fd, TCSANOW, &settings), "tcsetattr");
}

}  // namespace

Target parse_target(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  Target target{std::string(text.substr(0, colon)), 0};
  const char* const end = text.data() + text.size();
  if (colon == std::string_view::npos ||
      std::from_chars(text.data() + colon + 1, end, target.port).ptr != end) {
    errno = EINVAL;
    fail("a target is ADDRESS:PORT");
  }
  return target;
}

UniqueFd connect_to(const Target& target) {
  UniqueFd result(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target.port);
  if (::inet_pton(AF_INET, target.address.c_str(), &address.sin_addr) != 1) fail("inet_pton");
  checked(::connect(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "connect");
  const int on = 1;
  checked(::setsockopt(result.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "setsockopt");
  return result;
}

UniqueFd open_terminal(const std::string& path) {
  UniqueFd result(checked(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC), path.c_str()));
  make_raw(result.get());
  return result;
}

Pty open_pty() {
  Pty pty{UniqueFd(checked(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt")), {}};
  checked(::grantpt(pty.master.get()), "grantpt");
  checked(::unlockpt(pty.master.get()), "unlockpt");
  pty.slave = open_terminal(::ptsname(pty.master.get()));
  return pty;
}

std::string_view read_some(const UniqueFd& descriptor, std::span<char> room) {
  const ssize_t size = ::read(descriptor.get(), room.data(), room.size());
  if (size < 0 && errno != EIO) fail("read");
  return {room.data(), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

void write_all(const UniqueFd& descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (size < 0) fail("write");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace m531x::reference
