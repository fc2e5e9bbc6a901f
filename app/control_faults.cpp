// SPDX-License-Identifier: Apache-2.0
#include "app/control_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "port/user_error.h"
#include "scenario/fault_room.h"
#include "scenario/scenario.h"
#include "settings/words.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using port::UserError;
using scenario::FaultParameter;

constexpr std::string_view kKind = "kind";

const std::vector<std::string_view>& kind_names() {
  static const auto names_of_kinds = [] {
    std::vector<std::string_view> names;
    for (const auto& row : scenario::fault_table()) names.push_back(row.name);
    return names;
  }();
  return names_of_kinds;
}

bool is_argument(std::string_view name) {
  return std::ranges::count(scenario::fault_parameters(), name, &FaultParameter::name) > 0;
}

sim::Fault fault_of(const Json& arguments) {
  try {
    scenario::FaultMaker maker(arguments.at(kKind).get_ref<const std::string&>());
    for (const auto& [name, value] : arguments.items()) {
      if (!is_argument(name)) continue;
      if (value.is_number()) {
        maker.set(name, value.get<std::int64_t>());
      } else {
        maker.set(name, value.get_ref<const std::string&>());
      }
    }
    return maker.finish();
  } catch (const scenario::Error& error) {
    throw UserError(fmt::format("fault: {}", error.what()));
  }
}

// All of them, or none.
void add(const ControlCall& call, std::span<const sim::Fault> faults, std::string_view what) {
  port::Driver& driver = *call.module().driver;
  const std::size_t room = scenario::room_for_faults(driver.modem().faults());
  if (faults.size() > room) {
    throw UserError(fmt::format("{}: a module has at most {} faults to come, and this one has {}",
                                what, sim::kMaxFaults, sim::kMaxFaults - room));
  }
  for (const sim::Fault& fault : faults) {
    driver.call({.kind = sim::Call::Kind::add_fault, .fault = &fault});
  }
}

}  // namespace

std::vector<ControlParameter> fault_arguments() {
  using Kind = ControlParameter::Kind;
  ControlParameter kind{kKind, Kind::text, true, "what goes wrong"};
  kind.names = kind_names();
  std::vector<ControlParameter> arguments = {kind};
  for (const FaultParameter& each : scenario::fault_parameters()) {
    const bool is_number = each.kind == FaultParameter::Kind::number;
    ControlParameter argument{each.name,    is_number ? Kind::number : Kind::text,
                              false,        each.meaning,
                              each.low,     each.high,
                              std::nullopt, each.unit};
    argument.names = each.names;
    arguments.push_back(argument);
  }
  return arguments;
}

void add_fault(const ControlCall& call, Json& answer) {
  const sim::Fault fault = fault_of(call.arguments);
  add(call, std::span(&fault, 1), "fault");
  answer["number"] = call.module().driver->modem().faults().back().number;
}

void add_scenario(const ControlCall& call, Json&) {
  const auto& name = call.arguments.at("name").get_ref<const std::string&>();
  const auto* const ready = scenario::find_ready(name);
  if (ready == nullptr) {
    throw UserError(fmt::format("scenario: there is no {}; m531x scenarios lists them",
                                settings::in_quotes(name)));
  }
  add(call, scenario::parse_scenario(ready->text, name).faults, "scenario");
}

void list_faults(const ControlCall& call, Json& answer) {
  answer["faults"] = Json::array();
  for (const sim::FaultEntry& entry : call.module().driver->modem().faults()) {
    answer["faults"].push_back({{"number", entry.number},
                                {"fault", scenario::words_of_fault(entry.fault)},
                                {"happened", entry.happened},
                                {"over", entry.over}});
  }
}

void clear_faults(const ControlCall& call, Json&) {
  call.module().driver->call({.kind = sim::Call::Kind::clear_faults});
}

}  // namespace m531x::app
