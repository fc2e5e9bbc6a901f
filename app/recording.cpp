// SPDX-License-Identifier: Apache-2.0
#include "app/recording.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <utility>

#include "app/coap_words.h"
#include "app/mask.h"
#include "app/mask_lwm2m.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using CallKind = sim::Call::Kind;

Entry entry_of(unsigned number, const sim::Call& call) {
  Entry entry{.modem = number, .call = call};
  entry.bytes = call.kind == CallKind::next_action ? call.action.host : call.bytes;
  if (call.kind == CallKind::coap_received) {
    entry.path_bytes = call.coap.path.size();
    entry.query_bytes = call.coap.query.size();
    for (const Bytes part : {call.coap.path, call.coap.query, call.coap.payload}) {
      entry.bytes += part;
    }
    entry.call.coap.path = entry.call.coap.query = entry.call.coap.payload = {};
  }
  entry.call.bytes = {};
  if (const sim::Fault* const fault = std::exchange(entry.call.fault, nullptr)) {
    entry.fault = *fault;
  }
  entry.call.action.host = {};
  return entry;
}

bool begins_connection(const sim::Call& call) {
  return call.kind == CallKind::next_action && call.action.kind == Action::Kind::connect;
}

// What a modem has done so far, in numbers that a secret does not change.
auto deeds(const Counters& all) {
  return std::tuple(all.lines, all.failed_lines, all.requests, all.responses, all.failures,
                    all.reports, all.restarts);
}

}  // namespace

// One modem: masks what goes in, lets its second modem do it, and writes what that has done.
class Recording::Watch : public port::Recorder {
 public:
  Watch(Recording& recording, unsigned number, const Profile& at_start)
      : recording_(recording), number_(number), host_(at_start.characters) {}

  void switched_on(const Flash& flash, Millis now) override {
    const Entry on{.kind = Entry::Kind::on, .modem = number_, .call = {.now = now}, .flash = flash};
    recording_.write(line_of(on));
    recording_.play(on);
  }
  void called(sim::Modem& modem, const sim::Call& call) override {
    if (!recording_.goes_on()) return;
    const Status status = modem.status(call.now);
    Waiting& one = waiting_.emplace_back(entry_of(number_, call), status.counters);
    if (call.kind == CallKind::dte_received) take_typed(one.entry, status);
    look_at_output(modem, call, one);
    held_bytes_ += one.entry.bytes.size();
    settle(waiting_.size() > kMaxWaitingCalls || typed_.size() + held_bytes_ > kMaxWaitingBytes);
  }
  void switched_off(Millis now) override {
    if (!recording_.goes_on()) return;
    settle(true);
    const Entry off{.kind = Entry::Kind::off, .modem = number_, .call = {.now = now}};
    if (const auto came = recording_.play(off)) recording_.write(line_of(*came));
  }

 private:
  struct Waiting {
    Entry entry;                  // what was typed stands in typed_
    Counters counters;            // of the modem itself, before
    std::size_t output = 0;       // that it had, of a call that takes of it
    bool begins_request = false;  // what it takes
  };

  // A server answers the modem itself: the second one may send something else, or nothing.
  struct Wire {
    WireRedactor requests{WireRedactor::Side::request};  // to know where they begin
    ResponseMask responses;                              // of the calls that wait no more
  };

  // What the call takes of the modem itself.
  void look_at_output(sim::Modem& modem, const sim::Call& call, Waiting& one) {
    if (begins_connection(call)) wires_[call.action.conn].requests = Wire().requests;
    if (call.kind != CallKind::dte_sent && call.kind != CallKind::net_sent) return;
    std::string output = output_for(modem, call);
    one.output = output.size();
    if (call.kind == CallKind::net_sent) {
      WireRedactor& requests = wires_[call.conn].requests;
      one.begins_request = call.byte_count > 0 && requests.at_start();
      static_cast<void>(requests.take(Bytes(output).substr(0, call.byte_count)));
    }
    let_go(output);
  }
  void take_typed(Entry& entry, const Status& status) {
    if (typed_.size() == judged_) begin_line(status);
    // What is typed beside a restart may be heard in part: no reading of the line is sure.
    sure_ = sure_ && status.power == Power::on && restarts_ == status.counters.restarts;
    typed_ += entry.bytes;
    entry.call.byte_count = entry.bytes.size();
    let_go(entry.bytes);
    if (recording_.with_secrets_) judged_ = typed_.size();
    while (const std::size_t size = HostMask::line_size(Bytes(typed_).substr(judged_))) {
      judge(judged_ + size);
      begin_line(status);
    }
    if (is_hidden_ || host_.is_unsure()) hide_rest();
  }
  void begin_line(const Status& status) {
    sure_ = status.power == Power::on;
    restarts_ = status.counters.restarts;
  }
  // The line that ends there.
  void judge(std::size_t end) {
    std::string line = typed_.substr(judged_, end - judged_);
    if (std::exchange(is_hidden_, false) || !sure_) {
      HostMask::hide_all(line);
    } else {
      host_.hide(line);
    }
    typed_.replace(judged_, line.size(), line);
    judged_ = end;
    let_go(line);
  }
  // What has been typed of a line, and what will be.
  void hide_rest() {
    is_hidden_ = is_hidden_ || judged_ < typed_.size();
    HostMask::hide_all(std::span(typed_).subspan(judged_));
    judged_ = typed_.size();
  }

  // Plays what can be played; `all`: whatever is typed still.
  void settle(bool all) {
    if (all) hide_rest();
    while (!waiting_.empty()) {
      Entry& entry = waiting_.front().entry;
      if (entry.call.kind == CallKind::dte_received) {
        const std::size_t size = entry.call.byte_count;
        if (size > judged_) return;
        entry.bytes = typed_.substr(0, size);
        typed_.erase(0, size);
        judged_ -= size;
      } else {
        held_bytes_ -= entry.bytes.size();
      }
      play(waiting_.front());
      waiting_.pop_front();
    }
    let_go(typed_);
  }

  void play(Waiting& one) {
    Entry& entry = one.entry;
    if (!recording_.goes_on()) return;
    sim::Modem& twin = recording_.modems_.at(number_);
    notice(deeds(twin.status(entry.call.now).counters) == deeds(one.counters));
    if (one.output > 0) notice(output_for(twin, entry.call).size() == one.output);
    if (one.begins_request) wires_[entry.call.conn].responses.expect_head();
    if (begins_connection(entry.call)) wires_[entry.call.action.conn].responses.expect_head();
    if (entry.call.kind == CallKind::net_output) {
      if (recording_.modems_.ask(entry)) recording_.write(line_of(entry));
    } else if (sim::goes_in(entry.call.kind)) {
      play_in(entry);
    } else {
      play_out(entry);
    }
  }
  // Written first, so that it is there when the modem falls over it.
  void play_in(Entry& entry) {
    const std::size_t size = entry.bytes.size();
    if (entry.call.kind == CallKind::net_received && !recording_.with_secrets_) {
      wires_[entry.call.conn].responses.hide(entry.bytes);
    }
    if (entry.call.kind == CallKind::coap_received) hide_payload(entry);
    recording_.modems_.fit(entry);
    notice(entry.bytes.size() == size);
    recording_.write(line_of(entry));
    recording_.play(entry);
  }
  // Of a message of LwM2M's object 0: what it may say of keys.
  void hide_payload(Entry& entry) {
    const CoapMessage message = entry.with_views().coap;
    if (!coap_.is_secret(message, true) || recording_.with_secrets_) return;
    const auto rest = std::span(entry.bytes).subspan(entry.path_bytes);
    hide_security(message, rest.first(entry.query_bytes), rest.subspan(entry.query_bytes));
  }
  void play_out(const Entry& entry) {
    const auto came = recording_.play(entry);
    if (!came) return;
    if (entry.call.kind == CallKind::next_action) {
      notice(line_of(*came) == line_of(entry));
      if (came->kind == Entry::Kind::nothing) return;
    } else if (came->bytes.empty() && entry.call.kind != CallKind::coap_sent) {
      return;
    }
    recording_.write(line_of(*came));
  }
  // Whether the two modems still do the same.
  void notice(bool same) {
    if (same || std::exchange(is_other_, true)) return;
    const bool secrets = recording_.with_secrets_;
    const auto sentence = fmt::format("{}modem {} goes another way from here on",
                                      secrets ? "a second " : "without its secrets, ", number_);
    recording_.write("# " + sentence + '\n');
    recording_.complain_(fmt::format("{}: {}{}", recording_.name_, sentence,
                                     secrets ? "" : "; --record-secrets keeps them"));
  }

  Recording& recording_;
  unsigned number_;
  HostMask host_;
  CoapRedactor coap_;
  std::array<Wire, kMaxConnections> wires_;
  std::deque<Waiting> waiting_;
  std::size_t held_bytes_ = 0;  // of the calls that wait, but what was typed
  std::string typed_;           // by the host, of the calls that wait
  std::size_t judged_ = 0;      // of it
  bool is_hidden_ = false;      // the rest of the line that has begun, whatever it is
  bool sure_ = true;            // the modem has been on since that line began
  std::uint32_t restarts_ = 0;
  bool is_other_ = false;
};

Recording::Recording(const std::string& path, const JournalHead& head, Complain complain)
    : name_("--record " + path),
      with_secrets_(head.has_secrets),
      complain_(std::move(complain)),
      modems_(head.settings) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
  constexpr mode_t kForItsUser = S_IRUSR | S_IWUSR;
  const auto refuse = [this](std::string_view what) {
    throw port::UserError(fmt::format("{}: {}: {}", name_, what, port::words_of(errno)));
  };
  file_.reset(::open(path.c_str(), kFlags, kForItsUser));
  struct stat status {};
  if (!file_.valid() || ::fstat(file_.get(), &status) != 0) refuse("cannot write it");
  if (status.st_size > 0) {
    // It may be the journal of the run before, which has just shown something.
    throw port::UserError(name_ + ": it is there already, and a recording is written over nothing");
  }
  // One that was there before has a mode of its own.
  if (S_ISREG(status.st_mode) && ::fchmod(file_.get(), kForItsUser) != 0) {
    refuse("others may read it");
  }
  write(text_of(head));
}

Recording::~Recording() { write("end\n"); }

std::unique_ptr<port::Recorder> Recording::watch(unsigned number, const Profile& at_start) {
  return std::make_unique<Watch>(*this, number, at_start);
}

std::optional<Entry> Recording::play(const Entry& entry) {
  if (!goes_on()) return std::nullopt;
  try {
    return modems_.play(entry);
  } catch (const port::UserError& error) {
    end(error.what());
    return std::nullopt;
  }
}

void Recording::end(std::string_view why) {
  file_.reset();
  complain_(fmt::format("{}: {}; the recording ends there", name_, why));
}

void Recording::write(std::string_view line) {
  while (goes_on() && !line.empty()) {
    const ssize_t size = ::write(file_.get(), line.data(), line.size());
    if (size >= 0) {
      line.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      end("cannot write it: " + port::words_of(errno));
    }
  }
}

}  // namespace m531x::app
