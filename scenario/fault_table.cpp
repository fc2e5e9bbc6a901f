// SPDX-License-Identifier: Apache-2.0
#include "scenario/fault_table.h"

#include <algorithm>
#include <array>

namespace m531x::scenario {
namespace {

using sim::Fault;
using sim::FaultKind;
using sim::FaultPlace;

constexpr std::int64_t kWeekMs = 604'800'000;
constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kMaxByte = 16'777'216;
constexpr std::int64_t kCertain = 100;

// In the order of FaultPlace, whose `none` is no `at`.
constexpr std::array<std::string_view, 6> kPlaces = {"line",   "request", "response",
                                                     "header", "chunk",   "body"};
constexpr std::array<std::string_view, 2> kCauses = {"pin", "watchdog"};

Value number_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

template <auto Member>
constexpr FaultParameter number(std::string_view name, std::int64_t low, std::int64_t high,
                                std::string_view unit, std::string_view meaning) {
  using Number = std::remove_cvref_t<decltype(std::declval<Fault>().*Member)>;
  return {name,
          FaultParameter::Kind::number,
          meaning,
          low,
          high,
          unit,
          {},
          [](const Fault& fault) -> Value {
            if constexpr (std::is_same_v<Number, Millis>) {
              return std::int64_t{(fault.*Member).count()};
            } else {
              return number_of(fault.*Member);
            }
          },
          [](Fault& fault, const Value& value) {
            fault.*Member = static_cast<Number>(std::get<std::int64_t>(value));
          }};
}

std::size_t index_in(std::span<const std::string_view> names, const Value& value) {
  const auto name = std::ranges::find(names, std::string_view(std::get<std::string>(value)));
  return static_cast<std::size_t>(name - names.begin());
}

Value get_place(const Fault& fault) {
  return fault.at == FaultPlace::none
             ? std::string()
             : std::string(kPlaces.at(static_cast<std::size_t>(fault.at) - 1));
}
void set_place(Fault& fault, const Value& value) {
  fault.at = static_cast<FaultPlace>(index_in(kPlaces, value) + 1);
}
Value get_cause(const Fault& fault) {
  return std::string(kCauses.at(fault.cause == ResetCause::pin ? 0 : 1));
}
void set_cause(Fault& fault, const Value& value) {
  fault.cause = index_in(kCauses, value) == 0 ? ResetCause::pin : ResetCause::watchdog;
}

// In the order of the bits below.
constexpr auto kParameters = std::to_array<FaultParameter>({
    number<&Fault::after>("after_ms", 0, kWeekMs, "ms",
                          "not before so long after power-on, or after it was added"),
    number<&Fault::request>(
        "request", 1, kMillion, "",
        "of the n-th request alone, a further one on a kept connection included; "
        "with at = line, of the n-th command line"),
    {"at", FaultParameter::Kind::choice, "where `byte` is counted from", 0, 0, "", kPlaces,
     get_place, set_place},
    number<&Fault::byte>("byte", 0, kMaxByte, "bytes", "when so many have passed there"),
    number<&Fault::lasts>("for_ms", 1, kWeekMs, "ms", "it lasts so long; without it, for ever"),
    number<&Fault::count>("count", 1, kMillion, "bytes", "so many are wrong, one after the other"),
    number<&Fault::times>("times", 0, kMillion, "", "it happens so often; 0 is always"),
    number<&Fault::every>("every_ms", 1, kWeekMs, "ms",
                          "from one of its `times` to the next, where time alone decides"),
    number<&Fault::chance>("chance", 1, kCertain, "percent",
                           "how likely it is each time that it could happen"),
    {"cause", FaultParameter::Kind::choice, "what restarts it", 0, 0, "", kCauses, get_cause,
     set_cause},
    {"text",
     FaultParameter::Kind::text,
     "the report, without the CR LF around it",
     1,
     sim::kMaxFaultTextBytes,
     "",
     {},
     [](const Fault& fault) -> Value { return fault.text; },
     [](Fault& fault, const Value& value) { fault.text = std::get<std::string>(value); }},
});

constexpr ParameterSet kAfter = 1 << 0;
constexpr ParameterSet kRequest = 1 << 1;
constexpr ParameterSet kAt = 1 << 2;
constexpr ParameterSet kByte = 1 << 3;
constexpr ParameterSet kFor = 1 << 4;
constexpr ParameterSet kCount = 1 << 5;
constexpr ParameterSet kTimes = 1 << 6;
constexpr ParameterSet kEvery = 1 << 7;
constexpr ParameterSet kChance = 1 << 8;
constexpr ParameterSet kCause = 1 << 9;
constexpr ParameterSet kText = 1 << 10;

constexpr std::uint8_t kLine = 1 << 0;
constexpr std::uint8_t kOfRequest = 1 << 1;
constexpr std::uint8_t kOfResponse = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5;

constexpr ParameterSet kAlways = kAfter | kTimes | kChance;
constexpr ParameterSet kAttempt = kAlways | kRequest;
constexpr ParameterSet kSomewhere = kAlways | kRequest | kAt | kByte;
constexpr ParameterSet kModule = kSomewhere | kEvery;
constexpr ParameterSet kSerial = kAlways | kByte | kCount;
constexpr std::uint8_t kAnywhere = kLine | kOfRequest | kOfResponse;

constexpr auto kTable = std::to_array<FaultRow>({
    {"dns_fails", FaultKind::dns_fails, "the name has no address", kAttempt, 0},
    {"dns_hangs", FaultKind::dns_hangs, "nobody answers the look-up of the name", kAttempt, 0},
    {"connect_refused", FaultKind::connect_refused, "the server refuses the connection", kAttempt,
     0},
    {"connect_unreachable", FaultKind::connect_unreachable, "there is no route to the server",
     kAttempt, 0},
    {"connect_hangs", FaultKind::connect_hangs, "nobody answers the attempt to connect", kAttempt,
     0},
    {"connect_reset", FaultKind::connect_reset, "the attempt to connect is reset", kAttempt, 0},
    {"tls_alert", FaultKind::tls_alert,
     "the TLS handshake ends with an alert; without TLS, nothing", kAttempt, 0},
    {"reset", FaultKind::reset, "the connection is reset", kSomewhere, kOfRequest | kOfResponse},
    {"close", FaultKind::close, "the server closes the connection", kSomewhere,
     kOfRequest | kOfResponse},
    {"silence", FaultKind::silence,
     "nothing passes on the connection any more, nor its end; with for_ms it is only late",
     kSomewhere | kFor, kOfRequest | kOfResponse},
    {"wrong_bytes", FaultKind::wrong_bytes,
     "a bit is wrong in each of so many bytes of the response", kSomewhere | kCount, kOfResponse},
    {"coverage_lost", FaultKind::coverage_lost, "the network is lost, and with for_ms found again",
     kModule | kFor, kAnywhere},
    {"restart", FaultKind::restart, "the module restarts, whatever it was doing", kModule | kCause,
     kAnywhere},
    {"urc", FaultKind::urc,
     "an unsolicited report where one may stand; with at = line, between a command and its answer",
     kModule | kText, kAnywhere},
    {"host_stuck", FaultKind::host_stuck, "the host reads nothing, so the module has to wait",
     kModule | kFor, kAnywhere},
    {"garbled_to_host", FaultKind::garbled_to_host,
     "a bit is wrong in each of so many bytes to the host, `byte` bytes being right before them",
     kSerial, 0},
    {"garbled_from_host", FaultKind::garbled_from_host, "the same for what the host sends", kSerial,
     0},
});
static_assert(kTable.size() == sim::kFaultKindCount);
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].kind != static_cast<FaultKind>(i)) return false;
  }
  return true;
}());

}  // namespace

std::span<const FaultRow> fault_table() { return kTable; }
std::span<const FaultParameter> fault_parameters() { return kParameters; }

}  // namespace m531x::scenario
