// SPDX-License-Identifier: Apache-2.0
// The control side's commands that let a module go wrong. Their parameters are made from
// scenario/fault_table.h.
#pragma once

#include <vector>

#include "app/control_table.h"

namespace m531x::app {

inline constexpr std::int64_t kMaxScenarioNameBytes = 64;

// Of `fault`: its kind, and all that any kind has.
[[nodiscard]] std::vector<ControlParameter> fault_arguments();

void add_fault(const ControlCall& call, nlohmann::ordered_json& answer);
void add_scenario(const ControlCall& call, nlohmann::ordered_json& answer);
void list_faults(const ControlCall& call, nlohmann::ordered_json& answer);
void clear_faults(const ControlCall& call, nlohmann::ordered_json& answer);

}  // namespace m531x::app
