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
    : core_(model, settings, pool, flash, now),
      uart_(core_.uart()),
      coverage_(settings.network.coverage),
      mss_bytes_(settings.mss_bytes),
      seed_(conditions.seed),
      patience_(settings.connect_timeout),
      now_(now) {
  if (conditions.pace) line_ = std::make_unique<Line>(uart_, settings.baud);
  if (conditions.air != Air()) {
    air_ = std::make_unique<AirInterface>(conditions.air, settings.mss_bytes, conditions.seed);
    upset();  // the owner is not told all that the modem wants of a connection
  }
  for (const Fault& fault :
       std::span(conditions.faults).first(std::min(conditions.faults.size(), kMaxFaults))) {
    static_cast<void>(add(fault, now));
  }
  settle(now);
}

void Modem::dte_received(Bytes from_host, Millis now) {
  if (line_) {
    line_->receive(from_host, now);
  } else {
    take_from_host(from_host, now);
  }
  settle(now);
}

void Modem::net_opened(ConnId conn, Millis now) {
  if (is_past(conn)) return settle(now);
  if (air_) {
    air_->opened(conn, now);
  } else {
    opened(conn, now);
  }
  settle(now);
}

void Modem::net_received(ConnId conn, Bytes from_server, Millis now) {
  if (is_past(conn)) return settle(now);
  if (air_) {
    air_->sent(conn, from_server, now);
  } else {
    received(conn, from_server, now);
  }
  settle(now);
}

std::size_t Modem::net_received(ConnId conn, Bytes from_server, std::span<char> host_room,
                                Millis now) {
  if (line_ || air_ || upset_) {
    net_received(conn, from_server, now);
    return 0;
  }
  now_ = now;
  return core_.net_received(conn, from_server, host_room, now);
}

void Modem::net_closed(ConnId conn, Cause why, Millis now) {
  if (is_past(conn)) {
    upset_->actions.forget_close(conn);
  } else if (air_) {
    air_->closed(conn, why, now);
  } else {
    closed(conn, why, now);
  }
  settle(now);
}

void Modem::net_resolved(Bytes address, Millis now) {
  if (upset_ && upset_->lookup_hidden) return settle(now);
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

void Modem::coap_opened(Millis now) {
  core_.coap_opened(now);
  settle(now);
}

void Modem::coap_received(const CoapMessage& message, Millis now) {
  core_.coap_received(message, now);
  settle(now);
}

void Modem::coap_acknowledged(CoapId id, Millis now) {
  core_.coap_acknowledged(id, now);
  settle(now);
}

void Modem::coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure why, Millis now) {
  core_.coap_failed(kind, id, why, now);
  settle(now);
}

void Modem::coap_closed(Cause why, Millis now) {
  core_.coap_closed(why, now);
  settle(now);
}

void Modem::coap_sent(Millis now) {
  core_.coap_sent(now);
  settle(now);
}

void Modem::reset(ResetCause cause, Millis now) {
  core_.reset(cause, now);
  settle(now);
}

void Modem::set_coverage(bool coverage, Millis now) {
  coverage_ = coverage;
  if (upset_) upset_->coverage_lost = false;
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

void Modem::tick(Millis now) {
  core_.tick(now);
  settle(now);
}

std::size_t Modem::output(std::span<Bytes> views) const {
  if (!upset_) return core_.dte_output(views);
  return upset_->stuck ? 0 : upset_->host.shape(views, core_.dte_output(views));
}

std::size_t Modem::dte_output(std::span<Bytes> views) const {
  const std::size_t count = output(views);
  return line_ ? cut(views, count, line_->allowed(now_)) : count;
}

Bytes Modem::dte_output() const {
  Bytes first;
  return dte_output(std::span(&first, 1)) > 0 ? first : Bytes();
}

void Modem::dte_sent(std::size_t byte_count, Millis now) {
  if (line_) line_->sent(byte_count, now_);
  if (upset_) byte_count = upset_->host.sent(byte_count);
  core_.dte_sent(byte_count, now);
  settle(now);
}

std::size_t Modem::dte_window() const { return line_ ? line_->window() : core_.dte_window(); }

std::size_t Modem::net_output(ConnId conn, std::span<Bytes> views) {
  std::size_t count = core_.net_output(conn, views);
  if (upset_) {
    const Wire& wire = upset_->wires[conn];
    if (wire.silent || wire.silent_until || wire.hidden) return 0;
    count = cut(views, count, upset_->faults.may_send(conn));
  }
  if (!air_) return count;
  if (air_->ends(conn)) return 0;
  if (count > 0) air_->offer(true, now_);
  return cut(views, count, air_->allowed(now_));
}

void Modem::net_sent(ConnId conn, std::size_t byte_count, Millis now) {
  if (air_) air_->took(byte_count, now_);
  core_.net_sent(conn, byte_count, now);
  if (upset_) {
    upset_->faults.sent(conn, byte_count);
    note_if_all_is_sent(conn, now);
    happen({.what = FaultPoint::What::sent, .conn = conn}, now);
  }
  settle(now);
}

std::size_t Modem::net_window(ConnId conn) const {
  if (is_past(conn)) return 0;
  return air_ ? air_->room(conn) : window(conn);
}

// While what came before still waits, nothing more is taken.
std::size_t Modem::window(ConnId conn) const {
  return upset_ && upset_->wires[conn].waits() ? 0 : core_.net_window(conn);
}

std::optional<Action> Modem::next_action() {
  if (upset_) return upset_->actions.take();
  const auto action = core_.next_action();
  if (action && action->kind == Action::Kind::close) open_.reset(action->conn);
  return action;
}

std::optional<Millis> Modem::next_deadline() const {
  auto next = core_.next_deadline();
  const auto consider = [&next](std::optional<Millis> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (line_) consider(line_->next(now_));
  if (air_) consider(air_->next(now_));
  if (upset_) {
    consider(upset_->faults.next_due());
    consider(upset_->reads_again);
    consider(upset_->coverage_back);
    consider(upset_->lookup_ends);
    for (const Wire& wire : upset_->wires) consider(wire.silent_until);
  }
  return next;
}

bool Modem::has_work() const {
  return core_.has_work() || (line_ && line_->receives()) || (upset_ && upset_->host.has_texts());
}

std::optional<Note> Modem::next_note() {
  if (!upset_ || upset_->notes.empty()) return core_.next_note();
  const Note note = upset_->notes.front();
  upset_->notes.pop_front();
  return note;
}

// Hands on all that has arrived and that the modem takes.
void Modem::settle(Millis now) {
  now_ = now;
  if (!line_ && !air_ && !upset_) return;
  if (upset_) upset_->actions.forget_taken();
  while (deliver_from_host(now) || deliver_from_network(now) || follow_faults(now) ||
         tick_core(now)) {
  }
  if (upset_) decide_output(now);
  if (line_) {
    const Uart uart = core_.uart();
    if (std::exchange(uart_, uart) != uart) line_->follow(uart);
    Bytes first;
    line_->offer(output(std::span(&first, 1)) > 0, now);
  }
  if (air_) offer_to_network(now);
}

// What has been delivered may have to be followed at once.
bool Modem::tick_core(Millis now) {
  const auto due = core_.next_deadline();
  if (!due || *due > now) return false;
  core_.tick(now);
  return true;
}

bool Modem::deliver_from_host(Millis now) {
  if (!line_) return false;
  const Bytes bytes = line_->arrived(now).substr(0, core_.dte_window());
  if (bytes.empty()) return false;
  take_from_host(bytes, now);
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
    opened(conn, now);
    return true;
  }
  if (event->kind == Kind::closed) {
    const Cause why = event->why;
    air_->drop_first(conn);
    closed(conn, why, now);
    return true;
  }
  const std::size_t size = std::min(event->bytes.size(), window(conn));
  if (size == 0) return false;
  const std::string bytes = event->bytes.substr(0, size);
  event->bytes.erase(0, size);
  if (event->bytes.empty()) air_->drop_first(conn);
  received(conn, bytes, now);
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
