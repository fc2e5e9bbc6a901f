// SPDX-License-Identifier: Apache-2.0
#include "misbehave.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "host.h"

namespace m531x::reference {
namespace {

constexpr std::size_t kPieceBytes = 65536;

std::string repeated(std::string_view text) {
  std::string piece;
  while (piece.size() < kPieceBytes) piece += text;
  return piece;
}

// Writes `piece` again and again, until the far side is gone.
void pour(const UniqueFd& fd, std::string_view piece) {
  std::string_view left = piece;
  for (ssize_t size = 0; (size = ::write(fd.get(), left.data(), left.size())) >= 0;) {
    left.remove_prefix(static_cast<std::size_t>(size));
    if (left.empty()) left = piece;
  }
}

struct Listener {
  UniqueFd fd;
  std::uint16_t port;
};

Listener listen_anywhere() {
  Listener result{UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const at = reinterpret_cast<sockaddr*>(&address);
  if (::bind(result.fd.get(), at, size) != 0 || ::listen(result.fd.get(), 8) != 0 ||
      ::getsockname(result.fd.get(), at, &size) != 0) {
    fail("a server");
  }
  result.port = ntohs(address.sin_port);
  return result;
}

// Answers every connection with `head` and then `piece` for ever.
[[noreturn]] void serve(const Listener& listener, std::string_view head, std::string_view piece) {
  while (true) {
    const UniqueFd client(::accept(listener.fd.get(), nullptr, nullptr));
    if (client.get() < 0) ::_exit(0);
    std::array<char, 4096> room;
    if (read_some(client, room).empty()) continue;
    write_all(client, head);
    pour(client, piece);
  }
}

// Sends the request again whenever the modem has given it up.
[[noreturn]] void ask(const UniqueFd& modem, const std::string& url) {
  std::array<char, kPieceBytes> room;
  write_all(modem, "AT+HTTPCREATE=\"" + url + "\"\r");
  if (read_some(modem, room).empty()) ::_exit(1);
  const std::string send = "AT+HTTPSEND=0,0,\"/\"\r";
  write_all(modem, send);
  while (true) {
    const std::string_view bytes = read_some(modem, room);
    if (bytes.empty()) ::_exit(0);
    if (bytes.find("+HTTPDIS") != std::string_view::npos) write_all(modem, send);
  }
}

void never_read(const Target& modems, const std::string& url, const std::string& path) {
  const UniqueFd modem = connect_to(modems);
  Host host(url, path);
  std::array<char, 4096> room;
  write_all(modem, host.next_line());
  while (!host.hears(read_some(modem, room))) {
  }
  write_all(modem, host.next_line());
  ::pause();
}

pid_t begin(auto&& work) {
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  ::signal(SIGPIPE, SIG_IGN);
  work();
  ::_exit(0);
}

}  // namespace

bool misbehave(std::string_view kind, const Target& modems, const std::string& url,
               const std::string& path) {
  std::array<pid_t, 2> children{};
  const auto both = [&](std::string_view head, const std::string& piece) {
    const Listener listener = listen_anywhere();
    children[0] = begin([&] { serve(listener, head, piece); });
    children[1] = begin(
        [&] { ask(connect_to(modems), "http://127.0.0.1:" + std::to_string(listener.port)); });
  };
  if (kind == "line") {
    children[0] = begin([&] { pour(connect_to(modems), repeated("A")); });
  } else if (kind == "header") {
    both("HTTP/1.1 200 OK\r\n", repeated("X-Field: value\r\n"));
  } else if (kind == "chunks") {
    both("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", repeated("1\r\nx\r\n"));
  } else if (kind == "deaf") {
    children[0] = begin([&] { never_read(modems, url, path); });
  } else {
    return false;
  }
  for (const pid_t child : children) {
    if (child != 0) ::waitpid(child, nullptr, 0);
  }
  return true;
}

}  // namespace m531x::reference
