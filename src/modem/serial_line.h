// SPDX-License-Identifier: Apache-2.0
// When a change of the serial line's settings takes effect, and how one of +NATSPEED's is taken
// back. What the settings are stands in the profile; here is what the line has now.
#pragma once

#include "m531x/bytes.h"
#include "m531x/uart.h"

namespace m531x::modem {

class SerialLine {
 public:
  // The line has what `profile`, which must outlive it, asks for.
  explicit SerialLine(Profile& profile) : profile_(profile), uart_(uart_of(profile)) {}

  // What a host has to prove that it can still be heard: a command line within `timeout` of the
  // moment when the change takes effect. 0 = it need not.
  struct Trial {
    Millis timeout{0};
    bool stores = false;  // the rate is to be kept without power once that is so
  };

  // What the line has now.
  [[nodiscard]] const Uart& uart() const { return uart_; }
  // `profile` with the line's settings that a host can rely on: those before a trial while it
  // lasts.
  [[nodiscard]] Profile proven(Profile profile) const;
  // <sync_mode> of +NATSPEED; it has no effect.
  [[nodiscard]] std::uint8_t sync() const { return sync_; }
  void set_sync(std::uint8_t sync) { sync_ = sync; }

  // The profile has changed: the line follows when nothing waits for the host any more.
  void change() { state_ = State::changing; }
  // The same, on trial: to be called before the profile changes.
  void begin_trial(Trial trial);
  // After a restart: no trial, and a change of the profile.
  void restart();

  [[nodiscard]] bool steady() const { return state_ == State::steady; }
  // A change waits until the host has taken what there is at the old settings.
  [[nodiscard]] bool changing() const { return state_ == State::changing; }
  // A change that took effect waits for its proof, until a moment.
  [[nodiscard]] bool on_trial() const { return state_ == State::trial; }
  [[nodiscard]] Millis trial_ends() const { return trial_ends_; }

  // What has become of a change.
  enum class Outcome : std::uint8_t { none, to_store, taken_back };
  // The proof did not come in time: the profile is as before the trial, and the line follows.
  Outcome expire(Millis now);
  // Nothing waits for the host: the line gets what the profile asks for.
  Outcome take_effect(Millis now);
  // The host is heard: a trial ends well.
  Outcome prove();

 private:
  enum class State : std::uint8_t { steady, changing, trial };
  static constexpr std::uint8_t kDefaultSync = 2;

  struct Settings {
    std::uint32_t rate;
    std::array<std::uint8_t, 2> flow_control;
    std::array<std::uint8_t, 2> framing;
    std::uint8_t sync;
  };

  Profile& profile_;
  Uart uart_;
  State state_ = State::steady;
  std::uint8_t sync_ = kDefaultSync;
  bool tries_ = false;  // `trial_` holds, `before_` is what to go back to
  Trial trial_;
  Settings before_{};
  Millis trial_ends_{0};
};

}  // namespace m531x::modem
