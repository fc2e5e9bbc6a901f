// SPDX-License-Identifier: Apache-2.0
// Under which conditions a modem works in the field. The defaults change nothing: everything passes
// as fast as both sides take it.
#pragma once

#include <cstdint>
#include <vector>

#include "m531x/bytes.h"
#include "sim/fault.h"

namespace m531x::sim {

struct Air {
  std::uint32_t down_bps = 0;  // bits a second to the modem; 0 = any
  std::uint32_t up_bps = 0;    // and from it
  Millis latency{0};           // there and back, half of it each way
  Millis jitter{0};            // up to so much more for each segment to the modem
  bool operator==(const Air&) const = default;
};

struct Conditions {
  bool pace = false;  // the serial line takes the time that its rate asks for, in both directions
  Air air{};
  std::uint32_t seed = 1;  // of all that is left to chance
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::vector<Fault> faults{};  // to come, the first kMaxFaults; `after` counts from power-on
};

}  // namespace m531x::sim
