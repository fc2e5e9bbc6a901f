// SPDX-License-Identifier: Apache-2.0
#include "lib/module.h"

#include <algorithm>
#include <utility>

#include "scenario/fault_room.h"
#include "scenario/fault_table.h"

namespace m531x::lib {
namespace {

// 8 MiB, of which a page costs something when it is first touched: requests of the largest send
// buffer on several instances.
constexpr std::size_t kBlockCount = 16'384;

}  // namespace

Module::Module() : model_(&models().front()), settings_(settings::settings_of(*model_)) {}

const settings::Setting& Module::find(std::string_view key) {
  const settings::Setting* const setting = settings::find_setting(settings::module_table(), key);
  if (setting == nullptr) {
    throw Refusal{M531X_BAD_VALUE, "there is no setting " + std::string(key)};
  }
  return *setting;
}

void Module::set(std::string_view key, std::string_view value) {
  const settings::Setting& setting = find(key);
  auto parsed = settings::parse_value(setting, value);
  if (!parsed) throw Refusal{M531X_BAD_VALUE, settings::complaint_about(setting)};
  require_off();
  if (setting.kind == settings::Setting::Kind::model) {
    const Model& model = models()[static_cast<std::size_t>(std::get<std::int64_t>(*parsed))];
    if (std::exchange(model_, &model) != &model) flash_ = {};  // it is another module
  } else {
    std::erase_if(assignments_, [&](const Assignment& a) { return a.setting == &setting; });
    assignments_.push_back({&setting, *std::move(parsed)});
  }
  settings_ = compose();
}

std::string Module::get(std::string_view key) const {
  return settings::value_of(find(key), settings_);
}

void Module::be_as_hardware() {
  require_off();
  as_hardware_ = true;
  settings_ = compose();
}

// The model decides the defaults, then come those of hardware, then what has been set.
settings::ModuleSettings Module::compose() const {
  settings::ModuleSettings composed = settings::settings_of(*model_);
  if (as_hardware_) settings::be_as_hardware(composed);
  for (const Assignment& assignment : assignments_) {
    assignment.setting->set(composed, assignment.value);
  }
  return composed;
}

void Module::require_off() const {
  require(!bench_, M531X_WRONG_STATE, "the module is on; that is set while it is off");
}

void Module::require_power() const {
  require(bench_ != nullptr, M531X_WRONG_STATE, "the module has no power: m531x_power_on()");
}

void Module::power_on() {
  require(!bench_, M531X_WRONG_STATE, "the module is on already");
  const stand::Readers readers = {.host_at_a_time = host_ready_ ? stand::Readers::kAll : 0,
                                  .most_host_bytes = M531X_HOST_BUFFER_BYTES,
                                  .most_server_bytes = M531X_SERVER_BUFFER_BYTES};
  bench_ = std::make_unique<stand::Bench>(*settings_.model, settings_.modem, kBlockCount,
                                          settings_.conditions, flash_, now_, readers,
                                          std::exchange(received_, {}));
  network_.attach(*bench_);
  settle();
}

void Module::power_off() {
  require(bench_ != nullptr, M531X_WRONG_STATE, "the module is off already");
  flash_ = bench_->modem().flash();
  received_ = std::move(bench_->host_heard());
  network_.detach(now_);
  servers_.hang_up();
  bench_.reset();
}

void Module::reset(ResetCause cause) {
  with_modem([&](sim::Modem& modem) { modem.reset(cause, now_); });
}

std::size_t Module::host_write(Bytes bytes) {
  if (!bench_) return bytes.size();
  const std::size_t room = M531X_HOST_BUFFER_BYTES - bench_->host_bytes_waiting();
  const Bytes taken = bytes.substr(0, room);
  bench_->host_sends(taken);
  settle();
  return taken.size();
}

std::size_t Module::host_read(std::span<char> to) {
  std::string& received = bench_ ? bench_->host_heard() : received_;
  const std::size_t count = std::min(to.size(), received.size());
  std::copy_n(received.begin(), count, to.begin());
  received.erase(0, count);
  if (bench_ && count > 0) {
    bench_->settle();
    settle();
  }
  return count;
}

std::size_t Module::host_available() const {
  return bench_ ? bench_->host_heard().size() : received_.size();
}

void Module::set_host_ready(bool ready) {
  host_ready_ = ready;
  if (!bench_) return;
  bench_->set_host_reads(ready ? stand::Bench::kAll : 0);
  settle();
}

void Module::advance(Millis by) {
  const Millis target = now_ + by;
  while (now_ < target) step(target - now_);
}

bool Module::step(Millis most) {
  const auto moment = next_moment();
  const bool happens = moment && *moment <= now_ + most;
  const Millis to = happens ? std::max(now_, *moment) : now_ + most;
  if (bench_) bench_->advance(to - now_);
  now_ = to;
  settle();
  return happens;
}

std::optional<Millis> Module::next_moment() const {
  if (!bench_) return std::nullopt;
  auto next = bench_->modem().next_deadline();
  const auto answer = servers_.next(now_);
  if (answer && (!next || *answer < *next)) next = answer;
  return next;
}

// Until neither the modem nor a scripted server has anything to do at this moment.
void Module::settle() {
  if (!bench_) return;
  while (network_.observe(servers_, now_) || servers_.act(network_, now_)) {
  }
}

void Module::set_coverage(bool coverage) {
  with_modem([&](sim::Modem& modem) { modem.set_coverage(coverage, now_); });
}

void Module::set_signal(const Signal& signal) {
  with_modem([&](sim::Modem& modem) { modem.set_signal(signal, now_); });
}

void Module::inject(Bytes text) {
  require(text.size() <= M531X_MAX_REPORT_BYTES, M531X_TOO_LONG, "a report has at most 1024 bytes");
  require_power();
  require(bench_->modem().status(now_).power == Power::on, M531X_WRONG_STATE,
          "the module is shut down or boots");
  bool taken = false;
  with_modem([&](sim::Modem& modem) { taken = modem.inject(text, now_); });
  require(taken, M531X_FULL, "too much waits for the host already");
}

std::uint32_t Module::add_fault(std::string_view words) {
  add_faults({scenario::parse_fault(words)});
  return bench_->modem().faults().back().number;
}

void Module::add_faults(const std::vector<sim::Fault>& faults) {
  require_power();
  require(faults.size() <= scenario::room_for_faults(bench_->modem().faults()), M531X_FULL,
          "at most 64 faults are to come");
  with_modem([&](sim::Modem& modem) {
    for (const sim::Fault& fault : faults) static_cast<void>(modem.add(fault, now_));
  });
}

void Module::clear_faults() {
  with_modem([&](sim::Modem& modem) { modem.clear_faults(now_); });
}

std::uint32_t Module::fault_happened(std::uint32_t number) const {
  require_power();
  const auto faults = bench_->modem().faults();
  const auto entry = std::ranges::find(faults, number, &sim::FaultEntry::number);
  require(entry != faults.end(), M531X_BAD_VALUE, "no fault has that number");
  return entry->happened;
}

Status Module::status() const {
  if (bench_) return bench_->modem().status(now_);
  Status status;
  status.signal = kNoSignal;
  return status;
}

}  // namespace m531x::lib
