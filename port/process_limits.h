// SPDX-License-Identifier: Apache-2.0
// What the system grants this process, and what it has taken of it.
#pragma once

#include <cstddef>

namespace m531x::port {

// Raises the process' own limit of descriptors as far as it may; returns how many it may have.
std::size_t raise_descriptor_limit();
[[nodiscard]] std::size_t descriptors_in_use();
// Ports of this machine for connections to one address and port (ip_local_port_range).
[[nodiscard]] std::size_t local_port_count();
[[nodiscard]] std::size_t resident_bytes();
[[nodiscard]] std::size_t peak_resident_bytes();

}  // namespace m531x::port
