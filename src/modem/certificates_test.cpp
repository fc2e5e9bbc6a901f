// SPDX-License-Identifier: Apache-2.0
// What a port is given of HTTPCFG types 1-3: at the check and at each connect, also for an instance
// that is closed before its connection is wanted.
#include <gtest/gtest.h>

#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

using Three = std::array<std::string, 3>;

void create_secure(TestModem& test) {
  EXPECT_EQ(test.command("AT+HTTPCREATE=https://a"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCFG=0,1,ca;+HTTPCFG=0,2,cert;+HTTPCFG=0,3,key"), "\r\nOK\r\n");
}

ConnId wanted(const TestModem& test) {
  const auto conn = test.wanted();
  EXPECT_TRUE(conn) << "it asks for no connection";
  return conn.value_or(0);
}

const Three kStored = {"ca", "cert", "key"};

TEST(Certificates, TheCheckHasThem) {
  TestModem test("M5311");
  create_secure(test);
  test.certificates_are_good = false;
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nERROR\r\n");
  EXPECT_EQ(test.certificates, kStored);
  EXPECT_FALSE(test.wanted());
}

TEST(Certificates, EachConnectHasThem) {
  TestModem test("M5311");
  create_secure(test);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
    EXPECT_EQ(test.certificates, kStored);
    test.end(wanted(test), Cause::tls_failed);
    test.certificates = {};
  }
}

TEST(Certificates, AClosedInstanceStillSendsWithThem) {
  Settings settings = quiet_settings(model_named("M5311"));
  settings.network.attach_wait = Millis(10'000);
  TestModem test(model_named("M5311"), settings);
  create_secure(test);
  test.modem.set_coverage(false, test.now);
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/;+HTTPCLOSE=0"), "\r\nOK\r\n");
  EXPECT_FALSE(test.wanted());
  test.certificates = {};
  test.modem.set_coverage(true, test.now);
  test.settle();
  EXPECT_EQ(test.certificates, kStored);
  const ConnId conn = wanted(test);
  test.accept(conn);
  EXPECT_EQ(count_of(test.sent[conn], "GET / HTTP/1.1"), 1U);
}

TEST(Certificates, TheLargestIsWhole) {
  TestModem test("M5311");
  test.command("AT+HTTPCREATE=https://a");
  const std::string part(1000, 'c');
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(test.command("AT+HTTPCFG=0,1,\"" + part + "\""), "\r\nOK\r\n");
  }
  EXPECT_EQ(test.command("AT+HTTPCFG=0,1,\"" + std::string(193, 'c') + "\""), "\r\nERROR\r\n");
  EXPECT_EQ(test.command("AT+HTTPCFG=0,1,\"" + std::string(192, 'c') + "\""), "\r\nOK\r\n");
  test.command("AT+HTTPSEND=0,0,/");
  EXPECT_EQ(test.certificates[0], std::string(8192, 'c'));
}

TEST(Certificates, AnyBlockMayBeMissing) {
  const std::vector<std::string> session = {
      "AT+HTTPCREATE=https://a", "AT+HTTPCFG=0,1,\"" + std::string(1500, 'c') + "\"",
      "AT+HTTPSEND=0,0,/" + std::string(400, 'p'), "AT+HTTPCLOSE=0"};
  bool all_ok = false;
  for (std::size_t takes = 0; !all_ok; ++takes) {
    ASSERT_LT(takes, 100U);
    TestModem test("M5311");
    test.pool.fail_after(takes);
    all_ok = true;
    for (const std::string& line : session) {
      SCOPED_TRACE(testing::Message() << takes << " blocks, " << line.substr(0, 20));
      const std::string answer = test.command(line);
      ASSERT_EQ(final_count(answer), 1U) << testing::PrintToString(answer);
      all_ok = all_ok && answer.ends_with("\r\nOK\r\n");
    }
    if (all_ok) {
      EXPECT_EQ(test.certificates[0], std::string(1500, 'c'));
    }
  }
}

TEST(Certificates, NobodyElseIsGivenThem) {
  TestModem test("M5311");
  create_secure(test);
  test.command("AT+HTTPSEND=0,0,/");
  test.accept(wanted(test));
  Bytes view;
  for (const auto kind : {Action::Kind::check, Action::Kind::close, Action::Kind::resolve}) {
    const Action action = {.kind = kind, .conn = 0, .host = {}};
    EXPECT_EQ(test.modem.net_certificate(action, Certificate::client_key, std::span(&view, 1)), 0U);
  }
  for (const ConnId conn : std::initializer_list<ConnId>{1, 9, 10, 255}) {
    const Action action = {.kind = Action::Kind::connect, .conn = conn, .host = {}};
    EXPECT_EQ(test.modem.net_certificate(action, Certificate::client_key, std::span(&view, 1)), 0U);
  }
}

TEST(Certificates, AnAnswerThatNobodyAskedForIsIgnored) {
  TestModem test("M5311");
  create_secure(test);
  test.modem.net_checked(true, test.now);
  test.modem.net_checked(false, test.now);
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  EXPECT_FALSE(test.wanted());
}

}  // namespace
}  // namespace m531x
