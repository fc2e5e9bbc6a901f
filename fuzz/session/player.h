// SPDX-License-Identifier: Apache-2.0
// Plays a script to a modem on the bench, once as its host types and reads in one way.
#pragma once

#include <string>
#include <vector>

#include "fuzz/session/script.h"

namespace m531x::fuzz {

// Where the host's writes are cut: for each call the sizes of its pieces.
using Pieces = std::vector<std::vector<std::size_t>>;

struct Way {
  const Pieces* pieces = nullptr;  // nullptr: byte by byte
  std::size_t host_reads;          // at a time, where the script says "all"
  std::size_t host_room = 0;       // stand::Readers::host_room
};

struct Played {
  std::string heard;                    // by the host
  std::vector<std::string> by_servers;  // by servers, connection by connection in their order
  std::string to_lwm2m;                 // what the LwM2M client said, message by message
  Pieces pieces;         // the longest between which something happened, when played byte by byte
  bool scarce = false;   // memory ran short, so the same need not come out another time
  bool held_up = false;  // typed bytes had to wait
  bool crowded = false;  // one call brought so much that the host's pace may decide an order
};

// Breaks of a rule end the program. Byte by byte and with a host that reads all, what it hears is
// read strictly.
[[nodiscard]] Played play(const Script& script, const Way& way);

}  // namespace m531x::fuzz
