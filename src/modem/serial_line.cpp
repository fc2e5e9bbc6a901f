// SPDX-License-Identifier: Apache-2.0
#include "modem/serial_line.h"

#include <utility>

namespace m531x {
namespace {

struct Format {
  std::uint8_t data_bits;
  std::uint8_t stop_bits;
  bool has_parity;
};

// By <format> of +ICF (V.250 6.2.11).
constexpr auto kFormats = std::to_array<Format>({
    {8, 1, false},
    {8, 2, false},
    {8, 1, true},
    {8, 1, false},
    {7, 2, false},
    {7, 1, true},
    {7, 1, false},
    {8, 2, true},
});
static_assert(kFormats.size() == kParityAnd2StopBits + 1);

// By <parity> of +ICF.
constexpr auto kParities =
    std::to_array<Parity>({Parity::odd, Parity::even, Parity::mark, Parity::space});

}  // namespace

Uart uart_of(const Profile& profile) {
  const Format format = kFormats[profile.framing[0] % kFormats.size()];
  return {
      .baud = profile.rate,
      .data_bits = format.data_bits,
      .stop_bits = format.stop_bits,
      .parity = format.has_parity ? kParities[profile.framing[1] % kParities.size()] : Parity::none,
      .to_host = static_cast<Flow>(profile.flow_control[0]),
      .from_host = static_cast<Flow>(profile.flow_control[1])};
}

}  // namespace m531x

namespace m531x::modem {

// A second change before the first one has taken effect: the way back is that of the first.
void SerialLine::begin_trial(Trial trial) {
  if (!tries_) before_ = {profile_.rate, profile_.flow_control, profile_.framing, sync_};
  trial_ = trial;
  tries_ = true;
  change();
}

Profile SerialLine::proven(Profile profile) const {
  if (!tries_) return profile;
  profile.rate = before_.rate;
  profile.flow_control = before_.flow_control;
  profile.framing = before_.framing;
  return profile;
}

void SerialLine::restart() {
  tries_ = false;
  sync_ = kDefaultSync;
  change();
}

SerialLine::Outcome SerialLine::expire(Millis now) {
  if (!on_trial() || now < trial_ends_) return Outcome::none;
  profile_.rate = before_.rate;
  profile_.flow_control = before_.flow_control;
  profile_.framing = before_.framing;
  sync_ = before_.sync;
  tries_ = false;
  change();
  return Outcome::taken_back;
}

SerialLine::Outcome SerialLine::take_effect(Millis now) {
  if (!changing()) return Outcome::none;
  uart_ = uart_of(profile_);
  if (!tries_ || trial_.timeout == Millis{0}) return prove();
  state_ = State::trial;
  trial_ends_ = now + trial_.timeout;
  return Outcome::none;
}

SerialLine::Outcome SerialLine::prove() {
  state_ = State::steady;
  return std::exchange(tries_, false) && trial_.stores ? Outcome::to_store : Outcome::none;
}

}  // namespace m531x::modem
