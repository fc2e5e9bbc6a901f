// SPDX-License-Identifier: Apache-2.0
#include "app/journal_modems.h"

#include <fmt/format.h>

#include "port/user_error.h"
#include "sim/views.h"

namespace m531x::app {
namespace {

using CallKind = sim::Call::Kind;
using port::UserError;

void fit_to(const sim::Modem& modem, Entry& entry) {
  const CallKind kind = entry.call.kind;
  if (kind != CallKind::dte_received && kind != CallKind::net_received) return;
  const std::size_t window =
      kind == CallKind::dte_received ? modem.dte_window() : modem.net_window(entry.call.conn);
  if (entry.bytes.size() > window) entry.bytes.resize(window);
}

// What it wanted of its owner and did not get.
unsigned undone_by(sim::Modem& modem) {
  unsigned count = 0;
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    Bytes first;
    if (modem.net_output(conn, std::span(&first, 1)) > 0) ++count;
  }
  while (modem.next_action()) ++count;
  return count;
}

}  // namespace

std::string output_for(sim::Modem& modem, const sim::Call& call, std::size_t most) {
  const auto output = sim::all_views([&](std::span<Bytes> views) {
    return call.kind == CallKind::net_sent ? modem.net_output(call.conn, views)
                                           : modem.dte_output(views);
  });
  std::string bytes;
  for (const Bytes view : output) {
    bytes += view.substr(0, most - bytes.size());
    if (bytes.size() == most) break;
  }
  return bytes;
}

JournalModems::JournalModems(const RunSettings& settings)
    : settings_(settings),
      memory_(settings.pool_bytes, settings.modem.limits.line_bytes),
      pool_(memory_.blocks(), memory_.scratch()) {}

void JournalModems::switch_on(const Entry& entry) {
  if (modems_.contains(entry.modem)) {
    throw UserError(fmt::format("modem {} is on already", entry.modem));
  }
  if (modems_.size() == kMaxOn) {
    throw UserError(fmt::format("more than {} modems are on", kMaxOn));
  }
  modems_[entry.modem] = {
      std::make_unique<sim::Modem>(*settings_.model, settings_.modem, settings_.conditions, pool_,
                                   entry.flash, entry.call.now),
      entry.call.now};
}

Entry JournalModems::play(const Entry& entry) {
  if (entry.kind == Entry::Kind::on) {
    switch_on(entry);
    return entry;
  }
  const auto seat = modems_.find(entry.modem);
  if (seat == modems_.end()) throw UserError(fmt::format("modem {} is not on", entry.modem));
  if (entry.call.now < seat->second.last) {
    throw UserError(fmt::format("the time of modem {} runs back", entry.modem));
  }
  seat->second.last = entry.call.now;
  if (entry.kind == Entry::Kind::call) return call(*seat->second.modem, entry);
  Entry came = entry;
  came.bytes = output_for(*seat->second.modem, {.kind = CallKind::dte_sent}, kMaxEntryBytes);
  came.undone = undone_by(*seat->second.modem);
  modems_.erase(seat);
  return came;
}

Entry JournalModems::call(sim::Modem& modem, const Entry& entry) {
  Entry came = entry;
  fit_to(modem, came);
  switch (entry.call.kind) {
    case CallKind::dte_sent:
    case CallKind::net_sent:
      came.bytes = output_for(modem, entry.call, entry.call.byte_count + 1);
      came.is_part = came.bytes.size() > entry.call.byte_count;
      if (came.is_part) came.bytes.resize(entry.call.byte_count);
      break;
    case CallKind::next_action: {
      const auto action = modem.next_action();
      came.kind = action ? Entry::Kind::call : Entry::Kind::nothing;
      came.bytes = action ? std::string(action->host) : "";
      if (action) came.call.action = *action;
      came.call.action.host = {};
      return came;
    }
    default:
      break;
  }
  came.call.byte_count = came.bytes.size();
  sim::apply(modem, came.with_views());
  return came;
}

void JournalModems::fit(Entry& entry) const { fit_to(at(entry.modem), entry); }

bool JournalModems::ask(const Entry& entry) {
  const sim::Modem& modem = at(entry.modem);
  const auto look = [&] { return std::pair(pool_.used_count(), modem.next_deadline()); };
  const auto before = look();
  play(entry);
  return look() != before;
}

}  // namespace m531x::app
