// SPDX-License-Identifier: Apache-2.0
#include "modem/mobile.h"

#include <algorithm>

#include "modem/format.h"

namespace m531x::modem {
namespace {

using mem::Text;

// AUTOCONNECT, the first flag of +NCONFIG.
constexpr std::uint16_t kAutoconnect = 1;
constexpr std::uint8_t kDeregistered = 2;  // <mode> of +COPS

constexpr Millis kNever = Millis::max();

// GPRS timer 2 (24.008 10.5.7.4): three bits for the unit, five for the count.
std::optional<Millis> timer_of(Bytes bits) {
  if (bits.size() != 8) return std::nullopt;
  std::uint32_t value = 0;
  for (const char bit : bits) value = value << 1 | (bit == '1' ? 1U : 0U);
  constexpr std::int32_t kUnits[] = {2'000, 60'000, 360'000, 60'000, 60'000, 60'000, 60'000, 0};
  const std::int32_t unit = kUnits[value >> 5];
  if (unit == 0) return std::nullopt;
  return Millis(unit * static_cast<std::int32_t>(value & 31));
}

constexpr Bytes name_of(ResetCause cause) {
  switch (cause) {
    case ResetCause::power_on:
      return "SECURITY_PMU_POWER_ON_RESET";
    case ResetCause::watchdog:
      return "APPLICATION_WATCHDOG";
    case ResetCause::pin:
      return "SECURITY_RESET_PIN";
    case ResetCause::command:
      break;
  }
  return "APPLICATION_AT";
}

}  // namespace

void Mobile::boot(ResetCause cause, bool tells, Millis now) {
  cause_ = cause;
  tells_ = tells;
  requests = {};
  if (tells) requests.zone = model_.base.zone_reports;
  if (cause == ResetCause::power_on || cause == ResetCause::pin) {
    clock_offset_ = 0;
    zone_ = settings_.clock.zone;
  }
  boot_text_ = {};
  boot_ends_ = now + settings_.boot.duration;
  power_ = Power::booting;
  radio.power_on(0, true, now);
  touch();
}

void Mobile::power_off() {
  power_ = Power::off;
  radio.power_on(0, true, Millis{0});
  has_reports_ = false;
  boot_text_ = {};
  due_ = kNever;
}

// The boot is over.
void Mobile::begin(Millis now) {
  power_ = Power::on;
  if (tells_) boot_text_ = model_.base.boot_text;
  const bool autoconnects = (flash_.config & kAutoconnect) != 0;
  const std::uint8_t functionality = model_.base.functionality_kept ? flash_.functionality
                                     : autoconnects                 ? 1
                                                                    : 0;
  requests.sleep_locked = flash_.sleep_locked;
  const bool registers = settings_.identity.sim && flash_.operator_mode != kDeregistered;
  radio.power_on(functionality, registers, now);
  told_once_ = 0;
}

void Mobile::begin_registration_reports(std::uint8_t mode, Millis now) {
  if (requests.registration == 0) told_registration_ = radio.registration(now);
  requests.registration = mode;
  touch();
}

void Mobile::begin_connection_reports(bool on, Millis now) {
  if (!requests.connection) told_connected_ = radio.connected(now);
  requests.connection = on;
  touch();
}

void Mobile::begin_sleep_reports(bool on, Millis now) {
  if (!requests.sleep) told_asleep_ = radio.asleep(now);
  requests.sleep = on;
  touch();
}

void Mobile::begin_zone_reports(std::uint8_t mode, Millis now) {
  if (requests.zone == 0 && radio.attached(now)) told_once_ |= kZone;
  requests.zone = mode;
  touch();
}

void Mobile::update_active_time() {
  const PowerSaving saving = power_saving();
  const bool sleeps = saving.on && !requests.sleep_locked && rate_ <= model_.base.max_sleep_baud;
  radio.set_active_time(sleeps ? timer_of(saving.active_time) : std::nullopt);
}

// +NEARFCN and +NBAND may exclude it.
bool Mobile::admits_the_cell() const {
  const Network& network = settings_.network;
  if (requests.earfcn != 0 && requests.earfcn != network.earfcn) return false;
  if (requests.has_pci && requests.pci != network.pci) return false;
  return flash_.bands[0] == 0 ||
         std::ranges::find(flash_.bands, network.band) != flash_.bands.end();
}

Link Mobile::link(Millis now) const {
  const bool is_active = (requests.inactive & 1U << model_.base.default_cid) == 0;
  return is_active ? radio.link(now) : Link::down;
}

void Mobile::follow(Millis now) {
  due_ = kNever;
  if (power_ == Power::off) return;
  if (power_ == Power::booting && now >= boot_ends_) begin(now);
  radio.set_admitted(admits_the_cell(), now);
  update_active_time();
  if (!radio.attached(now)) {
    told_once_ = 0;
    requests.inactive = 0;  // the next attach activates the contexts (27.007 10.1.9)
  }
  has_reports_ = !boot_text_.empty() || registration_is_news(now) || connection_is_news(now) ||
                 sleep_is_news(now) || due_once(now) != told_once_;
  due_ = next_change(now).value_or(kNever);
}

std::optional<Millis> Mobile::next_change(Millis now) const {
  if (due_ <= now) return now;
  if (power_ == Power::booting) return boot_ends_;
  std::optional<Millis> next = radio.next_registration(now);
  const auto consider = [&next](std::optional<Millis> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (requests.connection) consider(radio.next_release(now));
  if (requests.sleep) consider(radio.next_sleep(now));
  return next;
}

bool Mobile::registration_is_news(Millis now) const {
  return requests.registration != 0 && radio.registration(now) != told_registration_;
}

bool Mobile::connection_is_news(Millis now) const {
  return requests.connection && radio.connected(now) != told_connected_;
}

bool Mobile::sleep_is_news(Millis now) const {
  return requests.sleep && radio.asleep(now) != told_asleep_;
}

// Which of the reports that are made once for each registration have to have been made by now.
std::uint8_t Mobile::due_once(Millis now) const {
  if (!radio.attached(now)) return 0;
  std::uint8_t due = told_once_;
  if (tells_ && model_.base.address_report) due |= kAddress;
  if (requests.zone != 0) due |= kZone;
  if (flash_.edrx.mode == 2) due |= kEdrx;
  return due;
}

std::uint32_t Mobile::report(at::Dce& dce, Millis now) {
  reported_ = 0;
  const auto may = [&dce] { return dce.has_room(kMaxReportBytes); };
  if (!tell_boot(dce)) return reported_;
  if (registration_is_news(now) && may()) {
    Text value;
    add_registration(value, now);
    tell(dce, "+CEREG", value);
    told_registration_ = radio.registration(now);
  }
  if (connection_is_news(now) && may()) {
    told_connected_ = radio.connected(now);
    tell(dce, "+CSCON", told_connected_ ? "1" : "0");
  }
  const auto owed = static_cast<std::uint8_t>(due_once(now) & ~told_once_);
  if ((owed & kAddress) != 0 && may()) {
    tell(dce, "+IP", settings_.network.address);
    told_once_ |= kAddress;
  }
  if ((owed & kZone) != 0 && may()) tell_zone(dce, now);
  if ((owed & kEdrx) != 0 && may()) tell_edrx(dce);
  if (sleep_is_news(now) && may()) {
    told_asleep_ = radio.asleep(now);
    tell(dce, "+NPSMR", told_asleep_ ? "1" : "0");
  }
  touch();
  follow(now);
  return reported_;
}

// Whoever tells has made sure that there is room.
void Mobile::tell(at::Dce& dce, Bytes name, Bytes value) {
  static_cast<void>(dce.report(name, value));
  ++reported_;
}

// False: some of it has to wait.
bool Mobile::tell_boot(at::Dce& dce) {
  while (!boot_text_.empty()) {
    if (!dce.has_room(kMaxReportBytes)) return false;
    Text line;
    std::size_t at = 0;
    for (; at < boot_text_.size() && boot_text_[at] != '\n'; ++at) {
      const char byte = boot_text_[at];
      switch (byte) {
        case '@':
          line.add(name_of(cause_));
          break;
        case '#':
          line.add(settings_.identity.model);
          break;
        case '%':
          line.add(std::uint32_t{radio.functionality()});
          break;
        case '!':
          line.add(settings_.identity.sim ? "READY" : "NOT INSERTED");
          break;
        case '~':
          line.add(dce.space());
          break;
        default:
          line.add(byte);
      }
    }
    boot_text_ = mem::after(boot_text_, at + 1);
    static_cast<void>(dce.report(line));
    ++reported_;
  }
  return true;
}

void Mobile::tell_zone(at::Dce& dce, Millis now) {
  constexpr Bytes kNames[] = {"", "+CTZV", "+CTZE", "+CTZEU"};
  constexpr std::int64_t kQuarterSeconds = 900;
  Text value;
  add_zone(value, zone_);
  if (requests.zone > 1) {
    const std::int64_t local = requests.zone == 2 ? zone_ * kQuarterSeconds : 0;
    value.add(",0,\"");
    add_date(value, date_of(time(now) + local), 4);
    value.add('"');
  }
  tell(dce, kNames[requests.zone], value);
  told_once_ |= kZone;
}

void Mobile::tell_edrx(at::Dce& dce) {
  const Edrx granted = edrx();
  Text value;
  value.add(kEdrxAccessTechnology).add(',');
  add_string(value, flash_.edrx.cycle);
  value.add(',');
  add_string(value, granted.cycle);
  value.add(',');
  add_string(value, granted.window);
  tell(dce, "+CEDRXP", value);
  told_once_ |= kEdrx;
}

std::int64_t Mobile::time(Millis now) const {
  return settings_.clock.start + clock_offset_ + (now - made_).count() / 1000;
}

void Mobile::set_time(std::int64_t seconds, std::int8_t zone, Millis now) {
  clock_offset_ += seconds - time(now);
  zone_ = zone;
}

void Mobile::add_registration(Text& text, Millis now) const {
  const std::uint8_t mode = requests.registration;
  const Registration state = radio.registration(now);
  const Network& network = settings_.network;
  text.add(static_cast<std::uint32_t>(state));
  if (mode >= 2 && radio.attached(now)) {
    text.add(',');
    add_string(text, Text().add_hex(network.tac, 4));
    text.add(',');
    add_string(text, Text().add_hex(network.cell_id, 8));
    text.add(',').add(std::uint32_t{network.access_technology});
    if (mode < 4) return;
    const PowerSaving saving = power_saving();
    text.add(",,,");
    if (saving.on) add_string(text, saving.active_time);
    text.add(',');
    if (saving.on) add_string(text, saving.tau);
  } else if ((mode == 3 || mode == 5) && state == Registration::denied) {
    text.add(",,,,0,15");  // an EMM cause: no suitable cells in the tracking area
  }
}

void Mobile::add_string(Text& text, Bytes string) const {
  const Bytes quote = model_.base.quotes ? "\"" : "";
  text.add(quote).add(string).add(quote);
}

PowerSaving Mobile::power_saving() const {
  const Network& network = settings_.network;
  PowerSaving saving = flash_.power_saving;
  if (!network.granted_tau.empty()) saving.tau = network.granted_tau;
  if (!network.granted_active_time.empty()) saving.active_time = network.granted_active_time;
  return saving;
}

Edrx Mobile::edrx() const {
  Edrx granted = flash_.edrx;
  if (!settings_.network.granted_edrx.empty()) granted.cycle = settings_.network.granted_edrx;
  return granted;
}

}  // namespace m531x::modem
