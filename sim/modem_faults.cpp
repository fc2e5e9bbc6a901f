// SPDX-License-Identifier: Apache-2.0
// What faults do to a modem: each is one of the calls that its owner or the network could have
// made, or one that does not reach it.
#include <algorithm>
#include <utility>

#include "sim/modem.h"
#include "sim/views.h"

namespace m531x::sim {
namespace {

using What = FaultPoint::What;

// There is nothing to look up in an address.
bool is_address(Bytes host) {
  return host.find(':') != Bytes::npos || host.find_first_not_of("0123456789.") == Bytes::npos;
}

bool is_of_attempt(const Fault& fault) { return group_of(fault.kind) == FaultGroup::attempt; }

}  // namespace

bool Modem::add(const Fault& fault, Millis now) {
  if (!upset_) upset();
  const bool taken = upset_->faults.add(fault, now);
  settle(now);
  return taken;
}

void Modem::clear_faults(Millis now) {
  if (!upset_) return;
  upset_->faults.clear();
  upset_->stuck = false;
  if (upset_->coverage_lost) upset_->coverage_back = now;
  for (Wire& wire : upset_->wires) {
    if (wire.silent_until) wire.silent_until = now;
    wire.wrong_left = 0;
  }
  settle(now);
}

std::span<const FaultEntry> Modem::faults() const {
  return upset_ ? upset_->faults.list() : std::span<const FaultEntry>();
}

// The first fault: what stands already is known from now on.
void Modem::upset() {
  upset_ = std::make_unique<Upset>(seed_);
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    if (!open_[conn]) continue;
    upset_->faults.opened(conn);
    note_if_all_is_sent(conn, now_);
  }
}

// Without a network nothing is to be sent, whatever is left of a request.
void Modem::note_if_all_is_sent(ConnId conn, Millis now) {
  const Status status = core_.status(now);
  Bytes first;
  if (status.coverage && status.attached && core_.net_output(conn, std::span(&first, 1)) == 0) {
    upset_->faults.sent_all(conn);
  }
}

// Returns whether anything has happened.
bool Modem::follow_faults(Millis now) {
  if (!upset_) return false;
  bool moved = end_what_lasts(now);
  while (const auto due = upset_->faults.due(now)) {
    happen(due->fault, due->conn, now);
    moved = true;
  }
  while (auto action = core_.next_action()) {
    const std::string host(action->host);
    action->host = host;
    core_.tick(now);  // the radio has been used
    take_action(*action, now);
    moved = true;
  }
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    moved |= begin_request(conn, now);
    moved |= release(conn, now);
  }
  return moved;
}

bool Modem::end_what_lasts(Millis now) {
  const auto is_over = [now](std::optional<Millis>& until) {
    if (!until || now < *until) return false;
    until.reset();
    return true;
  };
  bool moved = false;
  if (is_over(upset_->reads_again)) {
    upset_->stuck = false;
    moved = true;
  }
  if (is_over(upset_->coverage_back) && std::exchange(upset_->coverage_lost, false)) {
    core_.set_coverage(coverage_, now);
    moved = true;
  }
  if (is_over(upset_->lookup_ends)) {
    core_.net_resolved("", now);
    moved = true;
  }
  for (Wire& wire : upset_->wires) moved |= is_over(wire.silent_until);
  return moved;
}

// What came while the connection was silent.
bool Modem::release(ConnId conn, Millis now) {
  Wire& wire = upset_->wires[conn];
  if (wire.silent_until) return false;
  if (!wire.held.empty()) {
    const std::size_t size = std::min(wire.held.size(), core_.net_window(conn));
    if (size == 0) return false;
    std::string bytes = wire.held.substr(0, size);
    const std::string behind = wire.held.substr(size);
    wire.held.clear();
    receive_tampered(conn, bytes, now);
    if (upset_->faults.stands(conn)) wire.held += behind;
    return true;
  }
  if (!wire.end) return false;
  const Cause why = *wire.end;
  wire.end.reset();
  closed(conn, why, now);
  return true;
}

bool Modem::begin_request(ConnId conn, Millis now) {
  Bytes first;
  if (!upset_->faults.is_further(conn) || core_.net_output(conn, std::span(&first, 1)) == 0) {
    return false;
  }
  upset_->faults.begun(conn);
  upset_->wires[conn].wrong_left = 0;
  happen({.what = What::begins, .conn = conn}, now);
  return true;
}

void Modem::take_action(const Action& action, Millis now) {
  switch (action.kind) {
    case Action::Kind::connect:
      return attempt(action, now);
    case Action::Kind::resolve:
      return look_up(action, now);
    case Action::Kind::close:
      if (!forget(action.conn)) return;
      break;
    case Action::Kind::check:
    case Action::Kind::coap_open:
    case Action::Kind::coap_close:
      break;
  }
  upset_->actions.put(action);
}

void Modem::attempt(const Action& action, Millis now) {
  const ConnId conn = action.conn;
  if (air_) air_->forget(conn);
  upset_->wires[conn] = {};
  upset_->faults.asked(conn);
  const auto found = upset_->faults.at({.what = What::attempt,
                                        .conn = conn,
                                        .tls = action.tls,
                                        .has_name = !is_address(action.host)},
                                       now);
  if (std::ranges::none_of(found, is_of_attempt)) upset_->actions.put(action);
  for (const Fault& fault : found) happen(fault, conn, now);
}

void Modem::look_up(const Action& action, Millis now) {
  if (air_) air_->forget_lookup();
  const auto found =
      upset_->faults.at({.what = What::look_up, .has_name = !is_address(action.host)}, now);
  upset_->lookup_hidden = !found.empty();
  upset_->lookup_ends.reset();
  if (found.empty()) return upset_->actions.put(action);
  upset_->note(words_of(found.front().kind));
  upset_->lookup_ends = found.front().kind == FaultKind::dns_fails ? now : now + patience_;
}

bool Modem::is_past(ConnId conn) const { return upset_ && upset_->actions.is_past(conn); }

void Modem::opened(ConnId conn, Millis now) {
  open_.set(conn);
  core_.net_opened(conn, now);
  if (!upset_) return;
  upset_->faults.opened(conn);
  // The request is written before anything happens to it; else it would quietly go elsewhere.
  Bytes first;
  static_cast<void>(core_.net_output(conn, std::span(&first, 1)));
  happen({.what = What::stands, .conn = conn}, now);
}

void Modem::closed(ConnId conn, Cause why, Millis now) {
  if (upset_) {
    Wire& wire = upset_->wires[conn];
    if (wire.silent || wire.waits()) {
      // The owner has done with it, the modem has not.
      wire.hidden = true;
      if (!wire.silent) wire.end = why;
      return;
    }
    wire = {};
    upset_->faults.ended(conn);
  }
  open_.reset(conn);
  core_.net_closed(conn, why, now);
}

void Modem::received(ConnId conn, Bytes bytes, Millis now) {
  if (!upset_) return core_.net_received(conn, bytes, now);
  Wire& wire = upset_->wires[conn];
  if (wire.waits()) {
    wire.held += bytes;
  } else {
    receive_tampered(conn, bytes, now);
  }
}

// Byte for byte, so that a fault comes where it is to come, however the bytes were read.
void Modem::receive_tampered(ConnId conn, Bytes bytes, Millis now) {
  Wire& wire = upset_->wires[conn];
  std::string whole;  // not handed on yet
  std::size_t begin = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (wire.silent) return;
    if (wire.silent_until) {
      wire.held = bytes.substr(i);
      return;
    }
    const bool wrong = wire.wrong_left > 0;
    if (wrong) --wire.wrong_left;
    whole += static_cast<char>(bytes[i] ^ (wrong ? 1 << upset_->chance.up_to(7) : 0));
    upset_->faults.took(conn, bytes[i]);
    const FaultPoint point = {.what = What::received, .conn = conn};
    for (std::size_t from = 0; const auto fault = upset_->faults.next_at(point, now, from);) {
      if (fault->kind != FaultKind::wrong_bytes) {
        hand_on(conn, std::exchange(whole, {}), begin, now);
        begin = i + 1;
      }
      happen(*fault, conn, now);
      if (!upset_->faults.stands(conn)) return;
    }
    // It may have changed how much the modem takes.
    if (begin == i + 1 && core_.net_window(conn) == 0) {
      wire.held = bytes.substr(begin);
      return;
    }
  }
  hand_on(conn, whole, begin, now);
}

// The segments are those that the server's bytes were cut into from the beginning of the read.
void Modem::hand_on(ConnId conn, Bytes bytes, std::size_t offset, Millis now) {
  const std::size_t in_segment = offset % mss_bytes_;
  const Bytes rest_of_segment =
      in_segment == 0 ? Bytes() : bytes.substr(0, mss_bytes_ - in_segment);
  if (!rest_of_segment.empty()) core_.net_received(conn, rest_of_segment, now);
  bytes.remove_prefix(rest_of_segment.size());
  if (!bytes.empty()) core_.net_received(conn, bytes, now);
}

void Modem::take_from_host(Bytes bytes, Millis now) {
  if (!upset_) return core_.dte_received(bytes, now);
  std::string text(bytes);
  std::size_t fired = 0;
  for (char& c : text)
    c = static_cast<char>(c ^ upset_->faults.noise(FaultKind::garbled_from_host, now, fired));
  for (; fired > 0; --fired) upset_->note(words_of(FaultKind::garbled_from_host));
  Bytes rest = text;
  while (!rest.empty()) {
    const Bytes line = rest.substr(0, rest.find('\r'));
    if (!line.empty()) core_.dte_received(line, now);
    rest.remove_prefix(line.size());
    if (rest.empty()) return;
    rest.remove_prefix(1);
    take_line_end(now);
  }
}

void Modem::take_line_end(Millis now) {
  upset_->faults.line_typed();
  std::vector<Fault> reports;
  for (Fault& fault : upset_->faults.at({.what = What::line}, now)) {
    if (fault.kind == FaultKind::urc && core_.status(now).power == Power::on) {
      reports.push_back(std::move(fault));
    } else {
      happen(fault, 0, now);
    }
  }
  const std::size_t behind = reports.empty() ? 0 : said().size();
  core_.dte_received("\r", now);
  if (!reports.empty()) report_in_line(reports, behind, now);
}

// Between the echo and the answer. When neither has come, an earlier line is still being answered,
// and they come when a report may.
void Modem::report_in_line(std::span<const Fault> reports, std::size_t behind, Millis now) {
  const std::string answer = said().substr(behind);
  const bool echoed = answer.starts_with('\r') && !answer.starts_with("\r\n");
  for (const Fault& report : reports) {
    if (answer.empty()) {
      happen(report, 0, now);
    } else if (upset_->host.insert("\r\n" + report.text + "\r\n", behind + (echoed ? 1 : 0))) {
      upset_->note(words_of(report.kind));
    }
  }
}

// All that the modem still has to say.
std::string Modem::said() const {
  return joined(all_views([this](std::span<Bytes> views) { return core_.dte_output(views); }));
}

// Each byte to the host is looked at once, when it is the next.
void Modem::decide_output(Millis now) {
  HostOutput& host = upset_->host;
  if (host.is_decided() || !upset_->faults.has_noise(FaultKind::garbled_to_host, now)) return;
  Bytes first;
  if (output(std::span(&first, 1)) == 0) return;
  std::size_t fired = 0;
  const char bits = upset_->faults.noise(FaultKind::garbled_to_host, now, fired);
  for (; fired > 0; --fired) upset_->note(words_of(FaultKind::garbled_to_host));
  host.decide_first(static_cast<char>(first.front() ^ bits), bits != 0);
}

// On a connection that stands; what has cut it leaves nothing to happen to.
void Modem::happen(const FaultPoint& point, Millis now) {
  for (std::size_t from = 0; const auto fault = upset_->faults.next_at(point, now, from);) {
    happen(*fault, point.conn, now);
    if (!upset_->faults.stands(point.conn)) return;
  }
}

void Modem::happen(const Fault& fault, ConnId conn, Millis now) {
  upset_->note(words_of(fault.kind));
  switch (group_of(fault.kind)) {
    case FaultGroup::attempt:
      return fail_attempt(fault, conn, now);
    case FaultGroup::connection:
      return disturb(fault, conn, now);
    case FaultGroup::module:
      break;
    case FaultGroup::line:
      return;
  }
  if (fault.kind == FaultKind::restart) {
    core_.reset(fault.cause, now);
  } else if (fault.kind == FaultKind::urc) {
    // A module that is off says nothing.
    static_cast<void>(core_.inject(fault.text, now));
  } else if (fault.kind == FaultKind::coverage_lost) {
    upset_->coverage_lost = true;
    upset_->coverage_back.reset();
    if (fault.lasts > Millis(0)) upset_->coverage_back = now + fault.lasts;
    core_.set_coverage(false, now);
  } else {
    upset_->stuck = true;
    upset_->reads_again.reset();
    if (fault.lasts > Millis(0)) upset_->reads_again = now + fault.lasts;
  }
}

void Modem::fail_attempt(const Fault& fault, ConnId conn, Millis now) {
  switch (fault.kind) {
    case FaultKind::dns_fails:
      return core_.net_closed(conn, Cause::unresolved_name, now);
    case FaultKind::connect_refused:
      return core_.net_closed(conn, Cause::refused, now);
    case FaultKind::connect_unreachable:
      return core_.net_closed(conn, Cause::no_route, now);
    case FaultKind::connect_reset:
      return core_.net_closed(conn, Cause::reset, now);
    case FaultKind::tls_alert:
      return core_.net_closed(conn, Cause::tls_failed, now);
    default:
      upset_->wires[conn].hidden = true;  // nobody answers
  }
}

void Modem::disturb(const Fault& fault, ConnId conn, Millis now) {
  if (!upset_->faults.stands(conn)) return;
  Wire& wire = upset_->wires[conn];
  switch (fault.kind) {
    case FaultKind::reset:
      return cut_connection(conn, Cause::reset, now);
    case FaultKind::close:
      return cut_connection(conn, Cause::closed, now);
    case FaultKind::wrong_bytes:
      wire.wrong_left += fault.count;
      return;
    default:
      break;
  }
  if (fault.lasts > Millis(0)) {
    wire.silent_until = now + fault.lasts;
  } else {
    wire.silent = true;
  }
}

// The owner closes what the modem is told has ended.
void Modem::cut_connection(ConnId conn, Cause why, Millis now) {
  if (forget(conn)) {
    upset_->actions.put({.kind = Action::Kind::close, .conn = conn, .host = {}});
  }
  core_.net_closed(conn, why, now);
}

// True: the owner is to close it, for it knows of it and has not done so by itself.
bool Modem::forget(ConnId conn) {
  open_.reset(conn);
  upset_->faults.ended(conn);
  const bool ends = air_ && air_->forget(conn);
  return !std::exchange(upset_->wires[conn], {}).hidden && !ends;
}

}  // namespace m531x::sim
