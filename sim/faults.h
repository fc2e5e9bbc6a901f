// SPDX-License-Identifier: Apache-2.0
// The faults of one modem: which are to come, what is counted for them, and which happen at a point
// of a session. It decides; what then happens is done by sim::Modem. It calls nobody and reads no
// clock, and the same session and seed give the same faults.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "m531x/action.h"
#include "sim/chance.h"
#include "sim/fault.h"
#include "sim/response_place.h"

namespace m531x::sim {

// One that has been added.
struct FaultEntry {
  Fault fault;
  std::uint32_t number;  // 1 for the first that the modem was ever given
  Millis since;          // when it was added
  std::uint32_t happened = 0;
  bool over = false;  // it will not happen again

  // What it counts from, and by.
  std::uint32_t first_request = 0;
  std::uint32_t first_line = 0;
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::optional<Millis> due{};  // time alone brings it then
  std::uint32_t skipped = 0;    // bytes of the line
  std::uint32_t flips_left = 0;
  Chance chance{0};
};

// A point of a session at which something may go wrong.
struct FaultPoint {
  enum class What : std::uint8_t {
    attempt,   // to connect
    look_up,   // that the host has asked for
    stands,    // the connection does, and its request is still to be sent
    begins,    // a further request on a connection that stands
    sent,      // another byte of the request
    received,  // another byte of the response
    line,      // the CR of a command line
  };
  What what;
  ConnId conn = 0;
  bool tls = false;       // of an attempt
  bool has_name = false;  // of an attempt or a look-up: there is something to look up
  bool failed = false;    // so has the attempt
};

class Faults {
 public:
  explicit Faults(std::uint32_t seed) : seed_(seed) {}

  // False: there are kMaxFaults, none of which is over.
  [[nodiscard]] bool add(const Fault& fault, Millis now);
  void clear() { entries_.clear(); }
  // Oldest first.
  [[nodiscard]] std::span<const FaultEntry> list() const { return entries_; }

  // What the modem's connections do. A request is counted when a connection is asked for, and when
  // a further one begins on a connection that stands.
  void asked(ConnId conn) { conns_[conn] = {.request = ++requests_}; }
  void opened(ConnId conn);
  void begun(ConnId conn);
  void sent_all(ConnId conn) { conns_[conn].all_sent = true; }
  void ended(ConnId conn) { conns_[conn].stands = false; }
  [[nodiscard]] bool stands(ConnId conn) const { return conns_[conn].stands; }
  // Whether what it has to send now is a further request.
  [[nodiscard]] bool is_further(ConnId conn) const {
    return conns_[conn].stands && conns_[conn].all_sent;
  }
  void line_typed() { ++lines_; }
  void took(ConnId conn, char byte) { conns_[conn].response.take(byte); }
  void sent(ConnId conn, std::size_t byte_count) {
    conns_[conn].sent_bytes += static_cast<std::uint32_t>(byte_count);
  }
  // How many bytes of the request may go until something can happen.
  [[nodiscard]] std::size_t may_send(ConnId conn) const;

  // What happens there and now, in the order in which it was added: of an attempt one thing at
  // most.
  [[nodiscard]] std::vector<Fault> at(FaultPoint point, Millis now);
  // The first of it from entry `from` on, which moves behind it.
  [[nodiscard]] std::optional<Fault> next_at(const FaultPoint& point, Millis now,
                                             std::size_t& from);
  // And the next that time has brought.
  struct Due {
    Fault fault;
    ConnId conn;  // of a fault of a connection
  };
  [[nodiscard]] std::optional<Due> due(Millis now);
  [[nodiscard]] std::optional<Millis> next_due() const;

  // What becomes of the next byte of the serial line: the bits that are wrong. `fired` counts the
  // faults that have happened.
  [[nodiscard]] char noise(FaultKind way, Millis now, std::size_t& fired);
  [[nodiscard]] bool has_noise(FaultKind way, Millis now) const;

 private:
  struct Conn {
    std::uint32_t request = 0;
    bool stands = false;
    bool all_sent = false;
    std::uint32_t sent_bytes = 0;
    ResponsePlace response{};
  };

  [[nodiscard]] bool is_met(const FaultEntry& entry, const FaultPoint& point) const;
  [[nodiscard]] bool is_request(const FaultEntry& entry, const Conn& conn) const;
  static bool happens(FaultEntry& entry);
  static bool is_armed(const FaultEntry& entry, Millis now) {
    return !entry.over && now >= entry.since + entry.fault.after;
  }

  std::uint32_t seed_;
  std::vector<FaultEntry> entries_;
  std::uint32_t added_ = 0;
  std::uint32_t requests_ = 0;
  std::uint32_t lines_ = 0;
  std::array<Conn, kMaxConnections> conns_;
};

}  // namespace m531x::sim
