// SPDX-License-Identifier: Apache-2.0
// What stands in the place of a part that is left out: empty, or at rest, and that in the
// compiler's sight, so that all that would follow from it is left out, too. Each has what the
// engine calls.
#pragma once

#include <optional>

#include "at/dce.h"
#include "m531x/action.h"
#include "m531x/flash.h"
#include "m531x/model.h"
#include "m531x/pool.h"
#include "m531x/status.h"
#include "modem/radio.h"
#include "modem/serial_line.h"

namespace m531x::modem {

// For Notes: nobody reads remarks.
class NoNotes {
 public:
  void add(const Note&) {}
  std::optional<Note> take() { return std::nullopt; }
};

// For the box of the LwM2M client.
template <typename T>
class NoBox {
 public:
  explicit constexpr operator bool() const { return false; }
  T* operator->() const { return nullptr; }
  void reset() {}
};

// For Mobile: the module is on, and registered at home wherever there is coverage.
class AttachedMobile {
 public:
  AttachedMobile(const Model&, const Settings& settings, const Flash&, Millis)
      : radio(settings.network) {}

  class Radio {
   public:
    explicit Radio(const Network& network) : coverage_(network.coverage), signal_(network.signal) {}

    void set_coverage(bool coverage, Millis) { coverage_ = coverage; }
    void set_signal(const Signal& signal) { signal_ = signal; }
    void use(Millis) {}
    [[nodiscard]] std::uint8_t functionality() const { return 1; }
    [[nodiscard]] bool has_coverage() const { return coverage_; }
    [[nodiscard]] Signal signal() const { return coverage_ ? signal_ : kNoSignal; }
    [[nodiscard]] Registration registration(Millis) const {
      return coverage_ ? Registration::home : Registration::searching;
    }
    [[nodiscard]] bool attached(Millis) const { return coverage_; }
    [[nodiscard]] bool connected(Millis) const { return coverage_; }
    [[nodiscard]] bool asleep(Millis) const { return false; }

   private:
    bool coverage_;
    Signal signal_;
  };
  Radio radio;

  void boot(ResetCause, bool, Millis) {}
  void power_off() {}
  void set_rate(std::uint32_t) {}
  [[nodiscard]] Power power() const { return Power::on; }
  void touch() { is_due_ = true; }
  void follow_at(Millis) {}
  [[nodiscard]] bool is_due(Millis) const { return is_due_; }
  void follow(Millis) { is_due_ = false; }
  [[nodiscard]] std::optional<Millis> next_change(Millis) const { return std::nullopt; }
  [[nodiscard]] Link link(Millis) const { return radio.has_coverage() ? Link::up : Link::lost; }
  static constexpr std::uint32_t kMaxReportBytes = 0;
  [[nodiscard]] bool has_reports() const { return false; }
  std::uint32_t report(at::Dce&, Millis) { return 0; }

 private:
  bool is_due_ = true;
};

// For Inquiry: nobody asks.
class NoInquiry {
 public:
  NoInquiry(const Settings&, BlockPool&) {}

  void resolved(Bytes, Millis) {}
  void follow(Link, Millis) {}
  void reset() {}
  std::optional<Action> next_action() { return std::nullopt; }
  [[nodiscard]] std::optional<Millis> next_change() const { return std::nullopt; }
  [[nodiscard]] bool is_due(Millis) const { return false; }
  [[nodiscard]] bool is_open() const { return false; }
  [[nodiscard]] bool has_report() const { return false; }
  static constexpr std::uint32_t kMaxReportBytes = 0;
  void report(at::Dce&, Millis) {}
};

// For SerialLine: the line is as it was made.
class FixedLine {
 public:
  using Outcome = SerialLine::Outcome;

  explicit FixedLine(const Profile& profile) : profile_(profile) {}

  [[nodiscard]] Uart uart() const { return uart_of(profile_); }
  [[nodiscard]] Profile proven(const Profile& profile) const { return profile; }
  void change() {}
  void restart() {}
  [[nodiscard]] bool steady() const { return true; }
  [[nodiscard]] bool changing() const { return false; }
  [[nodiscard]] bool on_trial() const { return false; }
  [[nodiscard]] Millis trial_ends() const { return Millis::max(); }
  Outcome expire(Millis) { return Outcome::none; }
  Outcome take_effect(Millis) { return Outcome::none; }
  Outcome prove() { return Outcome::none; }

 private:
  const Profile& profile_;
};

}  // namespace m531x::modem
