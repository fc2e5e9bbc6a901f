// SPDX-License-Identifier: Apache-2.0
#include "app/control_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "app/control_faults.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using CallKind = sim::Call::Kind;
using ParameterKind = ControlParameter::Kind;

// In the order of the enumerations' values.
constexpr std::array<std::string_view, 3> kPowers = {"off", "booting", "on"};
constexpr std::array<std::string_view, 6> kRegistrations = {"none",   "home",    "searching",
                                                            "denied", "unknown", "roaming"};
constexpr std::array<std::string_view, 4> kInstanceStates = {"none", "idle", "connecting",
                                                             "responding"};

template <typename Names, typename Enum>
std::string_view name_of(const Names& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

struct SignalField {
  std::string_view name;
  int (*get)(const Signal&);
  void (*set)(Signal&, int);
};

template <auto Member>
constexpr SignalField signal_field(std::string_view name) {
  return {name, [](const Signal& signal) { return static_cast<int>(signal.*Member); },
          [](Signal& signal, int value) {
            signal.*Member = static_cast<std::remove_cvref_t<decltype(signal.*Member)>>(value);
          }};
}

constexpr auto kSignalFields = std::to_array<SignalField>({
    signal_field<&Signal::rssi>("rssi"),
    signal_field<&Signal::ber>("ber"),
    signal_field<&Signal::rsrq>("rsrq"),
    signal_field<&Signal::rsrp>("rsrp"),
    signal_field<&Signal::sinr>("sinr"),
});

struct CounterField {
  std::string_view name;
  std::uint32_t Counters::*value;
};

constexpr auto kCounterFields = std::to_array<CounterField>({
    {"lines", &Counters::lines},
    {"failed_lines", &Counters::failed_lines},
    {"requests", &Counters::requests},
    {"responses", &Counters::responses},
    {"failures", &Counters::failures},
    {"reports", &Counters::reports},
    {"dropped_bytes", &Counters::dropped_bytes},
    {"restarts", &Counters::restarts},
});

void tell_state(const ControlCall& call, Json& answer) {
  const Status status = call.module().driver->status();
  answer["modem"] = call.number;
  answer["model"] = call.model.name;
  answer["power"] = name_of(kPowers, status.power);
  answer["functionality"] = status.functionality;
  answer["coverage"] = status.coverage;
  answer["registration"] = name_of(kRegistrations, status.registration);
  answer["attached"] = status.attached;
  answer["connected"] = status.connected;
  answer["asleep"] = status.asleep;
  for (const auto& field : kSignalFields) answer["signal"][field.name] = field.get(status.signal);
  answer["instances"] = Json::array();
  for (std::size_t id = 0; id < call.model.instance_count; ++id) {
    answer["instances"].push_back(name_of(kInstanceStates, status.instances.at(id)));
  }
  for (const auto& field : kCounterFields) {
    answer["counters"][field.name] = status.counters.*field.value;
  }
}

void reset(const ControlCall& call, Json&) {
  const bool bites = call.arguments.value("watchdog", false);
  const ResetCause cause = bites ? ResetCause::watchdog : ResetCause::pin;
  call.module().driver->call({.kind = CallKind::reset, .reset_cause = cause});
}

void set_coverage(const ControlCall& call, Json&) {
  const bool on = call.arguments.at("on").get<bool>();
  call.module().driver->call({.kind = CallKind::set_coverage, .yes = on});
}

void set_signal(const ControlCall& call, Json&) {
  Signal& signal = call.module().signal;
  bool any = false;
  for (const auto& field : kSignalFields) {
    const auto value = call.arguments.find(field.name);
    if (value == call.arguments.end()) continue;
    field.set(signal, value->get<int>());
    any = true;
  }
  if (!any) throw port::UserError("signal: give at least one of rssi, ber, rsrq, rsrp and sinr");
  call.module().driver->call({.kind = CallKind::set_signal, .signal = signal});
}

void inject(const ControlCall& call, Json&) {
  port::Driver& driver = *call.module().driver;
  const auto& text = call.arguments.at("text").get_ref<const std::string&>();
  const Power power = driver.status().power;
  if (driver.call({.kind = CallKind::inject, .bytes = text})) return;
  throw port::UserError(power == Power::on
                            ? "inject: too much waits for the host already"
                            : fmt::format("inject: the modem is {}", name_of(kPowers, power)));
}

void list_modems(const ControlCall& call, Json& answer) {
  answer["modems"] = Json::array();
  for (const auto& [number, module] : call.modules) answer["modems"].push_back(number);
}

void help(const ControlCall&, Json& answer) {
  constexpr std::array<std::string_view, 3> kKinds = {"number", "truth", "text"};
  const auto describe = [&](const ControlParameter& parameter) {
    return Json{{"kind", name_of(kKinds, parameter.kind)},
                {"range", range_of(parameter)},
                {"required", parameter.required},
                {"help", parameter.meaning}};
  };
  for (const ControlCommand& command : control_table()) {
    Json& row = answer["commands"][command.name];
    row["help"] = command.meaning;
    row["parameters"] = Json::object();
    for (const auto& parameter : command.parameters) {
      row["parameters"][parameter.name] = describe(parameter);
    }
    if (command.of_modem) row["parameters"][kModemParameter.name] = describe(kModemParameter);
  }
}

constexpr auto kReset = std::to_array<ControlParameter>({
    {"watchdog", ParameterKind::truth, false, "the watchdog bites instead: the clock goes on"},
});

constexpr auto kCoverage = std::to_array<ControlParameter>({
    {"on", ParameterKind::truth, true, "whether there is a network"},
});

constexpr ControlParameter measured(std::string_view name, const SignalRange& range,
                                    std::string_view meaning, std::string_view unit = "") {
  const bool may_be_unknown = range.unknown != range.low;
  return {name,
          ParameterKind::number,
          false,
          meaning,
          range.low,
          range.high,
          may_be_unknown ? std::optional<std::int64_t>(range.unknown) : std::nullopt,
          unit};
}

constexpr auto kSignal = std::to_array<ControlParameter>({
    measured("rssi", kRssiRange, "<rssi> of AT+CSQ"),
    measured("ber", kBerRange, "<ber> of AT+CSQ"),
    measured("rsrq", kRsrqRange, "<rsrq> of AT+CESQ"),
    measured("rsrp", kRsrpRange, "<rsrp> of AT+CESQ"),
    measured("sinr", kSinrRange, "signal to interference and noise", "dB"),
});

constexpr auto kInject = std::to_array<ControlParameter>({
    {"text", ParameterKind::text, true, "the report, without the CR LF around it", 1,
     Modem::kMaxInjectedBytes},
});

constexpr auto kScenario = std::to_array<ControlParameter>({
    {"name", ParameterKind::text, true, "one that m531x scenarios lists", 1, kMaxScenarioNameBytes},
});

std::span<const ControlCommand> make_table() {
  static const auto fault_parameters = fault_arguments();
  static const auto controls = std::to_array<ControlCommand>({
      {"state",
       "tell what the modem is doing, with its instances and counters",
       true,
       {},
       tell_state},
      {"reset", "press the reset line, or let the watchdog bite", true, kReset, reset},
      {"coverage", "lose the network, or find it again", true, kCoverage, set_coverage},
      {"signal", "change what the modem measures, in the numbers of 27.007; the rest stays", true,
       kSignal, set_signal},
      {"inject", "let the host see a report as soon as one may start", true, kInject, inject},
      {"fault", "let something go wrong from now on (m531x scenarios --help)", true,
       fault_parameters, add_fault},
      {"scenario", "let all go wrong that a scenario has, from now on", true, kScenario,
       add_scenario},
      {"faults", "list the faults, and how often each has happened", true, {}, list_faults},
      {"clear", "let nothing go wrong any more", true, {}, clear_faults},
      {"modems", "list the modems that are on", false, {}, list_modems},
      {"help", "list the commands and their parameters", false, {}, help},
  });
  return controls;
}

}  // namespace

constexpr ControlParameter kModemParameter = {
    "modem", ParameterKind::number, false, "which modem, when several are on", 0, UINT32_MAX};

std::span<const ControlCommand> control_table() { return make_table(); }

}  // namespace m531x::app
