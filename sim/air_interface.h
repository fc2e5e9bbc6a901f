// SPDX-License-Identifier: Apache-2.0
// The air interface of a modem, which all its connections share: what comes from the network comes
// later and no faster than the radio carries it, and so does what goes there.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>

#include "m531x/action.h"
#include "m531x/error.h"
#include "sim/chance.h"
#include "sim/conditions.h"
#include "sim/pacer.h"

namespace m531x::sim {

class AirInterface {
 public:
  // So much of one connection may be under way to the modem, in segments.
  static constexpr std::size_t kSegmentsUnderWay = 44;

  AirInterface(const Air& air, std::uint16_t mss_bytes, std::uint32_t seed);

  // To the modem: each is under way from now on, behind what is under way on the same connection.
  void opened(ConnId conn, Millis now);
  void sent(ConnId conn, Bytes bytes, Millis now);
  void closed(ConnId conn, Cause why, Millis now);
  void resolved(Bytes address, Millis now);
  // How many bytes may be handed to sent(), a multiple of the MSS.
  [[nodiscard]] std::size_t room(ConnId conn) const;
  // Nothing is under way any more on that connection, or to a look-up. True: its end was.
  bool forget(ConnId conn);
  // Whether its end is under way: the owner has done with it.
  [[nodiscard]] bool ends(ConnId conn) const {
    return !downs_[conn].empty() && downs_[conn].back().kind == Event::Kind::closed;
  }
  void forget_lookup() { lookup_.reset(); }

  struct Event {
    enum class Kind : std::uint8_t { opened, segment, closed, resolved };
    Kind kind = Kind::segment;
    Millis due{0};
    std::string bytes;  // a segment, or an address
    Cause why = Cause::closed;
  };
  // What has arrived first on that connection; nullptr when nothing has.
  [[nodiscard]] Event* arrived(ConnId conn, Millis now);
  void drop_first(ConnId conn) { downs_[conn].pop_front(); }
  // The answer of a look-up that has arrived.
  [[nodiscard]] std::optional<Event> take_resolved(Millis now);

  // From the modem. `waiting`: whether any connection has something to send.
  void offer(bool waiting, Millis now);
  [[nodiscard]] std::size_t allowed(Millis now) const { return up_.allowed(now); }
  void took(std::size_t byte_count, Millis now) { up_.took(byte_count, now); }

  // When something arrives next, or may leave.
  [[nodiscard]] std::optional<Millis> next(Millis now) const;

 private:
  [[nodiscard]] Millis one_way() const { return air_.latency / 2; }
  void put(ConnId conn, Event event);
  [[nodiscard]] Millis carry(std::size_t byte_count, Millis now);

  Air air_;
  std::size_t mss_bytes_;
  Chance chance_;
  Pacer up_;
  std::uint64_t down_free_us_ = 0;  // when the radio has carried all there is
  std::array<std::deque<Event>, kMaxConnections> downs_;
  std::optional<Event> lookup_;
};

}  // namespace m531x::sim
