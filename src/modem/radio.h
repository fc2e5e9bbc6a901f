// SPDX-License-Identifier: Apache-2.0
// The simulated SIM and network as a value: whether the module is registered, has a signalling
// connection, sleeps. Everything follows from a few moments and the time that is asked about, so
// that nothing has to be done when it changes.
#pragma once

#include <optional>

#include "m531x/network.h"

namespace m531x::modem {

// What the module can reach. `lost`: it is still attached, but nothing passes.
enum class Link : std::uint8_t { down, lost, up };

class Radio {
 public:
  // `network` must outlive it. It is off.
  explicit Radio(const Network& network)
      : network_(network), coverage_(network.coverage), signal_(network.signal) {}

  // <fun> of +CFUN; only 1 has a radio. With `wanted` off it does not register by itself (+COPS=2).
  void power_on(std::uint8_t functionality, bool wanted, Millis now);
  void set_functionality(std::uint8_t functionality, Millis now);
  // +CGATT, +COPS: registered again, or deregistered and not searching.
  void attach(Millis now);
  void detach() { wanted_ = false; }
  void set_coverage(bool coverage, Millis now);
  // Whether the one cell is among those that the module looks for.
  void set_admitted(bool admitted, Millis now);
  void set_signal(const Signal& signal) { signal_ = signal; }
  // Data passes: the signalling connection is needed.
  void use(Millis now) { last_use_ = now; }
  // The time of inactivity after which it sleeps (T3324); nullopt = it never does.
  void set_active_time(std::optional<Millis> time) { active_time_ = time; }

  [[nodiscard]] std::uint8_t functionality() const { return functionality_; }
  [[nodiscard]] bool has_coverage() const { return coverage_; }
  [[nodiscard]] bool hears_a_cell() const;
  [[nodiscard]] Signal signal() const;
  [[nodiscard]] Registration registration(Millis now) const;
  [[nodiscard]] bool attached(Millis now) const;
  [[nodiscard]] Link link(Millis now) const;
  [[nodiscard]] bool connected(Millis now) const;
  [[nodiscard]] bool asleep(Millis now) const;
  // The next moment, later than `now`, at which one of these becomes another by itself.
  [[nodiscard]] std::optional<Millis> next_registration(Millis now) const;
  [[nodiscard]] std::optional<Millis> next_release(Millis now) const;
  [[nodiscard]] std::optional<Millis> next_sleep(Millis now) const;

 private:
  [[nodiscard]] bool searches() const;
  [[nodiscard]] Millis decided_at() const { return search_began_ + network_.registration_delay; }
  [[nodiscard]] Millis released_at() const;

  const Network& network_;
  std::uint8_t functionality_ = 0;
  bool wanted_ = true;
  bool coverage_;
  bool admitted_ = true;
  Signal signal_;
  Millis search_began_{0};
  Millis last_use_{0};
  std::optional<Millis> active_time_;
};

}  // namespace m531x::modem
