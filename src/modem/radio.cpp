// SPDX-License-Identifier: Apache-2.0
#include "modem/radio.h"

#include <algorithm>

namespace m531x::modem {
namespace {

constexpr std::uint8_t kFullFunctionality = 1;

std::optional<Millis> if_later(Millis at, Millis now) {
  return at > now ? std::optional(at) : std::nullopt;
}

}  // namespace

void Radio::power_on(std::uint8_t functionality, bool wanted, Millis now) {
  functionality_ = functionality;
  wanted_ = wanted;
  search_began_ = last_use_ = now;
}

void Radio::set_functionality(std::uint8_t functionality, Millis now) {
  if (functionality != functionality_) power_on(functionality, wanted_, now);
}

void Radio::attach(Millis now) {
  if (!wanted_) power_on(functionality_, true, now);
}

void Radio::set_coverage(bool coverage, Millis now) {
  if (coverage && !coverage_) search_began_ = last_use_ = now;
  coverage_ = coverage;
}

void Radio::set_admitted(bool admitted, Millis now) {
  if (admitted && !admitted_) search_began_ = last_use_ = now;
  admitted_ = admitted;
}

bool Radio::hears_a_cell() const {
  return functionality_ == kFullFunctionality && coverage_ && admitted_;
}

bool Radio::searches() const { return functionality_ == kFullFunctionality && wanted_; }

Signal Radio::signal() const { return hears_a_cell() ? signal_ : kNoSignal; }

Registration Radio::registration(Millis now) const {
  if (!searches()) return Registration::none;
  if (!hears_a_cell() || now < decided_at()) return Registration::searching;
  switch (network_.result) {
    case RegistrationResult::home:
      return Registration::home;
    case RegistrationResult::roaming:
      return Registration::roaming;
    case RegistrationResult::denied:
      return Registration::denied;
    case RegistrationResult::searching:
      break;
  }
  return Registration::searching;
}

bool Radio::attached(Millis now) const {
  const Registration state = registration(now);
  return state == Registration::home || state == Registration::roaming;
}

Link Radio::link(Millis now) const {
  if (attached(now)) return Link::up;
  return searches() ? Link::lost : Link::down;
}

Millis Radio::released_at() const {
  return std::max(decided_at(), last_use_) + network_.inactivity;
}

bool Radio::connected(Millis now) const { return attached(now) && now < released_at(); }

bool Radio::asleep(Millis now) const {
  return active_time_ && attached(now) && now >= released_at() + *active_time_;
}

std::optional<Millis> Radio::next_registration(Millis now) const {
  if (!searches() || !hears_a_cell()) return std::nullopt;
  return if_later(decided_at(), now);
}

std::optional<Millis> Radio::next_release(Millis now) const {
  return connected(now) ? if_later(released_at(), now) : std::nullopt;
}

std::optional<Millis> Radio::next_sleep(Millis now) const {
  if (!active_time_ || !attached(now)) return std::nullopt;
  return if_later(released_at() + *active_time_, now);
}

}  // namespace m531x::modem
