// SPDX-License-Identifier: Apache-2.0
// The parts that a core has beside AT and HTTP; src/modem/CMakeLists.txt says which.
#pragma once

#include <type_traits>

namespace m531x::modem {

inline constexpr bool kHasBase = M531X_HAS_BASE;        // the module, its line, SIM and network
inline constexpr bool kHasLwm2m = M531X_HAS_LWM2M;      // LwM2M for OneNET
inline constexpr bool kHasRemarks = M531X_HAS_REMARKS;  // Modem::next_note

// What a core has of a part, or what stands in its place (modem/stand_ins.h).
template <bool kIsIn, typename Part, typename StandIn>
using Chosen = std::conditional_t<kIsIn, Part, StandIn>;

}  // namespace m531x::modem
