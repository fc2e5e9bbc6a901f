// SPDX-License-Identifier: Apache-2.0
#include "sim/air_interface.h"

#include <algorithm>
#include <utility>

namespace m531x::sim {
namespace {

constexpr std::uint32_t kBitsPerByte = 8;
constexpr std::uint64_t kMicrosPerMilli = 1000;
constexpr std::uint64_t kMicrosPerSecond = 1'000'000;

}  // namespace

AirInterface::AirInterface(const Air& air, std::uint16_t mss_bytes, std::uint32_t seed)
    : air_(air), mss_bytes_(mss_bytes), chance_(seed) {
  up_.set_rate(air.up_bps, kBitsPerByte);
}

// The radio carries one byte after the other, of whatever connection.
Millis AirInterface::carry(std::size_t byte_count, Millis now) {
  const auto now_us = static_cast<std::uint64_t>(now.count()) * kMicrosPerMilli;
  down_free_us_ = std::max(down_free_us_, now_us);
  if (air_.down_bps != 0) {
    down_free_us_ += byte_count * kBitsPerByte * kMicrosPerSecond / air_.down_bps;
  }
  return Millis((down_free_us_ + kMicrosPerMilli - 1) / kMicrosPerMilli);
}

void AirInterface::put(ConnId conn, Event event) {
  auto& down = downs_[conn];
  if (!down.empty()) event.due = std::max(event.due, down.back().due);
  down.push_back(std::move(event));
}

// A connection takes a whole round trip to stand.
void AirInterface::opened(ConnId conn, Millis now) {
  put(conn, {.kind = Event::Kind::opened, .due = now + air_.latency, .bytes = {}});
}

void AirInterface::sent(ConnId conn, Bytes bytes, Millis now) {
  while (!bytes.empty()) {
    const Bytes segment = bytes.substr(0, mss_bytes_);
    bytes.remove_prefix(segment.size());
    const Millis jitter(chance_.up_to(static_cast<std::uint32_t>(air_.jitter.count())));
    put(conn, {.kind = Event::Kind::segment,
               .due = carry(segment.size(), now) + one_way() + jitter,
               .bytes = std::string(segment)});
  }
}

void AirInterface::closed(ConnId conn, Cause why, Millis now) {
  put(conn, {.kind = Event::Kind::closed, .due = now + one_way(), .bytes = {}, .why = why});
}

void AirInterface::resolved(Bytes address, Millis now) {
  lookup_ = {
      .kind = Event::Kind::resolved, .due = now + air_.latency, .bytes = std::string(address)};
}

std::size_t AirInterface::room(ConnId conn) const {
  const std::size_t under_way = downs_[conn].size();
  return under_way < kSegmentsUnderWay ? (kSegmentsUnderWay - under_way) * mss_bytes_ : 0;
}

AirInterface::Event* AirInterface::arrived(ConnId conn, Millis now) {
  auto& down = downs_[conn];
  return !down.empty() && down.front().due <= now ? &down.front() : nullptr;
}

std::optional<AirInterface::Event> AirInterface::take_resolved(Millis now) {
  if (!lookup_ || lookup_->due > now) return std::nullopt;
  return std::exchange(lookup_, std::nullopt);
}

bool AirInterface::forget(ConnId conn) {
  const bool ended = ends(conn);
  downs_[conn].clear();
  return ended;
}

void AirInterface::offer(bool waiting, Millis now) {
  if (waiting) {
    up_.begin(now + one_way());
  } else {
    up_.rest();
  }
}

// What has arrived and was not taken waits for the modem, not for time.
std::optional<Millis> AirInterface::next(Millis now) const {
  std::optional<Millis> next;
  const auto consider = [&next, now](Millis at) {
    if (at > now && (!next || at < *next)) next = at;
  };
  for (const auto& down : downs_) {
    if (!down.empty()) consider(down.front().due);
  }
  if (lookup_) consider(lookup_->due);
  if (const auto at = up_.next()) consider(*at);
  return next;
}

}  // namespace m531x::sim
