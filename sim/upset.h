// SPDX-License-Identifier: Apache-2.0
// What a modem that faults happen to is in, beside what it would be in without them.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>

#include "sim/action_queue.h"
#include "sim/faults.h"
#include "sim/host_output.h"

namespace m531x::sim {

// A connection between the modem and its owner.
struct Wire {
  bool hidden =
      false;  // the owner does not know of it (any more): it is not told when it is closed
  bool silent = false;  // for ever
  std::optional<Millis> silent_until;
  std::string held;          // came meanwhile
  std::optional<Cause> end;  // and so did this
  std::uint32_t wrong_left = 0;

  [[nodiscard]] bool waits() const { return silent_until || !held.empty(); }
};

struct Upset {
  explicit Upset(std::uint32_t seed) : faults(seed), chance(seed) {}

  static constexpr std::size_t kMostNotes = 16;
  void note(std::string_view words) {
    if (notes.size() == kMostNotes) notes.pop_front();
    notes.push_back({Note::kNoInstance, 0, words});
  }

  Faults faults;
  Chance chance;  // of which bits of a response are wrong
  ActionQueue actions;
  std::array<Wire, kMaxConnections> wires;
  bool lookup_hidden = false;         // the owner's answer is not for the look-up that is under way
  std::optional<Millis> lookup_ends;  // without an answer
  HostOutput host;
  bool stuck = false;  // the host
  std::optional<Millis> reads_again;
  std::optional<Millis> coverage_back;
  bool coverage_lost = false;
  std::deque<Note> notes;  // the oldest is overwritten
};

}  // namespace m531x::sim
