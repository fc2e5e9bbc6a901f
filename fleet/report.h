// SPDX-License-Identifier: Apache-2.0
// What a run came to: as text, as JSON (docs/fleet.md has its form), and as a page with plots.
#pragma once

#include <string>
#include <vector>

#include "fleet/fleet.h"

namespace m531x::fleet {

struct Report {
  std::string version;
  std::string model;
  std::string scenario;  // their names, or empty
  Plan plan;
  Micros elapsed{0};
  std::size_t peak_resident_bytes = 0;
  const Tally& tally;  // must outlive the report
};

[[nodiscard]] std::string text_of(const Report& report);
[[nodiscard]] std::string json_of(const Report& report);
// Self-contained: style, plots and numbers, no script.
[[nodiscard]] std::string html_of(const Report& report);

// The server's URL with the path.
[[nodiscard]] std::string url_of(const Plan& plan);

// Cycles as expected a second, of the whole run and between samples.
struct RatePoint {
  double seconds;
  double rate;
};
[[nodiscard]] double cycles_per_second(const Report& report);
[[nodiscard]] std::vector<RatePoint> rates(const Tally& tally);

[[nodiscard]] double seconds(Micros time);
// "12.3 ms".
[[nodiscard]] std::string in_words(double seconds);

// 50 %, 90 %, 99 %, 99.9 %, and the longest; in seconds, empty when there is no time.
[[nodiscard]] std::vector<double> percentiles(const Latency& latency);
inline constexpr std::array<std::string_view, 5> kPercentiles = {"50 %", "90 %", "99 %", "99.9 %",
                                                                 "max"};

}  // namespace m531x::fleet
