// SPDX-License-Identifier: Apache-2.0
// What the reference programs need of the operating system; a failure ends the program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "port/unique_fd.h"

namespace m531x::reference {

[[noreturn]] void fail(const std::string& what);

using port::UniqueFd;

struct Target {
  std::string address;  // IPv4, as text
  std::uint16_t port;
};
// From `ADDRESS:PORT`.
[[nodiscard]] Target parse_target(std::string_view text);

[[nodiscard]] UniqueFd connect_to(const Target& target);
// A terminal device in raw mode.
[[nodiscard]] UniqueFd open_terminal(const std::string& path);
// A pseudo-terminal in raw mode: both of its sides.
struct Pty {
  UniqueFd master;
  UniqueFd slave;
};
[[nodiscard]] Pty open_pty();

// Waits until there are some; empty at the end.
[[nodiscard]] std::string_view read_some(const UniqueFd& descriptor, std::span<char> room);
void write_all(const UniqueFd& descriptor, std::string_view bytes);

[[nodiscard]] double seconds_now();

}  // namespace m531x::reference
