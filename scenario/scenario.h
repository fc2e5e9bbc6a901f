// SPDX-License-Identifier: Apache-2.0
// A scenario: what goes wrong in a run, read from TOML (docs/faults.md).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/fault_table.h"

namespace m531x::scenario {

struct Scenario {
  std::string name;
  std::string summary;
  std::optional<std::uint32_t> seed;
  std::vector<sim::Fault> faults;  // at most sim::kMaxFaults
  bool operator==(const Scenario&) const = default;
};

// Reads `text`. Throws Error, which begins with `file`, the line and the column.
[[nodiscard]] Scenario parse_scenario(std::string_view text, const std::string& file);

// Those that come with the program, by name: what a host must survive, one thing each.
struct ReadyScenario {
  std::string_view name;
  std::string_view text;  // TOML, with comments for who makes his own of it
};
[[nodiscard]] std::span<const ReadyScenario> ready_scenarios();
// nullptr when there is none of that name.
[[nodiscard]] const ReadyScenario* find_ready(std::string_view name);

}  // namespace m531x::scenario
