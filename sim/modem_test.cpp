// SPDX-License-Identifier: Apache-2.0
// A modem behind a paced line and on a slow air interface, in virtual time.
#include "sim/modem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "stand/bench.h"

namespace m531x::sim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Air kNarrowband = {
    .down_bps = 25'000, .up_bps = 16'000, .latency = Millis(1'600), .jitter = Millis(0)};
constexpr ConnId kFirst = 0;

// A host, a modem and a server.
class Field {
 public:
  explicit Field(const Conditions& conditions, const Settings& settings = default_settings(model()),
                 const Model& row = model())
      : bench(row, settings, stand::Bench::kDefaultBlockCount, conditions) {}

  static const Model& model() { return models().front(); }

  // What the host hears until the modem is at rest, or for `time`.
  std::string type(std::string_view line, Millis time = Millis(1'000)) {
    bench.host_sends(std::string(line) + '\r');
    bench.advance(time);
    return std::exchange(bench.host_heard(), {});
  }
  void get() {
    EXPECT_THAT(type(R"(AT+HTTPCREATE="http://a.example/")"), HasSubstr("OK"));
    EXPECT_THAT(type(R"(AT+HTTPSEND=0,0,"/")"), HasSubstr("OK"));
    ASSERT_TRUE(bench.connecting(kFirst));
    bench.server_accepts(kFirst);
    bench.advance(Millis(5'000));
    EXPECT_EQ(std::exchange(bench.host_heard(), {}), "\r\nCONNECT OK\r\n");
    EXPECT_THAT(bench.server_heard(kFirst), HasSubstr("GET / HTTP/1.1\r\n"));
  }
  // How much the host hears in so long.
  std::size_t heard_in(Millis time) {
    const std::size_t before = bench.host_heard().size();
    bench.advance(time);
    return bench.host_heard().size() - before;
  }

  stand::Bench bench;
};

std::string page(std::size_t content_bytes) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content_bytes) + "\r\n\r\n" +
         std::string(content_bytes, 'x');
}

// One whose host may change the framing and the rate at will.
Field m5311_at_9600_baud() {
  const Model& m5311 = *find_model("M5311");
  Settings settings = default_settings(m5311);
  settings.baud = 9'600;
  return Field({.pace = true}, settings, m5311);
}

// How much the host hears in so long of a page that is longer than that.
double heard_of_a_page(Field& field, Millis time) {
  field.get();
  field.bench.server_sends(kFirst, page(200'000));
  return static_cast<double>(field.heard_in(time));
}

// The last number of each report that begins so.
std::size_t sum_of(std::string_view heard, std::string_view begin) {
  std::size_t sum = 0;
  while (true) {
    const std::size_t at = heard.find(begin);
    if (at == std::string_view::npos) return sum;
    heard.remove_prefix(at + 2);
    const std::string report(heard.substr(0, heard.find("\r\n")));
    sum += std::stoul(report.substr(report.rfind(',') + 1));
  }
}

TEST(PacedLine, OutputLeavesAtTheRate) {
  for (const std::uint32_t baud : {2'400U, 9'600U, 57'600U, 115'200U}) {
    SCOPED_TRACE(baud);
    Settings settings = default_settings(Field::model());
    settings.baud = baud;
    Field field({.pace = true}, settings);
    EXPECT_NEAR(heard_of_a_page(field, Millis(10'000)), baud, baud / 1'000.0);
  }
}

TEST(PacedLine, EveryBitOfTheFrameCounts) {
  Field field = m5311_at_9600_baud();
  // 8 data bits, even parity, 1 stop bit: 11 bits a byte.
  EXPECT_THAT(field.type("AT+ICF=2,1"), HasSubstr("OK"));
  EXPECT_NEAR(heard_of_a_page(field, Millis(11'000)), 9'600, 96);
}

TEST(PacedLine, TheEchoIsPaced) {
  Field field({.pace = true});
  EXPECT_THAT(field.type("ATE1"), HasSubstr("OK"));
  field.bench.host_sends("AT\r");
  // The first byte arrives after 1.04 ms and is back after as much again.
  field.bench.advance(Millis(2));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(2));
  EXPECT_EQ(field.bench.host_heard(), "A");
  field.bench.advance(Millis(20));
  EXPECT_EQ(field.bench.host_heard(), "AT\r\r\nOK\r\n");
}

TEST(PacedLine, WhatTheHostTypesTakesItsTime) {
  Field field({.pace = true});
  const std::string line = "AT" + std::string(957, ' ') + "\r";  // a second
  field.bench.host_sends(line);
  field.bench.advance(Millis(1'000));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(10));
  EXPECT_EQ(field.bench.host_heard(), "\r\nOK\r\n");
}

TEST(PacedLine, AHostThatPausesIsHeardAtOnce) {
  Field field({.pace = true});
  for (const char byte : {'A', 'T', '\r'}) {
    field.bench.host_sends(std::string(1, byte));
    field.bench.advance(Millis(200));
  }
  EXPECT_EQ(field.bench.host_heard(), "\r\nOK\r\n");
}

// What a command brings about at once belongs to the tick that its last byte comes with.
TEST(PacedLine, ATickLeavesNothingDue) {
  Field field({.pace = true});
  EXPECT_THAT(field.type("AT+CFUN=0"), HasSubstr("OK"));
  EXPECT_THAT(field.type("AT+CFUN=1"), HasSubstr("OK"));
  EXPECT_EQ(field.bench.modem().status(field.bench.now()).registration, Registration::home);
}

TEST(PacedLine, ItIsWorkToReceive) {
  Field field({.pace = true});
  EXPECT_FALSE(field.bench.modem().has_work());
  field.bench.host_sends("A");
  EXPECT_TRUE(field.bench.modem().has_work());
  field.bench.advance(Millis(5));
  EXPECT_FALSE(field.bench.modem().has_work());
}

TEST(PacedLine, NoMoreIsUnderWayThanTheFifoHolds) {
  Field field({.pace = true});
  Modem& modem = field.bench.modem();
  EXPECT_EQ(modem.dte_window(), Line::kFifoBytes);
  field.bench.host_sends(std::string(Line::kFifoBytes + 1, ' '));
  EXPECT_EQ(modem.dte_window(), 0U);
  EXPECT_EQ(field.bench.host_bytes_waiting(), 1U);
  field.bench.advance(Millis(17));
  EXPECT_EQ(field.bench.host_bytes_waiting(), 0U);
}

// Without a rate of its own (+IPR=0) the modem takes the host's, which is not known here.
TEST(PacedLine, AnAutomaticRateIsThatAtPowerUp) {
  Field field = m5311_at_9600_baud();
  EXPECT_THAT(field.type("AT+IPR=0"), HasSubstr("OK"));
  EXPECT_NEAR(heard_of_a_page(field, Millis(10'000)), 9'600, 96);
}

// The manual's case (1.10): at 9600 baud the receive buffer overflows, a segment at a time.
TEST(PacedLine, APageAt9600BaudIsDropped) {
  Settings settings = default_settings(Field::model());
  settings.overflow = Overflow::drop;
  Field field({.pace = true, .air = kNarrowband}, settings);
  field.get();
  const std::string response = page(37'539);
  field.bench.server_sends(kFirst, response);
  field.bench.advance(Millis(120'000));
  const std::string& heard = field.bench.host_heard();
  EXPECT_THAT(heard, HasSubstr("\r\n+HTTPDROP:0,1460\r\n"));
  EXPECT_EQ(field.bench.server_bytes_waiting(kFirst), 0U);
  // Bytes in = bytes out + bytes reported as dropped. The status line and the empty line are in no
  // record.
  const std::size_t out = sum_of(heard, "\r\n+HTTPNMIH:") + sum_of(heard, "\r\n+HTTPNMIC:");
  const std::size_t dropped = sum_of(heard, "\r\n+HTTPDROP:");
  EXPECT_EQ(out + dropped + std::string_view("HTTP/1.1 200 OK\r\n\r\n").size(), response.size());
  EXPECT_EQ(dropped, field.bench.modem().status(field.bench.now()).counters.dropped_bytes);
}

TEST(PacedLine, TheSamePageAt230400BaudIsWhole) {
  Settings settings = default_settings(Field::model());
  settings.overflow = Overflow::drop;
  Field field({.pace = true, .air = kNarrowband}, settings);
  EXPECT_THAT(field.type("AT+NATSPEED=230400,30,0"), HasSubstr("OK"));
  EXPECT_THAT(field.type("AT"), HasSubstr("OK"));
  field.get();
  field.bench.server_sends(kFirst, page(37'539));
  field.bench.advance(Millis(120'000));
  EXPECT_THAT(field.bench.host_heard(), Not(HasSubstr("+HTTPDROP")));
  EXPECT_EQ(sum_of(field.bench.host_heard(), "\r\n+HTTPNMIC:"), 37'539U);
}

TEST(PacedLine, HoldLosesNothingAt9600Baud) {
  Field field({.pace = true, .air = kNarrowband});
  field.get();
  field.bench.server_sends(kFirst, page(37'539));
  field.bench.advance(Millis(120'000));
  EXPECT_THAT(field.bench.host_heard(), Not(HasSubstr("+HTTPDROP")));
  EXPECT_EQ(sum_of(field.bench.host_heard(), "\r\n+HTTPNMIC:"), 37'539U);
}

// What stands between host and modem would not see what passes by it.
TEST(HostRoom, IsUsedOnlyWhereNothingStandsBetween) {
  const auto said_at_once = [](const Conditions& conditions) {
    Field field(conditions);
    field.get();
    std::string room(1'000, 'r');
    return field.bench.modem().net_received(kFirst, page(5), room, field.bench.now());
  };
  const std::string_view all =
      "\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 5\r\n\r\n\r\n+HTTPNMIC:0,0,5,5,5\r\nxxxxx\r\n";
  EXPECT_EQ(said_at_once({}), all.size());
  EXPECT_EQ(said_at_once({.pace = true}), 0U);
  EXPECT_EQ(said_at_once({.air = kNarrowband}), 0U);
  const Fault later = {.kind = FaultKind::urc, .after = Millis(90'000), .text = "+X"};
  EXPECT_EQ(said_at_once({.faults = {later}}), 0U);
}

TEST(AirInterface, AConnectionTakesARoundTrip) {
  Field field({.air = {.latency = Millis(1'600)}});
  field.type(R"(AT+HTTPCREATE="http://a.example/")");
  field.type(R"(AT+HTTPSEND=0,0,"/")");
  field.bench.server_accepts(kFirst);
  field.bench.advance(Millis(1'599));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(1));
  EXPECT_EQ(field.bench.host_heard(), "\r\nCONNECT OK\r\n");
  field.bench.advance(Millis(799));
  EXPECT_EQ(field.bench.server_heard(kFirst), "");
  field.bench.advance(Millis(1));
  EXPECT_THAT(field.bench.server_heard(kFirst), HasSubstr("GET / HTTP/1.1\r\n"));
}

TEST(AirInterface, ARefusedConnectionIsToldLater) {
  Field field({.air = {.latency = Millis(1'600)}});
  field.type(R"(AT+HTTPCREATE="http://a.example/")");
  field.type(R"(AT+HTTPSEND=0,0,"/")");
  field.bench.server_ends(kFirst, Cause::refused);
  field.bench.advance(Millis(799));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(1));
  EXPECT_EQ(field.bench.host_heard(), "\r\n+HTTPERR:0,-14\r\n");
}

TEST(AirInterface, AnAnswerComesHalfARoundTripLater) {
  Field field({.air = {.latency = Millis(1'600)}});
  field.get();
  field.bench.server_sends(kFirst, page(3));
  field.bench.advance(Millis(799));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(1));
  EXPECT_THAT(field.bench.host_heard(), HasSubstr("+HTTPNMIC:0,0,3,3,3\r\nxxx\r\n"));
}

TEST(AirInterface, ItCarriesNoMoreThanItsRate) {
  Field field({.air = {.down_bps = 25'000}});
  field.get();
  const std::string response = page(31'250 - page(31'250).size() + 31'250);  // 10 s
  ASSERT_EQ(response.size(), 31'250U);
  field.bench.server_sends(kFirst, response);
  field.bench.advance(Millis(9'999));
  EXPECT_THAT(field.bench.host_heard(), Not(HasSubstr("+HTTPNMIC:0,0,")));
  field.bench.advance(Millis(1));
  EXPECT_THAT(field.bench.host_heard(), HasSubstr("+HTTPNMIC:0,0,"));
}

TEST(AirInterface, WhatGoesUpIsNoFasterEither) {
  Field field({.air = {.up_bps = 8'000}});  // a byte in a millisecond
  field.type(R"(AT+HTTPCREATE="http://a.example/")");
  field.type("AT+HTTPCONTENT=0,\"" + std::string(2'000, 'c') + '"');
  field.type(R"(AT+HTTPSEND=0,1,"/")");
  field.bench.server_accepts(kFirst);
  field.bench.advance(Millis(1'000));
  EXPECT_EQ(field.bench.server_heard(kFirst).size(), 1'000U);
  field.bench.advance(Millis(1'000));
  EXPECT_EQ(field.bench.server_heard(kFirst).size(), 2'000U);
  field.bench.advance(Millis(1'000));
  EXPECT_THAT(field.bench.server_heard(kFirst), testing::EndsWith(std::string(2'000, 'c')));
}

// Two connections have one radio.
TEST(AirInterface, ConnectionsShareTheRate) {
  Field field({.air = {.down_bps = 8'000}});
  field.get();
  field.type(R"(AT+HTTPCREATE="http://b.example/")");
  field.type(R"(AT+HTTPSEND=1,0,"/")");
  field.bench.server_accepts(1);
  field.bench.advance(Millis(1));
  field.bench.host_heard().clear();
  field.bench.server_sends(0, page(5'000));
  field.bench.server_sends(1, page(5'000));
  field.bench.advance(Millis(10'000));
  EXPECT_THAT(field.bench.host_heard(), HasSubstr("+HTTPNMIC:0,0,5000"));
  EXPECT_THAT(field.bench.host_heard(), Not(HasSubstr("+HTTPNMIC:1,0,5000")));
  field.bench.advance(Millis(200));
  EXPECT_THAT(field.bench.host_heard(), HasSubstr("+HTTPNMIC:1,0,5000"));
}

TEST(AirInterface, SegmentsStayApartAndInOrder) {
  const auto play = [](std::uint32_t seed) {
    Field field({.air = {.latency = Millis(100), .jitter = Millis(500)}, .seed = seed});
    field.get();
    std::string content;
    for (int i = 0; i < 8; ++i) content += std::string(1'460, static_cast<char>('a' + i));
    field.bench.server_sends(kFirst, "HTTP/1.1 200 OK\r\nContent-Length: 11680\r\n\r\n");
    field.bench.server_sends(kFirst, content);
    std::vector<std::size_t> heard;
    for (int i = 0; i < 100; ++i) heard.push_back(field.heard_in(Millis(10)));
    std::string order = field.bench.host_heard();
    for (char c = 'a'; c < 'a' + 8; ++c)
      EXPECT_NE(order.find(std::string(1'460, c)), std::string::npos);
    EXPECT_EQ(sum_of(order, "\r\n+HTTPNMIC:"), content.size());
    return heard;
  };
  EXPECT_EQ(play(1), play(1));
  EXPECT_NE(play(1), play(2));
}

// What is under way is bounded, so that a server that sends without end fills no memory.
TEST(AirInterface, SoManySegmentsAreUnderWay) {
  Field field({.air = {.down_bps = 1'000}});
  field.get();
  Modem& modem = field.bench.modem();
  const std::size_t most = AirInterface::kSegmentsUnderWay * kMaxMssBytes;
  EXPECT_EQ(modem.net_window(kFirst), most);
  field.bench.server_sends(kFirst, std::string(most - 1, 'x'));
  EXPECT_EQ(modem.net_window(kFirst), 0U);
  EXPECT_EQ(field.bench.server_bytes_waiting(kFirst), 0U);
  field.bench.server_sends(kFirst, "yy");
  EXPECT_EQ(field.bench.server_bytes_waiting(kFirst), 2U);
}

TEST(AirInterface, WhatIsUnderWayIsForgottenWithItsConnection) {
  Field field({.air = {.latency = Millis(2'000)}});
  field.get();
  field.bench.server_sends(kFirst, page(3));
  EXPECT_THAT(field.type("AT+HTTPCLOSE=0"), HasSubstr("OK"));
  field.bench.advance(Millis(10'000));
  EXPECT_EQ(field.bench.host_heard(), "");
}

TEST(AirInterface, ANameTakesARoundTrip) {
  Field field({.air = {.latency = Millis(600)}});
  EXPECT_THAT(field.type(R"(AT+CMDNS="a.example")"), HasSubstr("OK"));
  field.bench.modem().net_resolved("192.0.2.1", field.bench.now());
  field.bench.advance(Millis(599));
  EXPECT_EQ(field.bench.host_heard(), "");
  field.bench.advance(Millis(1));
  EXPECT_EQ(field.bench.host_heard(), "\r\n+CMDNS:192.0.2.1\r\n");
}

}  // namespace
}  // namespace m531x::sim
