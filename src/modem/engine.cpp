// SPDX-License-Identifier: Apache-2.0
#include "modem/engine.h"

#include <algorithm>
#include <cstring>

#include "mem/text.h"

namespace m531x::modem {
namespace {

using at::Final;

// What the host may send at once, and how often to look again for a block of memory.
constexpr std::size_t kDteWindowBytes = 4096;
constexpr Millis kMemoryRetry{10};

}  // namespace

Engine::Engine(const Model& model_row, const Settings& chosen, BlockPool& pool, const Flash& kept,
               Millis now)
    : model(model_row),
      settings(chosen),
      flash(kept),
      dce(pool, stored_profile(), chosen.variant.space_after_colon, chosen.limits.dte_queue_bytes),
      serial(dce.profile),
      http(model_row, settings, pool, dce, notes, counters),
      mobile(model_row, settings, flash, now),
      inquiry(settings, pool),
      reports(pool),
      mipl_config(pool),
      line_(pool),
      input_(pool),
      max_line_bytes_(std::min<std::uint32_t>(
          chosen.limits.line_bytes,
          static_cast<std::uint32_t>(std::max(pool.scratch().size(), Block::kCapacity)))),
      now_(now),
      last_input_(now) {
  mobile.set_rate(serial.uart().baud);
  mobile.boot(ResetCause::power_on, settings.boot.text, now_);
  advance(now_);
}

at::Profile Engine::factory_profile() const {
  at::Profile profile;
  profile.echo = settings.variant.echo;
  profile.rate = flash.baud != 0 ? flash.baud : settings.baud;
  return profile;
}

void Engine::dte_received(Bytes bytes, Millis now) {
  now_ = last_input_ = now;
  if (mobile.power() != Power::on) [[unlikely]]
    return advance(now);  // deaf
  if (input_.empty()) read_input(bytes);
  if (!bytes.empty() && !input_.append(bytes)) {
    remark("no memory left for what the host sends; bytes were lost");
  }
  if (is_busy() || !input_.empty() || http.has_reports() || has_own_reports()) advance(now);
}

void Engine::remark(std::string_view words) { notes.add({Note::kNoInstance, 0, words}); }

void Engine::dte_sent(std::size_t bytes, Millis now) {
  dce.sent(static_cast<std::uint32_t>(bytes));
  advance(now);
}

// The lines in it may take memory while they are executed, and what is behind them is then to be
// kept. With little memory left, only so much that nothing of it can be left over.
std::size_t Engine::dte_window() const {
  if (is_busy() || !input_.empty()) return 0;
  const std::size_t memory = dce.output().pool().free_count(Use::storage) * Block::kCapacity;
  return memory >= 8 * kDteWindowBytes ? kDteWindowBytes : 1;
}

void Engine::net_opened(ConnId conn, Millis now) {
  mobile.radio.use(now);
  http.opened(conn, now);
  advance(now);
}

void Engine::net_received(ConnId conn, Bytes bytes, Millis now) {
  mobile.radio.use(now);
  http.received(conn, bytes, reports_may_start() && !has_own_reports(), now);
  advance(now);
  if (http.store_fresh()) advance(now);
}

std::size_t Engine::net_received(ConnId conn, Bytes bytes, std::span<char> host_room, Millis now) {
  std::span<char> left = host_room;
  dce.lend(&left);
  net_received(conn, bytes, now);
  dce.lend(nullptr);
  return host_room.size() - left.size();
}

void Engine::net_closed(ConnId conn, Cause why, Millis now) {
  http.closed(conn, why, now);
  advance(now);
}

void Engine::net_sent(ConnId conn, std::size_t bytes, Millis now) {
  mobile.radio.use(now);
  http.sent(conn, bytes, now);
  advance(now);
}

void Engine::net_resolved(Bytes address, Millis now) {
  inquiry.resolved(address, now);
  advance(now);
}

void Engine::net_checked(bool good, Millis now) {
  now_ = now;
  if (!http.is_checking()) return;
  const Final result = http.checked(good, now);
  if (result != Final::ok) end_line(result);
  advance(now);
}

void Engine::tick(Millis now) {
  http.expire(now);
  advance(now);
}

std::optional<Millis> Engine::next_deadline() const {
  std::optional<Millis> next = http.next_deadline(now_);
  const auto consider = [&next](Millis at) {
    if (!next || at < *next) next = at;
  };
  const Millis guard_ends = last_input_ + settings.urc_guard;
  const bool has_reports = http.has_reports() || has_own_reports();
  if (has_reports && line_.partly_typed() && guard_ends > now_) consider(guard_ends);
  if (owed_ || !dce.has_memory(1) || http.is_starved() || reports_are_starved()) {
    consider(now_ + kMemoryRetry);
  }
  if (const auto at = mobile.next_change(now_)) consider(*at);
  if (const auto at = inquiry.next_change()) consider(*at);
  if (lwm2m) [[unlikely]] {
    if (const auto at = lwm2m->next_change()) consider(std::max(now_, *at));
  }
  if (serial.on_trial()) consider(serial.trial_ends());
  if (serial.changing() && may_follow_line()) consider(now_);
  return next;
}

bool Engine::has_work() const {
  return !dce.output().empty() || executing_ || owed_ || then_ != Then::go_on || !input_.empty() ||
         http.has_work() || http.has_reports() || inquiry.is_open() || has_own_reports() ||
         (lwm2m && lwm2m->has_work());
}

// Goes on with everything that may go on. Answers come before reports.
void Engine::advance(Millis now) {
  now_ = now;
  if (owed_ && dce.final(*owed_)) owed_.reset();
  if (executing_ && !owed_ && !http.is_checking() && dce.has_room(1)) run_line();
  while (!input_.empty() && !is_busy()) {
    const Bytes front = input_.view().front();
    Bytes rest = front;
    read_input(rest);
    input_.consume(static_cast<std::uint32_t>(front.size() - rest.size()));
  }
  if (then_ != Then::go_on && !owed_ && !executing_) [[unlikely]]
    go_down(now);
  if (!serial.steady()) [[unlikely]]
    follow_line(now);
  if (mobile.is_due(now) || inquiry.is_due(now)) [[unlikely]]
    follow(now);
  if (http.has_reports() && reports_may_start()) http.report(now);
  if (has_own_reports() && reports_may_start()) [[unlikely]]
    report(now);
}

// A line is not read before the last one is answered and the host has taken enough of the answers.
bool Engine::is_busy() const {
  return executing_ || owed_ || then_ != Then::go_on || !dce.has_room(1);
}

bool Engine::reports_may_start() const {
  const bool typing = line_.partly_typed() && now_ - last_input_ < settings.urc_guard;
  return !executing_ && !owed_ && input_.empty() && !typing && !serial.changing();
}

void Engine::read_input(Bytes& input) {
  using Event = at::CommandLine::Event;
  while (!input.empty() && !is_busy()) {
    const auto taken = line_.take(input, dce.profile.characters, max_line_bytes_);
    if (dce.profile.echo && !dce.raw(taken.echo)) {
      remark("no memory left for an echo");
    }
    if (taken.event == Event::complete) begin_line();
    if (taken.event == Event::lost) [[unlikely]]
      lose_line();
  }
}

void Engine::lose_line() {
  remark("the line is longer than the limit, or there is no memory left for it");
  end_line(Final::unknown);
}

void Engine::begin_line() {
  if (serial.on_trial()) [[unlikely]]
    prove_line();
  executed_ = 0;
  executing_ = true;
  run_line();
}

// Executes the line, up to its end or to where the host's queue is full. There is room at first.
void Engine::run_line() {
  const std::span<char> scratch = dce.output().pool().scratch();
  const Bytes body = mem::in_one_piece(line_.body(), scratch);
  at::LineParser parser(mem::after(body, executed_));
  at::Call call;
  Final result = Final::ok;
  do {
    executing_ = parser.next(call);
    if (executing_) result = run(call);
  } while (executing_ && result == Final::ok && (parser.at_end() || dce.has_room(1)));
  if (executing_) executed_ = parser.position(body);
  // It may hold a password or a key.
  if (body.data() == scratch.data()) std::memset(scratch.data(), 0, body.size());
  if (!executing_ || (result != Final::ok && result != Final::later)) end_line(result);
}

void Engine::end_line(Final result) {
  executing_ = false;
  ++counters.lines;
  if (result == Final::none) return;
  if (result != Final::ok) [[unlikely]]
    tell_failure(result);
  if (!dce.final(result)) owed_ = result;
}

// The trace has the words of +CMEE=2, whatever the host is told.
void Engine::tell_failure(Final result) {
  ++counters.failed_lines;
  const bool told = dce.profile.error_numbers == 1;
  notes.add({Note::kNoInstance, told ? static_cast<std::int16_t>(result) : std::int16_t{0},
             at::text_of(result)});
}

Final Engine::run(const at::Call& call) {
  const CommandRow* row = find_command(call.name);
  if (row == nullptr || (row->sets & model.command_sets) == 0) return Final::not_supported;
  if (!at::has(row->forms, call.form)) {
    if (call.form == at::Form::malformed) return Final::wrong_parameters;
    return call.form == at::Form::test ? answer_test(*row) : Final::not_supported;
  }
  const Final result = row->run(*this, call);
  if (result == Final::wrong_parameters) [[unlikely]]
    explain(call.args);
  return result;
}

// The line is cut before escapes are looked at: a host that means an escaped quote is told so.
void Engine::explain(const at::Args& args) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!args[i].quoted || !args[i].text().ends_with('\\')) continue;
    remark(R"(a string ended at \", as at any ", -- write \x2C for the comma, or use hex)");
  }
}

// The ranges of the row, with the model's own in the place of `#`.
Final Engine::answer_test(const CommandRow& row) {
  if (row.ranges.empty()) return Final::ok;
  mem::Text value;
  for (const char c : row.ranges) {
    if (c == '#') {
      value.add("(0-").add(std::uint32_t{model.instance_count} - 1).add(')');
    } else {
      value.add(c);
    }
  }
  if (row.style == at::Style::standard) return answer(row.name, value);
  const bool ok = dce.information(mem::Text().add(row.name).add(':').add(value));
  return ok ? Final::ok : Final::unknown;
}

Final Engine::answer(Bytes name, Bytes value) {
  return dce.information(name, value) ? Final::ok : Final::unknown;
}

}  // namespace m531x::modem
