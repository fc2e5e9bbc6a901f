// SPDX-License-Identifier: Apache-2.0
// What is measured, as Prometheus reads it (text exposition 0.0.4).
#pragma once

#include <string>

#include "fleet/tally.h"
#include "m531x/status.h"

namespace m531x::fleet {

inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// Of a fleet.
[[nodiscard]] std::string metrics_of(const Tally& tally);
// Of modems on lines of their own: the sums of their counters.
[[nodiscard]] std::string metrics_of(const Counters& counters, std::size_t modem_count);
// `more` added to `sum`.
void add(Counters& sum, const Counters& more);

}  // namespace m531x::fleet
