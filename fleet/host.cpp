// SPDX-License-Identifier: Apache-2.0
#include "fleet/host.h"

#include <algorithm>

#include "m531x/error.h"
#include "transcript/compare.h"

namespace m531x::fleet {
namespace {

using transcript::Fit;
using transcript::ModemRecord;

// The code by which a record that says that something went wrong is counted; empty: it does not.
// Reports have it behind the instance, and one without a code ends in good order.
std::string error_code_of(std::string_view text) {
  if (text == "ERROR" || text.starts_with("+CME ERROR")) return std::string(text);
  for (const std::string_view name :
       {"+HTTPERR:", "+HTTPDISCON:", "+HTTPDISCONN:", "+HTTPDICONN:"}) {
    if (!text.starts_with(name)) continue;
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return {};
    return std::string(name) + std::string(text.substr(comma + 1));
  }
  return {};
}

// What the server's close is reported with by the models that have a code for it, in good order or
// not.
bool is_close(const std::string& code) {
  return code.starts_with("+HTTPDI") &&
         code.ends_with(":" + std::to_string(static_cast<int>(DisconnectCode::closed_by_server)));
}

}  // namespace

void Host::start(port::EventLoop& loop, std::shared_ptr<port::Driver> driver) {
  driver_ = std::move(driver);
  line_ = std::make_shared<port::LocalLine>(loop, *this);
  ++club_.tally().modems;
  driver_->attach(line_, port::EndOfInput::unplugged, [](int) {});
  begin(Part::start);
}

void Host::stop() {
  if (!driver_) return;
  driver_->stop();
  --club_.tally().modems;
  for (; open_ != 0; open_ = static_cast<std::uint16_t>(open_ & (open_ - 1U))) {
    --club_.tally().connections;
  }
  driver_.reset();
  line_.reset();
  listening_.reset();
  state_ = State::done;
}

const std::vector<ScriptStep>& Host::steps() const {
  const Script& script = club_.script();
  switch (part_) {
    case Part::start:
      return script.start;
    case Part::recover:
      return script.recover;
    default:
      return script.cycle;
  }
}

void Host::begin(Part part) {
  part_ = part;
  step_ = 0;
  if (part == Part::cycle) {
    ++begun_count;
    cycle_began_ = club_.now();
    awaits_first_byte_ = true;
  }
  if (steps().empty()) return part_is_over();
  begin_step();
}

void Host::begin_step() {
  const ScriptStep& step = steps()[step_];
  if (!step.expects.empty() && !listening_) listening_ = std::make_unique<Listening>();
  if (step.has_variables && listening_) {
    listening_->expanded = step.expects;
    for (auto& piece : listening_->expanded) piece.bytes = club_.expanded(*this, piece.bytes);
  }
  if (step.waits.count() > 0) {
    state_ = State::waiting;
    return club_.call_at(club_.now() + step.waits, *this);
  }
  if (!step.types.empty()) {
    const bool typed =
        line_->type(step.has_variables ? club_.expanded(*this, step.types) : step.types);
    if (!typed) return fail("not taken", "the modem does not take what the host types");
  }
  listen();
}

void Host::go_on() {
  if (state_ == State::pausing) begin(part_);
  if (state_ == State::waiting) listen();
}

void Host::listen() {
  const ScriptStep& step = steps()[step_];
  if (step.expects.empty()) return step_is_over();
  due_ = club_.now() + patience_;
  state_ = State::listening;
  // After a time, what has come meanwhile may be all.
  if (step.types.empty() && transcript::fit(listening_->heard, expected()) == Fit::whole) {
    step_is_over();
  }
}

const std::vector<transcript::Expected::Piece>& Host::expected() const {
  const ScriptStep& step = steps()[step_];
  return step.has_variables ? listening_->expanded : step.expects;
}

void Host::look_at_clock(Micros now) {
  if (state_ == State::listening && now >= due_) {
    fail("no answer", "what was expected did not come in time");
  }
}

void Host::heard(Bytes bytes) {
  if (!listening_) listening_ = std::make_unique<Listening>();
  for (const ModemRecord& record : listening_->records.take(bytes)) hear(record);
  rest();
}

// What waits for nothing holds no memory for it.
void Host::rest() {
  const bool rests = state_ == State::pausing || state_ == State::done;
  if (rests && listening_ && listening_->records.is_between()) listening_.reset();
}

// True where a record with that text is a part of what is expected now.
bool Host::expects(std::string_view text) const {
  if (state_ != State::listening) return false;
  return std::ranges::any_of(expected(), [text](const transcript::Expected::Piece& piece) {
    return !piece.anything && piece.bytes.find(text) != std::string::npos;
  });
}

void Host::hear(const ModemRecord& record) {
  const std::string code = error_code_of(record.text());
  const bool expects_any = state_ == State::listening || state_ == State::waiting;
  if (!expects_any || steps()[step_].expects.empty()) {
    // Nobody has asked: what is wrong counts, all else is as it is. A server may close a connection
    // that nobody uses.
    if (!code.empty() && !is_close(code)) club_.tally().error(code, std::exchange(words_, {}));
    return;
  }
  std::string& heard = listening_->heard;
  heard += record.line;
  heard += record.data;
  heard += record.end;
  if (heard.size() > kMaxHeardBytes) {
    return fail("too long", "too much came without what was expected");
  }
  if (state_ == State::waiting) return;
  const Fit fit = transcript::fit(heard, expected());
  if (fit == Fit::whole) return step_is_over();
  if (!code.empty() && !expects(record.text())) return fail(code, std::exchange(words_, {}));
  if (fit == Fit::differs) fail("not expected", "the answer is not what the script expects");
}

void Host::step_is_over() {
  if (listening_) {
    listening_->heard.clear();
    listening_->expanded.clear();
  }
  state_ = State::pausing;
  if (++step_ < steps().size()) return begin_step();
  part_is_over();
}

void Host::part_is_over() {
  tries_ = 0;
  if (part_ == Part::cycle) {
    ++club_.tally().cycles;
    club_.tally().time(Phase::cycle, club_.now() - cycle_began_);
    awaits_first_byte_ = false;
    words_ = {};
  }
  want_cycle(part_ != Part::start);
}

void Host::want_cycle(bool after) {
  state_ = State::pausing;
  const auto time = finishing_ ? std::nullopt : club_.next_cycle(*this, after);
  if (!time) {
    state_ = State::done;
    return club_.done(*this);
  }
  part_ = Part::cycle;
  club_.call_at(*time, *this);
}

void Host::finish() {
  if (std::exchange(finishing_, true) || state_ == State::done) return;
  if (state_ == State::pausing || part_ != Part::cycle) {
    state_ = State::done;
    club_.done(*this);
  }
}

void Host::cut_off() {
  const bool runs = state_ == State::waiting || state_ == State::listening;
  if (!runs || part_ != Part::cycle) return;
  ++club_.tally().failed_cycles;
  club_.tally().error("unfinished", "the run ended before the cycle did");
  state_ = State::done;
}

void Host::fail(const std::string& code, std::string_view words) {
  club_.tally().error(code, words);
  words_ = {};
  if (listening_) {
    listening_->heard = std::string();
    listening_->expanded.clear();
  }
  state_ = State::pausing;
  awaits_first_byte_ = false;
  if (part_ == Part::cycle) ++club_.tally().failed_cycles;
  if (finishing_) return want_cycle(false);
  const bool recovers = !club_.script().recover.empty();
  const bool was_cycle = part_ == Part::cycle;
  if (was_cycle && !recovers) return want_cycle(true);
  if (!was_cycle && ++tries_ == kMaxTries) {
    club_.tally().error("gave up", "the host cannot begin: its Start or Recover fails each time");
    state_ = State::done;
    return club_.done(*this);
  }
  if (was_cycle) part_ = Part::recover;
  step_ = 0;
  club_.call_at(club_.now() + (was_cycle ? Micros(0) : kPause), *this);
}

void Host::from_host(Bytes bytes) { club_.tally().traffic.from_host += bytes.size(); }
void Host::to_host(Bytes bytes) { club_.tally().traffic.to_host += bytes.size(); }
void Host::to_server(ConnId, Bytes bytes) { club_.tally().traffic.to_server += bytes.size(); }

void Host::from_server(ConnId, Bytes bytes) {
  club_.tally().traffic.from_server += bytes.size();
  if (std::exchange(awaits_first_byte_, false)) {
    club_.tally().time(Phase::first_byte, club_.now() - cycle_began_);
  }
}

void Host::connecting(ConnId, Bytes, std::uint16_t) { connect_began_ = club_.now(); }

void Host::connected(ConnId conn, std::string_view) {
  open_ = static_cast<std::uint16_t>(open_ | 1U << conn);
  ++club_.tally().connections;
  club_.tally().time(Phase::connect, club_.now() - connect_began_);
}

void Host::ended(ConnId conn, Cause why, std::string_view words) {
  words_ = words.empty() ? words_of(why) : words;
  closed(conn);
}

void Host::closed(ConnId conn) {
  const auto bit = static_cast<std::uint16_t>(1U << conn);
  if ((open_ & bit) == 0) return;
  open_ = static_cast<std::uint16_t>(open_ & ~bit);
  --club_.tally().connections;
}

void Host::noted(const Note& note) {
  if (note.code != 0) words_ = note.words;
}

}  // namespace m531x::fleet
