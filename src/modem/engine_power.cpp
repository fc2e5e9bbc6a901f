// SPDX-License-Identifier: Apache-2.0
// The engine's power, serial line, radio and owner: boot, restart, a change of the line's settings,
// the simulated network, what the owner asks.
#include "modem/engine.h"

namespace m531x::modem {

at::Profile Engine::stored_profile() const {
  return flash.has_profile ? flash.profile : factory_profile();
}

void Engine::store(const Flash& next) {
  if (next == flash) return;
  flash = next;
  ++flash_version_;
}

// The line's settings are taken back, or take effect.
void Engine::follow_line(Millis now) {
  if (serial.expire(now) == SerialLine::Outcome::taken_back) {
    remark("no command line came in time at the new settings of the serial line: back to the old");
  }
  if (!may_follow_line()) return;
  if (serial.take_effect(now) == SerialLine::Outcome::to_store) store_rate();
  mobile.set_rate(serial.uart().baud);
}

void Engine::prove_line() {
  if (serial.prove() == SerialLine::Outcome::to_store) store_rate();
}

// For power-up, whether the host has a profile of its own there or the factory's.
void Engine::store_rate() {
  Flash next = flash;
  next.baud = dce.profile.rate;
  if (next.has_profile) next.profile.rate = dce.profile.rate;
  store(next);
}

void Engine::follow(Millis now) {
  mobile.follow(now);
  const Link link = mobile.link(now);
  http.follow(link, now);
  inquiry.follow(link, now);
  if (!lwm2m) return;
  lwm2m->follow(link, now);
  if (lwm2m->may_go()) return lwm2m.reset();
  follow_lwm2m();
}

// What the mobile has been told of the client's next time, it forgets with each look of its own.
void Engine::follow_lwm2m() {
  if (!lwm2m) return;
  if (const auto at = lwm2m->next_change()) mobile.follow_at(*at);
}

// Nothing is left but what is kept without power, and what already waits for the host.
void Engine::forget() {
  then_ = Then::go_on;
  executing_ = false;
  owed_.reset();
  input_.clear();
  reports.clear();
  lwm2m.reset();
  mipl_config.bytes.clear();
  line_ = at::CommandLine(input_.pool());
  http.reset();
  inquiry.reset();
  dce.forget_line();
  dce.profile = stored_profile();
  serial.restart();
}

void Engine::boot(ResetCause cause, Millis now) {
  forget();
  ++counters.restarts;
  mobile.boot(cause, true, now);
  follow(now);
}

// The host is told of the connections that end by it, as far as it has room for that.
void Engine::go_down(Millis now) {
  http.follow(Link::down, now);
  if (http.has_reports()) http.report(now);
  if (then_ == Then::restart) return boot(ResetCause::command, now);
  forget();
  mobile.power_off();
}

void Engine::reset(ResetCause cause, Millis now) {
  boot(cause, now);
  advance(now);
}

void Engine::set_coverage(bool coverage, Millis now) {
  mobile.radio.set_coverage(coverage, now);
  mobile.touch();
  advance(now);
}

void Engine::set_signal(const Signal& signal, Millis now) {
  mobile.radio.set_signal(signal);
  advance(now);
}

bool Engine::inject(Bytes text, Millis now) {
  if (mobile.power() != Power::on || reports.size() + text.size() > Modem::kMaxInjectedBytes) {
    return false;
  }
  if (!reports.add(text)) return false;
  ++counters.reports;
  advance(now);
  return true;
}

bool Engine::has_own_reports() const {
  return mobile.has_reports() || inquiry.has_report() || !reports.empty();
}

void Engine::report(Millis now) {
  if (mobile.has_reports()) {
    counters.reports += mobile.report(dce, now);
    follow_lwm2m();
  }
  if (inquiry.has_report() && dce.has_room(Inquiry::kMaxReportBytes)) {
    inquiry.report(dce, now);
    ++counters.reports;
  }
  while (!mobile.has_reports() && !reports.empty() && dce.has_room(reports.front_size())) {
    if (!dce.raw(reports.front())) return;
    reports.pop();
  }
}

bool Engine::reports_are_starved() const {
  return (mobile.has_reports() && !dce.has_memory(Mobile::kMaxReportBytes)) ||
         (inquiry.has_report() && !dce.has_memory(Inquiry::kMaxReportBytes)) ||
         !dce.has_memory(reports.front_size());
}

std::optional<Action> Engine::next_action() {
  auto action = http.next_action();
  if (!action) action = inquiry.next_action();
  if (!action) action = coap_action();
  using Kind = Action::Kind;
  if (action && (action->kind == Kind::connect || action->kind == Kind::resolve)) {
    mobile.radio.use(now_);
    mobile.touch();
  }
  return action;
}

Status Engine::status(Millis now) const {
  const auto& radio = mobile.radio;
  Status status = {.power = mobile.power(),
                   .functionality = radio.functionality(),
                   .coverage = radio.has_coverage(),
                   .registration = radio.registration(now),
                   .attached = radio.attached(now),
                   .connected = radio.connected(now),
                   .asleep = radio.asleep(now),
                   .signal = radio.signal(),
                   .lwm2m = lwm2m ? lwm2m->state() : Lwm2mState::none,
                   .instances = {},
                   .counters = counters};
  for (InstanceId id = 0; id < kMaxInstances; ++id) status.instances[id] = http.state(id);
  return status;
}

}  // namespace m531x::modem
