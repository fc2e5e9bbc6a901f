// SPDX-License-Identifier: Apache-2.0
// How many modems there is room for, and what runs out first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::fleet {

// One thing that modems take of, and for how many there is enough.
struct Bound {
  std::string_view name;
  std::size_t modems;
  std::string how;  // where the number comes from
};

struct Supply {
  std::size_t descriptor_limit;
  std::size_t descriptors_in_use;
  std::size_t descriptors_per_modem;
  std::size_t local_ports;
  std::size_t pool_bytes;
};

// Kept free for what is no modem: the loop, files, look-ups, connections that linger.
inline constexpr std::size_t kSpareDescriptors = 64;
// Blocks of the pool for a modem whose response is being reported.
inline constexpr std::size_t kBlocksPerModem = 24;

// In the order in which they run out.
[[nodiscard]] std::vector<Bound> bounds_of(const Supply& supply);
// "descriptors bind first: 19920 modems (…)".
[[nodiscard]] std::string sentence_about(const Bound& first);

}  // namespace m531x::fleet
