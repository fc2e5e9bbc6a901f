// SPDX-License-Identifier: Apache-2.0
// A fault on demand, as plain data: what goes wrong, when and where. What each field means to each
// kind stands in the table of scenario/fault_table.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "m531x/bytes.h"
#include "m531x/status.h"

namespace m531x::sim {

enum class FaultKind : std::uint8_t {
  // Of an attempt to connect; the first two also of a look-up that the host asks for.
  dns_fails,
  dns_hangs,
  connect_refused,
  connect_unreachable,
  connect_hangs,
  connect_reset,
  tls_alert,
  // Of a connection that stands.
  reset,
  close,
  silence,
  wrong_bytes,
  // Of the module, its radio and its host.
  coverage_lost,
  restart,
  urc,
  host_stuck,
  // Of the serial line.
  garbled_to_host,
  garbled_from_host,
};
inline constexpr std::size_t kFaultKindCount =
    static_cast<std::size_t>(FaultKind::garbled_from_host) + 1;

// What a fault can happen to: the places that its kind knows.
enum class FaultGroup : std::uint8_t { attempt, connection, module, line };

[[nodiscard]] constexpr FaultGroup group_of(FaultKind kind) {
  if (kind <= FaultKind::tls_alert) return FaultGroup::attempt;
  if (kind <= FaultKind::wrong_bytes) return FaultGroup::connection;
  return kind <= FaultKind::host_stuck ? FaultGroup::module : FaultGroup::line;
}

// Where `Fault::byte` is counted from.
enum class FaultPlace : std::uint8_t {
  none,      // as soon as there is something that it can happen to
  line,      // just before the CR of a command line is taken; `request` counts the lines then
  request,   // the bytes of the request that the server has taken
  response,  // the bytes of the response that have come, of 1xx responses, too
  header,    // those behind its status line, up to the end of the header
  chunk,     // those behind the line with the size of its first chunk
  body,      // those behind its header
};

struct Fault {
  FaultKind kind = FaultKind::reset;
  Millis after{0};            // from when it is added on: not before that
  std::uint32_t request = 0;  // the n-th from when it is added on, 0 = any
  FaultPlace at = FaultPlace::none;
  std::uint32_t byte = 0;     // so many bytes behind `at` have passed
  Millis lasts{0};            // 0 = until something else ends it
  std::uint32_t count = 1;    // bytes that become wrong
  std::uint32_t times = 1;    // it happens so often, 0 = always
  Millis every{0};            // and so long from one time to the next, where time decides
  std::uint8_t chance = 100;  // percent, each time that it could happen
  ResetCause cause = ResetCause::watchdog;
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::string text{};  // of a urc, without the CR LF around it
  bool operator==(const Fault&) const = default;
};

// Whether time alone brings it: no request and no place has to come first.
[[nodiscard]] inline bool is_timed(const Fault& fault) {
  const FaultGroup group = group_of(fault.kind);
  return (group == FaultGroup::connection || group == FaultGroup::module) && fault.request == 0 &&
         fault.at == FaultPlace::none;
}

// So many at a modem; one that is over gives way to a new one.
inline constexpr std::size_t kMaxFaults = 64;
inline constexpr std::size_t kMaxFaultTextBytes = 256;

// What the trace says when it happens; static text.
[[nodiscard]] std::string_view words_of(FaultKind kind);

}  // namespace m531x::sim
