// SPDX-License-Identifier: Apache-2.0
// Plays a transcript to a modem on the bench and compares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transcript/script.h"

namespace m531x::transcript {

// One way to play a block. Each gives the same bytes, or the modem is wrong.
struct Way {
  enum class Split : std::uint8_t { none, every_byte, after, before_end };
  Split split = Split::none;
  std::size_t at = 0;            // the bytes that `after` and `before_end` count
  std::size_t host_reads = 0;    // how many bytes the host takes at a time
  bool waits_for_fault = false;  // one that never comes
};

// Whole, byte by byte, each of them with a host that reads all and one that reads single bytes, and
// with a modem that a fault is to happen to some day; and with each host line cut in two at every
// position (very long lines: at a few hundred of them).
[[nodiscard]] std::vector<Way> ways_to_play(const Block& block);

// Plays the block on a new modem. nullopt: as expected. Else a text for people: the place, the way,
// and how what the modem did differs from what it should have done.
[[nodiscard]] std::optional<std::string> play(const Block& block, const Way& way);

}  // namespace m531x::transcript
