// SPDX-License-Identifier: Apache-2.0
// What the program is measured against, and hosts to measure it with (bench/compare runs both in
// turn). Each command prints one line: how many, and how many seconds that took.
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "descriptor.h"
#include "host.h"
#include "misbehave.h"
#include "port/process_limits.h"

namespace {

namespace port = m531x::port;
using namespace m531x::reference;  // NOLINT(google-build-using-namespace): a program of its own

constexpr std::size_t kReadBytes = 65536;
constexpr std::string_view kAt = "AT\r";
constexpr std::string_view kAtAnswer = "\r\nOK\r\n";
using Room = std::array<char, kReadBytes>;

void print(double count, double seconds) { std::printf("%.0f %.6f\n", count, seconds); }

// Waits for connections that may be read from.
class Poll {
 public:
  Poll() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (fd_.get() < 0) fail("epoll_create1");
  }
  void add(const UniqueFd& descriptor, std::size_t index) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, descriptor.get(), &event) < 0) fail("epoll_ctl");
  }
  // Calls `ready` with the index of each, until the time is over.
  template <typename Ready>
  void run(double seconds, Ready ready) {
    const double end = seconds_now() + seconds;
    std::array<epoll_event, 256> events{};
    for (double now = seconds_now(); now < end; now = seconds_now()) {
      const int wait_ms = static_cast<int>((end - now) * 1000) + 1;
      const int count = ::epoll_wait(fd_.get(), events.data(), events.size(), wait_ms);
      for (int i = 0; i < count; ++i) ready(static_cast<std::size_t>(events[i].data.u64));
    }
  }

 private:
  UniqueFd fd_;
};

// A loop that does nothing but HTTP: how many requests are answered.
void requests(const Target& target, std::size_t count, double seconds, const std::string& path) {
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + target.address + "\r\n\r\n";
  struct Connection {
    UniqueFd socket;
    std::string received;
  };
  std::vector<Connection> connections(count);
  Poll poll;
  for (std::size_t i = 0; i < count; ++i) {
    connections[i].socket = connect_to(target);
    poll.add(connections[i].socket, i);
    write_all(connections[i].socket, request);
  }
  std::size_t answered = 0;
  Room room;
  const double begin = seconds_now();
  poll.run(seconds, [&](std::size_t index) {
    Connection& connection = connections[index];
    const std::string_view bytes = read_some(connection.socket, room);
    if (bytes.empty()) fail("the server has closed a connection");
    connection.received += bytes;
    const std::size_t end = connection.received.find("\r\n\r\n");
    if (end == std::string::npos) return;
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t length = connection.received.find(kLength);
    if (length > end) fail("a response without a Content-Length");
    const auto size =
        static_cast<std::size_t>(std::atoll(connection.received.c_str() + length + kLength.size()));
    if (connection.received.size() < end + 4 + size) return;
    connection.received.clear();
    ++answered;
    write_all(connection.socket, request);
  });
  print(static_cast<double>(answered), seconds_now() - begin);
}

// Types the host's next line and reads until all that it brings has come.
// How many bytes that is.
std::size_t do_line(const UniqueFd& line, Host& host) {
  Room room;
  write_all(line, host.next_line());
  std::size_t total = 0;
  while (true) {
    const std::string_view bytes = read_some(line, room);
    total += bytes.size();
    if (host.hears(bytes)) return total;
    if (host.failed()) fail("the modem did not do what a line says");
  }
}

struct Connected {
  UniqueFd socket;
  Host host;
};

std::vector<Connected> connect_hosts(const Target& modems, std::size_t count,
                                     const std::string& url, const std::string& path) {
  port::raise_descriptor_limit();
  std::vector<Connected> hosts;
  hosts.reserve(count);
  for (std::size_t i = 0; i < count; ++i) hosts.push_back({connect_to(modems), Host(url, path)});
  return hosts;
}

// One line of each host, one host after the other.
void do_once(std::vector<Connected>& hosts) {
  for (Connected& each : hosts) do_line(each.socket, each.host);
}

// Hosts that do one request after the other.
class Busy {
 public:
  Busy(const Target& modems, std::size_t count, const std::string& url, const std::string& path)
      : hosts_(connect_hosts(modems, count, url, path)) {
    do_once(hosts_);
    do_once(hosts_);  // the connections stand
    for (std::size_t i = 0; i < count; ++i) {
      wake_at(i, do_line(hosts_[i].socket, hosts_[i].host));
      poll_.add(hosts_[i].socket, i);
    }
    for (Connected& each : hosts_) write_all(each.socket, each.host.next_line());
  }
  // How many cycles are done in this time.
  std::size_t run(double seconds) {
    std::size_t done = 0;
    poll_.run(seconds, [&](std::size_t index) {
      Connected& each = hosts_[index];
      if (!each.host.hears(read_some(each.socket, room_))) {
        if (each.host.failed()) fail("a cycle went wrong");
        return;
      }
      ++done;
      write_all(each.socket, each.host.next_line());
    });
    return done;
  }
  // Each gets the rest of its cycle, which must be a good one.
  void end() {
    constexpr timeval kPatience = {.tv_sec = 5, .tv_usec = 0};
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      Connected& each = hosts_[i];
      wake_at(i, 1);
      set_option(each.socket, SO_RCVTIMEO, kPatience);
      while (!each.host.hears(read_some(each.socket, room_))) {
        if (each.host.failed()) fail("a cycle went wrong");
      }
    }
  }

 private:
  // A host is woken when all of a cycle has come: its own cost is none of the modem's.
  void wake_at(std::size_t i, std::size_t byte_count) {
    set_option(hosts_[i].socket, SO_RCVLOWAT, static_cast<int>(byte_count));
  }
  template <typename Value>
  static void set_option(const UniqueFd& socket, int name, const Value& value) {
    if (::setsockopt(socket.get(), SOL_SOCKET, name, &value, sizeof value) < 0) fail("setsockopt");
  }

  std::vector<Connected> hosts_;
  Poll poll_;
  Room room_;
};

void cycles(const Target& modems, std::size_t count, double seconds, const std::string& url,
            const std::string& path) {
  Busy hosts(modems, count, url, path);
  const double begin = seconds_now();
  const std::size_t done = hosts.run(seconds);
  print(static_cast<double>(done), seconds_now() - begin);
  hosts.end();
}

// Cycles per second alone and beside one that misbehaves, in turn: a line for each `pairs`. What
// begins and ends with a period is left out: a modem is on and has its network within 0.1 s. Who
// disturbs is nice, so that hosts and server lose nothing to it.
void disturbed(const std::string& kind, const Target& modems, std::size_t count, int pairs,
               const std::string& url, const std::string& path, const std::string& large) {
  constexpr double kBetween = 0.15;
  constexpr double kPeriod = 0.25;
  Busy hosts(modems, count, url, path);
  const auto rate = [&hosts] {
    hosts.run(kBetween);
    const double begin = seconds_now();
    const auto done = static_cast<double>(hosts.run(kPeriod));
    return done / (seconds_now() - begin);
  };
  const auto disturbed_rate = [&] {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      if (::nice(19) < 0 || !misbehave(kind, modems, url, large)) fail("misbehave");
      ::_exit(0);
    }
    ::setpgid(child, child);
    const double result = rate();
    ::kill(-child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return result;
  };
  for (int i = 0; i < pairs; ++i) {
    const bool first = i % 2 != 0;
    const double before = first ? disturbed_rate() : 0;
    const double alone = rate();
    std::printf("%.1f %.1f\n", alone, first ? before : disturbed_rate());
  }
  hosts.end();
}

// Hosts with an instance each and `requests` requests done, that then do nothing until standard
// input ends.
void hold(const Target& modems, std::size_t count, int requests, const std::string& url,
          const std::string& path) {
  const double begin = seconds_now();
  auto hosts = connect_hosts(modems, count, url, path);
  for (int i = 0; i <= requests; ++i) do_once(hosts);
  print(static_cast<double>(count), seconds_now() - begin);
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

// One GET on a new connection, all of which the host reads. Another one ahead of it is not counted:
// a modem that has just been switched on takes 0.1 s until it has a network.
void body(const std::string& where, const std::string& url, const std::string& first,
          const std::string& path) {
  const UniqueFd line =
      where.starts_with('/') ? open_terminal(where) : connect_to(parse_target(where));
  Host host(url, first);
  do_line(line, host);
  do_line(line, host);
  host.leave();
  do_line(line, host);
  host = Host(url, path);
  do_line(line, host);
  const double begin = seconds_now();
  do_line(line, host);
  const double seconds = seconds_now() - begin;
  host.leave();
  do_line(line, host);
  print(static_cast<double>(host.content_bytes()), seconds);
}

void run_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) fail("sched_setaffinity");
}

// What a pseudo-terminal lets through, with nothing behind it. The writer has the place of a modem,
// on the processor `writer_cpu`.
void pty_copy(std::uint64_t bytes, int writer_cpu) {
  Pty pty = open_pty();
  const double begin = seconds_now();
  const pid_t child = ::fork();
  if (child == 0) {
    run_on(writer_cpu);
    pty.slave = UniqueFd();
    const std::string piece(kReadBytes, 'x');
    for (std::uint64_t left = bytes; left > 0;) {
      const auto size = std::min<std::uint64_t>(left, piece.size());
      write_all(pty.master, std::string_view(piece).substr(0, size));
      left -= size;
    }
    char byte = 0;
    static_cast<void>(::read(pty.master.get(), &byte, 1));  // until the other side has all
    ::_exit(0);
  }
  Room room;
  for (std::uint64_t left = bytes; left > 0;) left -= read_some(pty.slave, room).size();
  const double seconds = seconds_now() - begin;
  write_all(pty.slave, "x");
  ::waitpid(child, nullptr, 0);
  print(static_cast<double>(bytes), seconds);
}

void ping(const UniqueFd& line, int count) {
  Room room;
  const auto once = [&] {
    write_all(line, kAt);
    for (std::size_t size = 0; size < kAtAnswer.size();) size += read_some(line, room).size();
  };
  once();
  const double begin = seconds_now();
  for (int i = 0; i < count; ++i) once();
  print(count, seconds_now() - begin);
}

// AT on a pseudo-terminal, answered by a process that only looks for the CR.
void pty_ping(int count) {
  const Pty pty = open_pty();
  const pid_t child = ::fork();
  if (child == 0) {
    Room room;
    while (true) {
      const std::string_view bytes = read_some(pty.master, room);
      if (bytes.ends_with('\r')) write_all(pty.master, kAtAnswer);
      if (bytes.ends_with('q')) ::_exit(0);
    }
  }
  ping(pty.slave, count);
  write_all(pty.slave, "q");
  ::waitpid(child, nullptr, 0);
}

struct Command {
  std::string_view name;
  int arguments;
  std::string_view syntax;
  void (*run)(char** arguments);
};

constexpr Command kCommands[] = {
    {"requests", 4, "SERVER CONNECTIONS SECONDS PATH",
     [](char** a) {
       requests(parse_target(a[0]), std::strtoul(a[1], nullptr, 10), std::atof(a[2]), a[3]);
     }},
    {"cycles", 5, "MODEMS COUNT SECONDS URL PATH",
     [](char** a) {
       cycles(parse_target(a[0]), std::strtoul(a[1], nullptr, 10), std::atof(a[2]), a[3], a[4]);
     }},
    {"disturbed", 7, "KIND MODEMS COUNT PAIRS URL PATH LARGE",
     [](char** a) {
       disturbed(a[0], parse_target(a[1]), std::strtoul(a[2], nullptr, 10), std::atoi(a[3]), a[4],
                 a[5], a[6]);
     }},
    {"hold", 5, "MODEMS COUNT REQUESTS URL PATH",
     [](char** a) {
       hold(parse_target(a[0]), std::strtoul(a[1], nullptr, 10), std::atoi(a[2]), a[3], a[4]);
     }},
    {"body", 4, "MODEM|TERMINAL URL FIRST PATH", [](char** a) { body(a[0], a[1], a[2], a[3]); }},
    {"pty-copy", 2, "BYTES CPU",
     [](char** a) { pty_copy(std::strtoull(a[0], nullptr, 10), std::atoi(a[1])); }},
    {"pty-ping", 1, "COUNT", [](char** a) { pty_ping(std::atoi(a[0])); }},
    {"at-ping", 2, "TERMINAL COUNT", [](char** a) { ping(open_terminal(a[0]), std::atoi(a[1])); }},
};

}  // namespace

int main(int argc, char** argv) {
  for (const Command& command : kCommands) {
    if (argc != command.arguments + 2 || command.name != argv[1]) continue;
    command.run(argv + 2);
    return 0;
  }
  for (const Command& command : kCommands) {
    std::fprintf(stderr, "reference %s %s\n", command.name.data(), command.syntax.data());
  }
  return 2;
}
