// SPDX-License-Identifier: Apache-2.0
#include "sim/modem.h"

#include <algorithm>
#include <utility>

namespace m531x::sim {
namespace {

// Cuts the first `count` views down to `most` bytes; returns how many views are left.
std::size_t cut(std::span<Bytes> views, std::size_t count, std::size_t most) {
  for (std::size_t i = 0; i < count; ++i) {
    views[i] = views[i].substr(0, most);
    if (views[i].empty()) return i;
    most -= views[i].size();
  }
  return count;
}

}  // namespace

Modem::Modem(const Model& model, const Settings& settings, const Conditions& conditions,
             BlockPool& pool, const Flash& flash, Millis now)
    : core_(model, settings, pool, flash, now), uart_(core_.uart()), now_(now) {
  if (conditions.pace) line_ = std::make_unique<Line>(uart_, settings.baud);
  if (conditions.air != Air()) {
    air_ = std::make_unique<AirInterface>(conditions.air, settings.mss_bytes, conditions.seed);
  }
  settle(now);
}

void Modem::dte_received(Bytes from_host, Millis now) {
  if (line_) {
    line_->receive(from_host, now);
  } else {
    core_.dte_received(from_host, now);
  }
  settle(now);
}

void Modem::net_opened(ConnId conn, Millis now) {
  if (air_) {
    air_->opened(conn, now);
  } else {
    core_.net_opened(conn, now);
  }
  settle(now);
}

void Modem::net_received(ConnId conn, Bytes from_server, Millis now) {
  if (air_) {
    air_->sent(conn, from_server, now);
  } else {
    core_.net_received(conn, from_server, now);
  }
  settle(now);
}

void Modem::net_closed(ConnId conn, Cause why, Millis now) {
  if (air_) {
    air_->closed(conn, why, now);
  } else {
    core_.net_closed(conn, why, now);
  }
  settle(now);
}

void Modem::net_resolved(Bytes address, Millis now) {
  if (air_) {
    air_->resolved(address, now);
  } else {
    core_.net_resolved(address, now);
  }
  settle(now);
}

void Modem::net_checked(bool good, Millis now) {
  core_.net_checked(good, now);
  settle(now);
}

void Modem::reset(ResetCause cause, Millis now) {
  core_.reset(cause, now);
  settle(now);
}

void Modem::set_coverage(bool coverage, Millis now) {
  core_.set_coverage(coverage, now);
  settle(now);
}

void Modem::set_signal(const Signal& signal, Millis now) {
  core_.set_signal(signal, now);
  settle(now);
}

bool Modem::inject(Bytes text, Millis now) {
  const bool taken = core_.inject(text, now);
  settle(now);
  return taken;
}

// What arrives in it may be a command that makes something due at once.
void Modem::tick(Millis now) {
  do {
    core_.tick(now);
    settle(now);
  } while (core_.next_deadline().value_or(Millis::max()) <= now);
}

std::size_t Modem::dte_output(std::span<Bytes> views) const {
  const std::size_t count = core_.dte_output(views);
  return line_ ? cut(views, count, line_->allowed(now_)) : count;
}

Bytes Modem::dte_output() const {
  const Bytes first = core_.dte_output();
  return line_ ? first.substr(0, line_->allowed(now_)) : first;
}

void Modem::dte_sent(std::size_t byte_count, Millis now) {
  if (line_) line_->sent(byte_count, now_);
  core_.dte_sent(byte_count, now);
  settle(now);
}

std::size_t Modem::dte_window() const { return line_ ? line_->window() : core_.dte_window(); }

std::size_t Modem::net_output(ConnId conn, std::span<Bytes> views) {
  const std::size_t count = core_.net_output(conn, views);
  if (!air_) return count;
  if (count > 0) air_->offer(true, now_);
  return cut(views, count, air_->allowed(now_));
}

void Modem::net_sent(ConnId conn, std::size_t byte_count, Millis now) {
  if (air_) air_->took(byte_count, now_);
  core_.net_sent(conn, byte_count, now);
  settle(now);
}

std::size_t Modem::net_window(ConnId conn) const {
  return air_ ? air_->room(conn) : core_.net_window(conn);
}

std::optional<Action> Modem::next_action() {
  const auto action = core_.next_action();
  if (!air_ || !action) return action;
  if (action->kind == Action::Kind::resolve) air_->forget_lookup();
  if (action->kind == Action::Kind::connect || action->kind == Action::Kind::close) {
    air_->forget(action->conn);
  }
  return action;
}

std::optional<Millis> Modem::next_deadline() const {
  auto next = core_.next_deadline();
  const auto consider = [&next](std::optional<Millis> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (line_) consider(line_->next(now_));
  if (air_) consider(air_->next(now_));
  return next;
}

bool Modem::has_work() const { return core_.has_work() || (line_ && line_->receives()); }

// Hands on all that has arrived and that the modem takes.
void Modem::settle(Millis now) {
  now_ = now;
  if (!line_ && !air_) return;
  while (deliver_from_host(now) || deliver_from_network(now)) {
  }
  if (line_) {
    const Uart uart = core_.uart();
    if (std::exchange(uart_, uart) != uart) line_->follow(uart);
    line_->offer(!core_.dte_output().empty(), now);
  }
  if (air_) offer_to_network(now);
}

bool Modem::deliver_from_host(Millis now) {
  if (!line_) return false;
  const Bytes bytes = line_->arrived(now).substr(0, core_.dte_window());
  if (bytes.empty()) return false;
  core_.dte_received(bytes, now);
  line_->take(bytes.size(), now);
  return true;
}

bool Modem::deliver_from_network(Millis now) {
  if (!air_) return false;
  bool delivered = false;
  if (const auto answer = air_->take_resolved(now)) {
    core_.net_resolved(answer->bytes, now);
    delivered = true;
  }
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) delivered |= deliver(conn, now);
  return delivered;
}

bool Modem::deliver(ConnId conn, Millis now) {
  using Kind = AirInterface::Event::Kind;
  auto* const event = air_->arrived(conn, now);
  if (event == nullptr) return false;
  if (event->kind == Kind::opened) {
    air_->drop_first(conn);
    core_.net_opened(conn, now);
    return true;
  }
  if (event->kind == Kind::closed) {
    const Cause why = event->why;
    air_->drop_first(conn);
    core_.net_closed(conn, why, now);
    return true;
  }
  const std::size_t size = std::min(event->bytes.size(), core_.net_window(conn));
  if (size == 0) return false;
  core_.net_received(conn, Bytes(event->bytes).substr(0, size), now);
  event->bytes.erase(0, size);
  if (event->bytes.empty()) air_->drop_first(conn);
  return true;
}

void Modem::offer_to_network(Millis now) {
  bool waiting = false;
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    Bytes first;
    waiting |= core_.net_output(conn, std::span(&first, 1)) > 0;
  }
  air_->offer(waiting, now);
}

}  // namespace m531x::sim
