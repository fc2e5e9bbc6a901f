// SPDX-License-Identifier: Apache-2.0
// What a host asks of the network beside HTTP: the address of a name (AT+CMDNS), and whether it
// answers (AT+NPING, AT+CMPING). One question at a time; the answers are reports.
#pragma once

#include <optional>

#include "at/dce.h"
#include "at/name.h"
#include "m531x/action.h"
#include "m531x/settings.h"
#include "modem/radio.h"

namespace m531x::modem {

class Inquiry {
 public:
  // An answer is `<name>:<address>[,<ttl>,<ms>]`. None: `<name>:FAIL`, or, for an echo,
  // `<name>ERR:1`. An `echo_count` of 0 asks for the address alone.
  struct Question {
    at::Name name;  // the command's
    std::uint8_t echo_count = 0;
    Millis timeout{0};  // for each echo
  };
  static constexpr std::uint32_t kTimeToLive = 64;

  // `settings` must outlive it.
  Inquiry(const Settings& settings, BlockPool& pool) : settings_(settings), target_(pool) {}

  // not_allowed: the last one is not answered yet. `is_address`: `host` need not be looked up.
  at::Final ask(Bytes host, bool is_address, const Question& question, Millis now);
  // The port's answer to Action::resolve; empty = there is none. One that nobody waits for is
  // ignored.
  void resolved(Bytes address, Millis now);
  void follow(Link link, Millis now);
  void reset();

  [[nodiscard]] std::optional<Action> next_action();
  // When follow() has something to do.
  [[nodiscard]] std::optional<Millis> next_change() const;
  [[nodiscard]] bool is_due(Millis now) const { return due_ <= now; }
  // A question is not answered yet.
  [[nodiscard]] bool is_open() const { return state_ != State::none; }
  [[nodiscard]] bool has_report() const { return state_ == State::answered; }
  static constexpr std::uint32_t kMaxReportBytes = kMaxHostBytes + 64;
  // Queues it; to be called while a report may start and there is room for it.
  void report(at::Dce& dce, Millis now);

 private:
  enum class State : std::uint8_t {
    none,
    waiting,   // for the network
    wanted,    // the port is to look it up
    asked,     // the port does
    echoing,   // until due_
    answered,  // a report waits for the line
  };
  static constexpr Millis kNever = Millis::max();

  void look_up_or_echo(Millis now);
  void echo(Millis now);
  void fail();

  const Settings& settings_;
  mem::Chain target_;  // the name, then the address, in one block
  Question question_;
  State state_ = State::none;
  Link link_ = Link::down;
  bool is_address_ = false;
  bool failed_ = false;
  Millis due_ = kNever;
};

}  // namespace m531x::modem
