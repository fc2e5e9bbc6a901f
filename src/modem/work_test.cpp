// SPDX-License-Identifier: Apache-2.0
// Modem::has_work: what the host or the owner began is work until it is told; what time brings is
// not.
#include <gtest/gtest.h>

#include <chrono>

#include "modem/test_modem.h"

namespace m531x {
namespace {

constexpr Millis kDay = std::chrono::hours(24);

TEST(HasWork, NoneWhenNothingIsToBeDone) {
  TestModem bench;
  EXPECT_FALSE(bench.modem.has_work());
  bench.command("AT");
  EXPECT_FALSE(bench.modem.has_work());
  bench.type("AT");
  EXPECT_FALSE(bench.modem.has_work()) << "half a line may never be ended";
}

TEST(HasWork, OutputThatTheHostHasNotTaken) {
  TestModem bench;
  bench.host_reads = false;
  bench.type("AT\r");
  const std::size_t size = bench.modem.dte_output().size();
  ASSERT_GT(size, 0U);
  for (std::size_t i = 0; i < size; ++i) {
    EXPECT_TRUE(bench.modem.has_work()) << i;
    bench.modem.dte_sent(1, bench.now);
  }
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, ALineThatWaitsForTheHostToRead) {
  TestModem bench;
  std::string line = "AT+CGMR";
  for (int i = 0; i < 400; ++i) line += ";+CGMR";
  bench.host_reads = false;
  bench.type(line + "\r");
  std::string heard;
  for (Bytes part = bench.modem.dte_output(); !part.empty(); part = bench.modem.dte_output()) {
    EXPECT_TRUE(bench.modem.has_work());
    heard.append(part);
    bench.modem.dte_sent(part.size(), bench.now);
  }
  EXPECT_TRUE(heard.ends_with("\r\nOK\r\n"));
  EXPECT_EQ(count_of(heard, "M5310-A"), 401U);
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, ARequestUntilItsResponseIsTold) {
  TestModem bench;
  bench.command("AT+HTTPCREATE=\"http://127.0.0.1\"");
  EXPECT_FALSE(bench.modem.has_work()) << "an instance alone is none";
  bench.command("AT+HTTPSEND=0,0,\"/\"");
  EXPECT_TRUE(bench.modem.has_work()) << "connecting";
  const auto conn = bench.wanted();
  ASSERT_TRUE(conn);
  bench.accept(*conn);
  EXPECT_TRUE(bench.modem.has_work()) << "waiting for the response";
  bench.serve(*conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_TRUE(bench.modem.has_work()) << "half of it";
  bench.serve(*conn, "lo");
  EXPECT_TRUE(bench.heard.ends_with("lo\r\n")) << bench.heard;
  EXPECT_FALSE(bench.modem.has_work()) << "the connection is kept for the next one";
  EXPECT_EQ(bench.standing(), conn);
}

TEST(HasWork, AResponseThatWaitsForItsTurn) {
  TestModem bench;
  bench.command("AT+HTTPCREATE=\"http://127.0.0.1\"");
  bench.command("AT+HTTPSEND=0,0,\"/\"");
  const auto conn = bench.wanted();
  ASSERT_TRUE(conn);
  bench.accept(*conn);
  bench.heard.clear();
  bench.type("A");
  bench.serve(*conn, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  bench.end(*conn, Cause::closed);
  EXPECT_EQ(bench.heard, "");
  EXPECT_TRUE(bench.modem.has_work());
  bench.advance(default_settings(model_named("M5310-A")).urc_guard);
  EXPECT_NE(bench.heard.find("+HTTPDISCON:0"), std::string::npos);
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, TheRequestOfAClosedInstance) {
  TestModem bench;
  bench.command("AT+HTTPCREATE=\"http://127.0.0.1\"");
  bench.command("AT+HTTPSEND=0,0,\"/\"");
  bench.command("AT+HTTPCLOSE=0");
  EXPECT_TRUE(bench.modem.has_work());
  const auto conn = bench.wanted();
  ASSERT_TRUE(conn);
  bench.accept(*conn);
  EXPECT_NE(bench.sent[*conn].find("GET / "), std::string::npos);
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, AnInquiry) {
  TestModem bench;
  EXPECT_NE(bench.command("AT+NPING=127.0.0.1").find("OK"), std::string::npos);
  EXPECT_TRUE(bench.modem.has_work());
  bench.advance(std::chrono::minutes(1));
  EXPECT_NE(bench.heard.find("+NPING"), std::string::npos);
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, AReportOfTheOwnerThatWaits) {
  TestModem bench;
  bench.type("A");
  ASSERT_TRUE(bench.modem.inject("+CMTI: 1", bench.now));
  bench.settle();
  EXPECT_TRUE(bench.modem.has_work());
  bench.advance(default_settings(model_named("M5310-A")).urc_guard);
  EXPECT_EQ(bench.heard, "\r\n+CMTI: 1\r\n");
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, TheTextOfABootButNotTheBoot) {
  const Model& model = model_named("M5311");
  Settings settings = quiet_settings(model);
  settings.boot.text = true;
  settings.boot.duration = kDay;
  TestModem bench(model, settings);
  EXPECT_TRUE(bench.modem.next_deadline());
  EXPECT_FALSE(bench.modem.has_work());
  bench.host_reads = false;
  bench.advance(kDay);
  EXPECT_TRUE(bench.modem.has_work());
  bench.host_reads = true;
  bench.settle();
  EXPECT_NE(bench.heard, "");
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, NotAnAttemptToRegister) {
  const Model& model = model_named("M5310-A");
  Settings settings = quiet_settings(model);
  settings.network.registration_delay = kDay;
  TestModem bench(model, settings);
  bench.command("AT+CEREG=1");
  EXPECT_TRUE(bench.modem.next_deadline());
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, NotPowerSavingToCome) {
  TestModem bench;
  bench.command("AT+CPSMS=1,,,\"01000011\",\"00100001\"");
  bench.command("AT+NPSMR=1");
  EXPECT_FALSE(bench.modem.status(bench.now).asleep);
  EXPECT_TRUE(bench.modem.next_deadline());
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(HasWork, NotTheTrialOfARate) {
  TestModem bench;
  bench.command("AT+NATSPEED=115200,30,0");
  EXPECT_EQ(bench.modem.uart().baud, 115200U);
  EXPECT_TRUE(bench.modem.next_deadline());
  EXPECT_FALSE(bench.modem.has_work());
}

}  // namespace
}  // namespace m531x
