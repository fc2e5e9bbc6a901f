// SPDX-License-Identifier: Apache-2.0
// The module beside its HTTP client: power, the radio, the clock, and what the host is told of them
// (27.007). A report says what is: when several changes wait for the line, the last one is told.
#pragma once

#include "at/dce.h"
#include "m531x/flash.h"
#include "m531x/model.h"
#include "m531x/status.h"
#include "mem/text.h"
#include "modem/radio.h"

namespace m531x::modem {

class Mobile {
 public:
  // All arguments must outlive it. It is off.
  Mobile(const Model& model, const Settings& settings, const Flash& flash, Millis made)
      : radio(settings.network), model_(model), settings_(settings), flash_(flash), made_(made) {}

  Radio radio;
  // What the host asks to be told of, and the like; as new after a restart.
  struct Requests {
    std::uint8_t registration = 0;   // +CEREG
    std::uint8_t zone = 0;           // +CTZR
    bool connection = false;         // +CSCON
    bool sleep = false;              // +NPSMR
    bool sleep_locked = false;       // +SM
    bool names_operator = false;     // +COPS=3,0
    std::uint8_t character_set = 0;  // +CSCS, a place in the list of its names
    std::uint32_t inactive = 0;      // +CGACT=0, a bit set of context ids
    std::uint32_t earfcn = 0;        // +NEARFCN, 0 = any cell
    std::uint16_t pci = 0;
    bool has_pci = false;
  };
  static constexpr std::uint32_t kMaxContextId = 10;
  Requests requests;

  // Switched on, or restarted. What the module says unasked is said if `tells`.
  void boot(ResetCause cause, bool tells, Millis now);
  void power_off();
  // The rate of the serial line: a model may not sleep above one.
  void set_rate(std::uint32_t baud) {
    rate_ = baud;
    touch();
  }
  [[nodiscard]] Power power() const { return power_; }

  // A call or a command has changed something; follow() is due.
  void touch() { due_ = Millis{0}; }
  // It is due no later than at this time, for what follows the same moments.
  void follow_at(Millis at) { due_ = std::min(due_, at); }
  [[nodiscard]] bool is_due(Millis now) const { return now >= due_; }
  // Finds out what has changed up to now, and when something will.
  void follow(Millis now);
  [[nodiscard]] std::optional<Millis> next_change(Millis now) const;
  // What its default context can reach.
  [[nodiscard]] Link link(Millis now) const;

  static constexpr std::uint32_t kMaxReportBytes = 96;
  // Reports that wait for the line.
  [[nodiscard]] bool has_reports() const { return has_reports_; }
  // Queues them as far as there is room; to be called while a report may start. Returns how many.
  std::uint32_t report(at::Dce& dce, Millis now);
  // The host begins to ask to be told: only changes from here on are.
  void begin_registration_reports(std::uint8_t mode, Millis now);
  void begin_connection_reports(bool on, Millis now);
  void begin_sleep_reports(bool on, Millis now);
  void begin_zone_reports(std::uint8_t mode, Millis now);

  // Seconds since 1970, UTC; and the zone in quarters of an hour.
  [[nodiscard]] std::int64_t time(Millis now) const;
  void set_time(std::int64_t seconds, std::int8_t zone, Millis now);
  [[nodiscard]] std::int8_t zone() const { return zone_; }

  // `<stat>[,<tac>,<ci>,<AcT>[...]]` of +CEREG in its mode.
  void add_registration(mem::Text& text, Millis now) const;
  // A string as the model writes it: in quotes or not.
  void add_string(mem::Text& text, Bytes string) const;
  // What the network grants of what the host asks for; empty times = the network decides nothing.
  [[nodiscard]] PowerSaving power_saving() const;
  [[nodiscard]] Edrx edrx() const;

 private:
  // What has been told since the registration, as a bit set.
  static constexpr std::uint8_t kAddress = 1;
  static constexpr std::uint8_t kZone = 2;
  static constexpr std::uint8_t kEdrx = 4;

  void begin(Millis now);
  void update_active_time();
  [[nodiscard]] bool admits_the_cell() const;
  void tell(at::Dce& dce, Bytes name, Bytes value);
  void tell_zone(at::Dce& dce, Millis now);
  void tell_edrx(at::Dce& dce);
  bool tell_boot(at::Dce& dce);
  [[nodiscard]] std::uint8_t due_once(Millis now) const;
  [[nodiscard]] bool registration_is_news(Millis now) const;
  [[nodiscard]] bool connection_is_news(Millis now) const;
  [[nodiscard]] bool sleep_is_news(Millis now) const;

  const Model& model_;
  const Settings& settings_;
  const Flash& flash_;
  Power power_ = Power::off;
  std::uint32_t rate_ = 0;
  ResetCause cause_ = ResetCause::power_on;
  bool tells_ = false;
  bool has_reports_ = false;
  Bytes boot_text_;    // what of the model's is still to be told
  const Millis made_;  // the moment of Clock::start
  Millis boot_ends_{0};
  Millis due_{0};
  std::uint32_t reported_ = 0;  // by the current call of report()
  Registration told_registration_ = Registration::none;
  bool told_connected_ = false;
  bool told_asleep_ = false;
  std::uint8_t told_once_ = 0;
  std::int64_t clock_offset_ = 0;
  std::int8_t zone_ = 0;
};

}  // namespace m531x::modem
