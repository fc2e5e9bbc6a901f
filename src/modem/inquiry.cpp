// SPDX-License-Identifier: Apache-2.0
#include "modem/inquiry.h"

#include <algorithm>

#include "mem/text.h"

namespace m531x::modem {

using at::Final;
using mem::Text;

static_assert(kMaxHostBytes <= Block::kCapacity, "a name lies in one block");

Final Inquiry::ask(Bytes host, bool is_address, const Question& question, Millis now) {
  if (state_ != State::none) return Final::not_allowed;
  target_.clear();
  if (!target_.append(host)) return Final::unknown;
  question_ = question;
  is_address_ = is_address;
  failed_ = false;
  state_ = State::waiting;
  due_ = now + settings_.network.attach_wait;
  if (link_ == Link::up) look_up_or_echo(now);
  return Final::ok;
}

void Inquiry::look_up_or_echo(Millis now) {
  if (is_address_) return echo(now);
  state_ = State::wanted;
  due_ = kNever;
}

std::optional<Action> Inquiry::next_action() {
  if (state_ != State::wanted) return std::nullopt;
  state_ = State::asked;
  return Action{
      .kind = Action::Kind::resolve, .conn = 0, .host = target_.view().front(), .port = 0};
}

void Inquiry::resolved(Bytes address, Millis now) {
  if (state_ != State::asked) return;
  target_.clear();
  if (address.empty() || !target_.append(address)) return fail();
  if (question_.echo_count > 0) return echo(now);
  state_ = State::answered;
}

// An echo comes back after a round trip, or it is given up.
void Inquiry::echo(Millis now) {
  const Millis round_trip = settings_.network.round_trip;
  failed_ = link_ != Link::up || round_trip > question_.timeout;
  state_ = State::echoing;
  due_ = now + (failed_ ? question_.timeout : round_trip);
}

void Inquiry::fail() {
  failed_ = true;
  state_ = State::answered;
  due_ = kNever;
}

void Inquiry::follow(Link link, Millis now) {
  link_ = link;
  if (state_ == State::waiting && link == Link::up) look_up_or_echo(now);
  if (due_ > now) return;
  due_ = kNever;
  if (state_ == State::waiting) return fail();
  state_ = State::answered;
}

void Inquiry::reset() {
  state_ = State::none;
  target_.clear();
  due_ = kNever;
}

std::optional<Millis> Inquiry::next_change() const {
  return due_ == kNever ? std::nullopt : std::optional(due_);
}

void Inquiry::report(at::Dce& dce, Millis now) {
  const bool echoes = question_.echo_count > 0;
  Text name;
  name.add(question_.name);
  Text value;
  if (failed_) {
    if (echoes) name.add("ERR");
    value.add(echoes ? "1" : "FAIL");
  } else {
    value.add(target_.view().front());
    if (echoes) {
      value.add(',').add(kTimeToLive).add(',');
      value.add(static_cast<std::uint32_t>(settings_.network.round_trip.count()));
    }
  }
  static_cast<void>(dce.report(name, value));
  if (question_.echo_count <= 1) return reset();
  --question_.echo_count;
  echo(now);
}

}  // namespace m531x::modem
