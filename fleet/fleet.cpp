// SPDX-License-Identifier: Apache-2.0
#include "fleet/fleet.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "fleet/variables.h"
#include "port/process_limits.h"
#include "sim/chance.h"

namespace m531x::fleet {
namespace {

// So often is looked whether a host has waited long enough.
constexpr Micros kLook{100'000};
constexpr Micros kSampling{1'000'000};
constexpr Micros kSecond{1'000'000};
// So many alarms ring before the rest of the loop has its turn.
constexpr int kRingsPerTurn = 256;
constexpr int kPowerOnsPerTurn = 32;
// From the seed of one cycle to that of the next; far more than there are modems.
constexpr std::uint64_t kCycleStep = 0x85eb'ca6b;

}  // namespace

Micros Plan::think_time(std::size_t modem, std::uint64_t cycle) const {
  sim::Chance chance(static_cast<std::uint32_t>(seed + modem + cycle * kCycleStep));
  const auto range = static_cast<std::uint32_t>((think_most - think_least).count());
  return think_least + Micros(chance.up_to(range));
}

Fleet::Fleet(port::EventLoop& loop, settings::ModuleSettings settings, BlockPool& pool,
             port::TlsTrust* tls, port::NetOptions net, Plan plan, Script script,
             std::function<void()> over)
    : loop_(loop),
      settings_(std::move(settings)),
      pool_(pool),
      tls_(tls),
      net_(std::move(net)),
      plan_(std::move(plan)),
      script_(std::move(script)),
      over_(std::move(over)),
      alarm_(loop.context()),
      power_(loop.context()),
      clock_(loop.context()),
      end_(loop.context()) {
  hosts_.reserve(plan_.modem_count);
}

Fleet::~Fleet() {
  for (const auto& host : hosts_) host->stop();
}

void Fleet::start() {
  began_ = now();
  next_slot_ = began_;
  tally_.sample(sample());
  power_on();
  look_at_clocks();
  if (!plan_.duration) return;
  end_.expires_after(*plan_.duration);
  end_.async_wait([this](boost::system::error_code error) {
    if (!error) finish();
  });
}

// Those whose time has come, and then the next one.
void Fleet::power_on() {
  for (int i = 0; i < kPowerOnsPerTurn && hosts_.size() < plan_.modem_count; ++i) {
    const std::size_t number = hosts_.size();
    const Micros due = began_ + plan_.ramp_up * static_cast<Micros::rep>(number) /
                                    static_cast<Micros::rep>(plan_.modem_count);
    if (due > now()) {
      power_.expires_after(due - now());
      break;
    }
    power_.expires_after(Micros(0));
    Settings settings = settings_.modem;
    settings.identity = identity_of(settings_.modem.identity, number);
    sim::Conditions conditions = settings_.conditions;
    conditions.seed += static_cast<std::uint32_t>(number);
    hosts_.push_back(std::make_unique<Host>(*this, number));
    hosts_.back()->set_patience(plan_.patience);
    hosts_.back()->start(
        loop_,
        std::make_shared<port::Driver>(
            loop_, *settings_.model, settings, pool_,
            port::Lent{.observer = hosts_.back().get(), .tls = tls_, .net = &net_}, conditions));
  }
  if (hosts_.size() == plan_.modem_count) return;
  power_.async_wait([this](boost::system::error_code error) {
    if (!error && !finishing_) power_on();
  });
}

void Fleet::finish() {
  if (std::exchange(finishing_, true)) return;
  power_.cancel();
  for (const auto& host : hosts_) host->finish();
  if (done_count_ == hosts_.size()) return end();
  end_.expires_after(kGrace);
  end_.async_wait([this](boost::system::error_code error) {
    if (!error) end();
  });
}

void Fleet::cut_off() {
  for (const auto& host : hosts_) host->cut_off();
}

void Fleet::end() {
  if (std::exchange(ended_, true)) return;
  tally_.sample(sample());
  for (auto* const timer : {&alarm_, &power_, &clock_, &end_}) timer->cancel();
  boost::asio::post(loop_.context(), [over = std::move(over_)] { over(); });
}

Sample Fleet::sample() const {
  return {.time = elapsed(),
          .cycles = tally_.cycles,
          .errors = tally_.error_count(),
          .modems = tally_.modems,
          .connections = tally_.connections,
          .descriptors = port::descriptors_in_use(),
          .resident_bytes = port::resident_bytes()};
}

std::string Fleet::expanded(const Host& host, std::string_view text) const {
  const Identity identity = identity_of(settings_.modem.identity, host.number());
  return expand(
      text,
      {.identity = identity, .number = host.number(), .server = plan_.server, .path = plan_.path});
}

void Fleet::call_at(Micros time, Host& host) {
  alarms_.push({time, static_cast<std::uint32_t>(host.number())});
  arm();
}

void Fleet::arm() {
  if (alarms_.empty() || ended_) return;
  const Micros time = alarms_.top().time;
  if (armed_for_ && *armed_for_ <= time) return;
  armed_for_ = time;
  alarm_.expires_after(std::max(time - now(), Micros(0)));
  alarm_.async_wait([this](boost::system::error_code error) {
    if (error || ended_) return;
    armed_for_.reset();
    ring();
  });
}

void Fleet::ring() {
  const Micros until = now();
  for (int i = 0; i < kRingsPerTurn && !alarms_.empty() && alarms_.top().time <= until; ++i) {
    Host& host = *hosts_[alarms_.top().host];
    alarms_.pop();
    host.go_on();
  }
  arm();
}

std::optional<Micros> Fleet::next_cycle(Host& host, bool after) {
  if (finishing_ || (plan_.cycles && host.begun_count >= *plan_.cycles)) return std::nullopt;
  Micros time = now();
  if (after) time += plan_.think_time(host.number(), host.begun_count);
  if (plan_.rate <= 0) return time;
  next_slot_ = std::max(next_slot_, now());
  const Micros slot = next_slot_;
  next_slot_ += Micros(static_cast<Micros::rep>(static_cast<double>(kSecond.count()) / plan_.rate));
  return std::max(time, slot);
}

void Fleet::done(Host&) {
  ++done_count_;
  if (done_count_ < hosts_.size()) return;
  if (finishing_ || hosts_.size() == plan_.modem_count) end();
}

void Fleet::look_at_clocks() {
  const Micros time = now();
  for (const auto& host : hosts_) host->look_at_clock(time);
  if (time - last_sample_ >= kSampling) {
    last_sample_ = time;
    tally_.sample(sample());
  }
  clock_.expires_after(kLook);
  clock_.async_wait([this](boost::system::error_code error) {
    if (!error && !ended_) look_at_clocks();
  });
}

}  // namespace m531x::fleet
