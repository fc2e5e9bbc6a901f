// SPDX-License-Identifier: Apache-2.0
// What the reference programs need of the operating system; a failure ends the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace m531x::reference {

[[noreturn]] void fail(const std::string& what);

// Closes what it owns.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Target {
  std::string address;  // IPv4, as text
  std::uint16_t port;
};
// From `ADDRESS:PORT`.
[[nodiscard]] Target parse_target(std::string_view text);

[[nodiscard]] Descriptor connect_to(const Target& target);
// A terminal device in raw mode.
[[nodiscard]] Descriptor open_terminal(const std::string& path);
// A pseudo-terminal in raw mode: both of its sides.
struct Pty {
  Descriptor master;
  Descriptor slave;
};
[[nodiscard]] Pty open_pty();
void set_non_blocking(const Descriptor& descriptor);
// As many descriptors as the hard limit allows.
void raise_descriptor_limit();

// Waits until there are some; empty at the end.
[[nodiscard]] std::string_view read_some(const Descriptor& descriptor, std::span<char> room);
void write_all(const Descriptor& descriptor, std::string_view bytes);

[[nodiscard]] double seconds_now();

}  // namespace m531x::reference
