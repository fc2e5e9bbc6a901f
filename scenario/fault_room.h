// SPDX-License-Identifier: Apache-2.0
// How many faults may be added to a module's: who adds a scenario adds all of its faults or none.
#pragma once

#include <algorithm>
#include <span>

#include "sim/faults.h"

namespace m531x::scenario {

// So many more, when it has these; one that is over gives way.
[[nodiscard]] inline std::size_t room_for_faults(std::span<const sim::FaultEntry> faults) {
  const auto to_come = std::ranges::count(faults, false, &sim::FaultEntry::over);
  return sim::kMaxFaults - static_cast<std::size_t>(to_come);
}

}  // namespace m531x::scenario
