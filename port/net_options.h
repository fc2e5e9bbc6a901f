// SPDX-License-Identifier: Apache-2.0
// The settings dns.server and tcp.interface: the program's own way to the network.
#pragma once

#include <string>
#include <string_view>

namespace m531x::port {

struct NetOptions {
  std::string dns_server;  // empty = what the system has
  std::string interface;   // of this machine, that connections go through; empty = any
};

// An address, an IPv6 one in brackets, and perhaps `:PORT`.
[[nodiscard]] bool is_dns_server(std::string_view text);
// What Linux takes for the name of a network interface.
[[nodiscard]] bool is_interface_name(std::string_view text);

}  // namespace m531x::port
