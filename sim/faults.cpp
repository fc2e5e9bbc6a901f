// SPDX-License-Identifier: Apache-2.0
#include "sim/faults.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace m531x::sim {
namespace {

using Group = FaultGroup;
using Place = FaultPlace;
using What = FaultPoint::What;

constexpr std::uint32_t kCertain = 100;  // percent
constexpr std::uint32_t kSeedStep = 0x9e37'79b9;
constexpr std::uint32_t kLastBit = 7;

// In the order of FaultKind.
constexpr std::array<std::string_view, kFaultKindCount> kWords = {
    "fault: the name cannot be resolved",
    "fault: nobody answers the look-up of the name",
    "fault: the connection is refused",
    "fault: there is no route to the server",
    "fault: nobody answers the attempt to connect",
    "fault: the attempt to connect is reset",
    "fault: the TLS handshake ends with an alert",
    "fault: the connection is reset",
    "fault: the server closes the connection",
    "fault: the connection falls silent",
    "fault: bytes of the response are wrong",
    "fault: coverage is lost",
    "fault: the module restarts",
    "fault: an unsolicited report",
    "fault: the host reads nothing",
    "fault: a byte to the host is garbled",
    "fault: a byte from the host is garbled",
};

bool suits(FaultKind kind, const FaultPoint& attempt) {
  if (kind == FaultKind::dns_fails || kind == FaultKind::dns_hangs) return attempt.has_name;
  return kind == FaultKind::tls_alert ? attempt.tls : true;
}

}  // namespace

std::string_view words_of(FaultKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

bool Faults::add(const Fault& fault, Millis now) {
  if (entries_.size() == kMaxFaults) {
    const auto over = std::ranges::find(entries_, true, &FaultEntry::over);
    if (over == entries_.end()) return false;
    entries_.erase(over);
  }
  FaultEntry entry = {.fault = fault, .number = ++added_, .since = now};
  entry.first_request = requests_;
  entry.first_line = lines_;
  if (is_timed(fault)) entry.due = now + fault.after;
  // Each has a chance of its own, so that none changes what the others do.
  entry.chance = Chance(seed_ + added_ * kSeedStep);
  entries_.push_back(std::move(entry));
  return true;
}

void Faults::opened(ConnId conn) {
  conns_[conn] = {.request = conns_[conn].request, .stands = true};
}

void Faults::begun(ConnId conn) { conns_[conn] = {.request = ++requests_, .stands = true}; }

std::size_t Faults::may_send(ConnId conn) const {
  std::size_t most = std::numeric_limits<std::size_t>::max();
  const Conn& at = conns_[conn];
  for (const FaultEntry& entry : entries_) {
    const Fault& fault = entry.fault;
    if (entry.over || fault.at != Place::request || fault.byte <= at.sent_bytes) continue;
    most = std::min<std::size_t>(most, fault.byte - at.sent_bytes);
  }
  return most;
}

bool Faults::happens(FaultEntry& entry) {
  const Fault& fault = entry.fault;
  if (fault.chance < kCertain && entry.chance.up_to(kCertain - 1) >= fault.chance) return false;
  ++entry.happened;
  if (fault.times != 0 && entry.happened >= fault.times) entry.over = true;
  return true;
}

bool Faults::is_request(const FaultEntry& entry, const Conn& conn) const {
  return entry.fault.request == 0 || conn.request - entry.first_request == entry.fault.request;
}

bool Faults::is_met(const FaultEntry& entry, const FaultPoint& point) const {
  const Fault& fault = entry.fault;
  const Group group = group_of(fault.kind);
  if (point.failed && group == Group::attempt) return false;
  if (point.what == What::line) {
    const bool counted = fault.request == 0 || lines_ - entry.first_line == fault.request;
    return group == Group::module && fault.at == Place::line && counted;
  }
  if (point.what == What::look_up) {
    const bool of_names = fault.kind == FaultKind::dns_fails || fault.kind == FaultKind::dns_hangs;
    return of_names && point.has_name && fault.request == 0;
  }
  const Conn& conn = conns_[point.conn];
  if (group == Group::line || !is_request(entry, conn)) return false;
  if (group == Group::attempt) return point.what == What::attempt && suits(fault.kind, point);
  const bool when_begun = group == Group::module && fault.at == Place::none && fault.request != 0;
  const bool when_standing = (group == Group::connection && fault.at == Place::none) ||
                             (fault.at == Place::request && fault.byte == 0);
  switch (point.what) {
    case What::attempt:
      return when_begun;
    case What::begins:
      return when_begun || when_standing;
    case What::stands:
      return when_standing;
    case What::sent:
      return fault.at == Place::request && fault.byte == conn.sent_bytes;
    case What::received:
      return conn.response.behind(fault.at) == fault.byte;
    case What::look_up:
    case What::line:
      break;
  }
  return false;
}

std::optional<Fault> Faults::next_at(const FaultPoint& point, Millis now, std::size_t& from) {
  while (from < entries_.size()) {
    FaultEntry& entry = entries_[from++];
    if (is_armed(entry, now) && is_met(entry, point) && happens(entry)) return entry.fault;
  }
  return std::nullopt;
}

std::vector<Fault> Faults::at(FaultPoint point, Millis now) {
  std::vector<Fault> found;
  for (std::size_t from = 0; const auto fault = next_at(point, now, from);) {
    point.failed |= group_of(fault->kind) == Group::attempt;
    found.push_back(*fault);
  }
  return found;
}

// A fault of a connection that finds none waits for the next one to stand.
std::optional<Faults::Due> Faults::due(Millis now) {
  const auto standing = std::ranges::find(conns_, true, &Conn::stands);
  for (FaultEntry& entry : entries_) {
    if (entry.over || !entry.due || now < *entry.due) continue;
    const Fault& fault = entry.fault;
    if (group_of(fault.kind) == Group::connection) {
      entry.due.reset();
      if (standing == conns_.end() || !happens(entry)) continue;
      return Due{fault, static_cast<ConnId>(standing - conns_.begin())};
    }
    const bool comes = happens(entry);
    if (fault.every == Millis(0)) entry.over = true;
    if (!entry.over) *entry.due += fault.every * ((now - *entry.due) / fault.every + 1);
    if (comes) return Due{fault, 0};
  }
  return std::nullopt;
}

std::optional<Millis> Faults::next_due() const {
  std::optional<Millis> next;
  for (const FaultEntry& entry : entries_) {
    if (!entry.over && entry.due && (!next || *entry.due < *next)) next = entry.due;
  }
  return next;
}

char Faults::noise(FaultKind way, Millis now, std::size_t& fired) {
  unsigned bits = 0;
  for (FaultEntry& entry : entries_) {
    const Fault& fault = entry.fault;
    if (fault.kind != way) continue;
    if (entry.flips_left > 0) {
      --entry.flips_left;
      bits ^= 1U << entry.chance.up_to(kLastBit);
    } else if (is_armed(entry, now)) {
      if (entry.skipped < fault.byte) {
        ++entry.skipped;
        continue;
      }
      entry.skipped = 0;
      if (!happens(entry)) continue;
      ++fired;
      entry.flips_left = fault.count - 1;
      bits ^= 1U << entry.chance.up_to(kLastBit);
    }
  }
  return static_cast<char>(bits);
}

bool Faults::has_noise(FaultKind way, Millis now) const {
  return std::ranges::any_of(entries_, [&](const FaultEntry& entry) {
    return entry.fault.kind == way && (entry.flips_left > 0 || is_armed(entry, now));
  });
}

}  // namespace m531x::sim
