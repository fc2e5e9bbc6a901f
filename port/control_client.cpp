// SPDX-License-Identifier: Apache-2.0
#include "port/control_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "port/user_error.h"

namespace m531x::port {
namespace {

using Clock = std::chrono::steady_clock;

// False when the time is up.
bool wait_for(int fd, short what, Clock::time_point end) {
  while (true) {
    const auto left = std::chrono::ceil<Millis>(end - Clock::now());
    if (left <= Millis(0)) return false;
    pollfd poll{.fd = fd, .events = what, .revents = 0};
    if (::poll(&poll, 1, static_cast<int>(left.count())) > 0) return true;
  }
}

// What cannot be sent has a reason that the answer tells, or its absence.
void send(int fd, std::string_view bytes, Clock::time_point end) {
  while (!bytes.empty() && wait_for(fd, POLLOUT, end)) {
    const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return;
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
}

}  // namespace

UniqueFd connect_to(const std::string& path, int& error) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  error = ENAMETOOLONG;
  if (path.size() > kMaxSocketPathBytes) return {};
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  const bool good = fd.valid() && ::connect(fd.get(), generic, sizeof(address)) == 0;
  error = good ? 0 : errno;
  return good ? std::move(fd) : UniqueFd();
}

std::string ask(const std::string& path, std::string_view line, Millis patience) {
  int error = 0;
  const UniqueFd fd = connect_to(path, error);
  if (!fd.valid()) throw UserError(path + ": nobody listens there: " + words_of(error));
  const auto end = Clock::now() + patience;
  send(fd.get(), std::string(line) + '\n', end);
  std::string answer;
  std::array<char, 4096> room{};
  while (answer.size() <= kMaxAnswerBytes) {
    if (!wait_for(fd.get(), POLLIN, end)) {
      throw std::runtime_error(path + ": no answer within " + std::to_string(patience.count()) +
                               " ms");
    }
    const ssize_t size = ::read(fd.get(), room.data(), room.size());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) throw std::runtime_error(path + ": it has hung up without an answer");
    answer.append(room.data(), static_cast<std::size_t>(size));
    if (const auto lf = answer.find('\n'); lf != std::string::npos) return answer.substr(0, lf);
  }
  throw std::runtime_error(path + ": its answer is too long");
}

}  // namespace m531x::port
