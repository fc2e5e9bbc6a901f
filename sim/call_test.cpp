// SPDX-License-Identifier: Apache-2.0
// What a list of calls is worth: two modems that get the same one do the same.
#include "sim/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "m531x/pool.h"

namespace m531x::sim {
namespace {

using CallKind = Call::Kind;
using testing::HasSubstr;

constexpr std::size_t kBlockCount = 256;
constexpr Conditions kDesk = {};
constexpr Conditions kField = {
    .pace = true,
    .air = {.down_bps = 25'000, .up_bps = 16'000, .latency = Millis(1'600), .jitter = Millis(300)},
    .seed = 7};

// A modem that is only ever told something through apply().
class Subject {
 public:
  explicit Subject(const Conditions& conditions)
      : scratch_(settings().limits.line_bytes),
        pool_({blocks_.get(), kBlockCount}, scratch_),
        modem_(*find_model("M5311"), settings(), conditions, pool_) {}

  bool apply(const Call& call) { return sim::apply(modem_, call); }
  Modem& modem() { return modem_; }
  // All that may be seen from outside.
  std::string look() {
    std::string seen;
    std::array<Bytes, 64> views;
    const auto add = [&](std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) seen += views.at(i);
      seen += '|';
    };
    add(modem_.dte_output(views));
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) add(modem_.net_output(conn, views));
    seen += std::to_string(modem_.next_deadline().value_or(Millis(-1)).count());
    return seen + '|' + std::to_string(modem_.dte_window());
  }

 private:
  static const Settings& settings() {
    static const Settings all = default_settings(*find_model("M5311"));
    return all;
  }

  std::unique_ptr<Block[]> blocks_ = std::make_unique_for_overwrite<Block[]>(kBlockCount);
  std::vector<char> scratch_;
  BlockPool pool_;
  Modem modem_;
};

// An owner who does what modem.h asks, and keeps the list of its calls.
class Owner {
 public:
  explicit Owner(const Conditions& conditions) : subject_(conditions) {}

  void type(std::string line) {
    line += '\r';
    for (Bytes rest = line; !rest.empty();) {
      const std::size_t size = std::min(rest.size(), subject_.modem().dte_window());
      if (size == 0) {
        pass(Millis(1));
        continue;
      }
      put({.kind = CallKind::dte_received, .bytes = rest.substr(0, size)});
      rest.remove_prefix(size);
    }
    pass(Millis(20'000));
  }
  void put(Call call) {
    call.now = now_;
    kept_.emplace_back(call.bytes);
    call.bytes = kept_.back();
    calls.push_back(call);
    subject_.apply(call);
    looks.push_back(subject_.look());
    if (goes_in(call.kind)) serve();
  }
  // Time passes, from deadline to deadline.
  void pass(Millis by) {
    const Millis end = now_ + by;
    while (true) {
      const auto next = subject_.modem().next_deadline();
      if (!next || *next > end) break;
      now_ = std::max(now_, *next);
      put({.kind = CallKind::tick});
    }
    now_ = end;
    put({.kind = CallKind::tick});
  }

  std::vector<Call> calls;
  std::vector<std::string> looks;  // after each
  std::string heard;

 private:
  void serve() {
    put({.kind = CallKind::next_action});
    std::array<Bytes, 64> views;
    if (const std::size_t count = subject_.modem().dte_output(views)) {
      std::size_t size = 0;
      for (const Bytes view : std::span(views).first(count)) {
        heard += view;
        size += view.size();
      }
      put({.kind = CallKind::dte_sent, .byte_count = size});
    }
    while (subject_.modem().coap_output()) put({.kind = CallKind::coap_sent});
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
      put({.kind = CallKind::net_output, .conn = conn});
      const std::size_t count = subject_.modem().net_output(conn, views);
      std::size_t size = 0;
      for (const Bytes view : std::span(views).first(count)) size += view.size();
      if (size > 0) put({.kind = CallKind::net_sent, .conn = conn, .byte_count = size});
    }
  }

  Subject subject_;
  std::deque<std::string> kept_;
  Millis now_{0};
};

// Each kind of call at least once.
void live(Owner& owner) {
  owner.put({.kind = CallKind::set_signal, .signal = {.rssi = 11}});
  owner.type("AT+CSQ");
  owner.type(R"(AT+HTTPCREATE="http://a.example/")");
  owner.type(R"(AT+HTTPSEND=0,0,"/")");
  owner.put({.kind = CallKind::net_opened, .conn = 0});
  owner.pass(Millis(5'000));
  owner.put({.kind = CallKind::net_received,
             .conn = 0,
             .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"});
  owner.pass(Millis(5'000));
  owner.put({.kind = CallKind::net_closed, .conn = 0, .why = Cause::reset});
  owner.pass(Millis(5'000));
  owner.type(R"(AT+CMDNS="b.example")");
  owner.put({.kind = CallKind::net_resolved, .bytes = "192.0.2.7"});
  owner.pass(Millis(5'000));
  owner.type(R"(AT+HTTPCREATE="https://c.example/")");
  owner.type(R"(AT+HTTPCFG=1,1,"no certificate")");
  owner.type(R"(AT+HTTPSEND=1,0,"/")");
  owner.put({.kind = CallKind::net_checked, .yes = false});
  owner.put({.kind = CallKind::set_coverage, .yes = false});
  owner.type("AT+CSQ");
  owner.put({.kind = CallKind::set_coverage, .yes = true});
  owner.put({.kind = CallKind::set_signal, .signal = {.rssi = 12}});
  owner.type("AT+CSQ");
  owner.put({.kind = CallKind::inject, .bytes = "+TOLD:1"});
  owner.pass(Millis(5'000));
  static const Fault kReport = {.kind = FaultKind::urc, .after = Millis(100), .text = "+FAULT:1"};
  static const Fault kNever = {.kind = FaultKind::urc, .after = Millis(9'000), .text = "+FAULT:2"};
  owner.put({.kind = CallKind::add_fault, .fault = &kReport});
  owner.put({.kind = CallKind::add_fault, .fault = &kNever});
  owner.pass(Millis(5'000));
  owner.put({.kind = CallKind::clear_faults});
  owner.pass(Millis(5'000));
  owner.type(R"(AT+MIPLCREATEEX="d.example",0)");
  owner.type(R"(AT+MIPLADDOBJ=0,3200,1,"1",0,1)");
  owner.type("AT+MIPLOPEN=0,3000");
  owner.put({.kind = CallKind::coap_opened});
  owner.pass(Millis(1'000));
  owner.put({.kind = CallKind::coap_acknowledged});
  owner.put({.kind = CallKind::coap_failed});
  owner.put({.kind = CallKind::coap_received,
             .coap = {.kind = CoapMessage::Kind::request, .id = 7, .code = kCoapGet, .path = "9"}});
  owner.pass(Millis(1'000));
  owner.put({.kind = CallKind::coap_closed, .why = Cause::reset});
  owner.pass(Millis(5'000));
  owner.put({.kind = CallKind::reset, .reset_cause = ResetCause::watchdog});
  owner.pass(Millis(60'000));
}

class ASession : public testing::TestWithParam<Conditions> {};

TEST_P(ASession, IsTheSameAgain) {
  Owner owner(GetParam());
  live(owner);
  std::set<CallKind> kinds;
  for (const Call& call : owner.calls) kinds.insert(call.kind);
  ASSERT_EQ(kinds.size(), kCallKindCount);
  for (const char* const part :
       {"+CSQ: 11,99", "CONNECT OK", "hello", "+HTTPDISCONN:0,", "192.0.2.7", "/\"\r\r\nERROR",
        "+CSQ: 99,99", "+CSQ: 12,99", "+TOLD:1", "+FAULT:1", "*ATREADY"}) {
    EXPECT_THAT(owner.heard, HasSubstr(part));
  }
  EXPECT_THAT(owner.heard, Not(HasSubstr("+FAULT:2")));

  Subject again(GetParam());
  for (std::size_t i = 0; i < owner.calls.size(); ++i) {
    again.apply(owner.calls[i]);
    ASSERT_EQ(again.look(), owner.looks[i]) << "after call " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Conditions, ASession, testing::Values(kDesk, kField),
                         [](const auto& one) { return one.param.pace ? "InTheField" : "OnADesk"; });

TEST(Apply, SaysWhatTheModemSays) {
  Subject subject(kDesk);
  EXPECT_FALSE(subject.apply({.kind = CallKind::next_action}));
  EXPECT_FALSE(subject.apply({.kind = CallKind::net_output}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::inject, .bytes = "a"}));
  const std::string most(Modem::kMaxInjectedBytes, 'x');
  EXPECT_FALSE(subject.apply({.kind = CallKind::inject, .bytes = most + 'x'}));
  const Fault fault = {.after = Millis(1'000'000)};
  for (std::size_t i = 0; i < kMaxFaults; ++i) {
    EXPECT_TRUE(subject.apply({.kind = CallKind::add_fault, .fault = &fault}));
  }
  EXPECT_FALSE(subject.apply({.kind = CallKind::add_fault, .fault = &fault}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::clear_faults}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::dte_received,
                             .bytes = "AT+HTTPCREATE=\"http://a\";+HTTPSEND=0,0,\"/\"\r"}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::next_action}));
  EXPECT_FALSE(subject.apply({.kind = CallKind::next_action}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::net_opened}));
  EXPECT_TRUE(subject.apply({.kind = CallKind::net_output}));
}

}  // namespace
}  // namespace m531x::sim
