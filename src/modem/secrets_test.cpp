// SPDX-License-Identifier: Apache-2.0
// No password and no key stays in the pool's memory once its instance is closed and another line
// has been typed.
#include <gtest/gtest.h>

#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

constexpr Bytes kPassword = "OpenSesame";
constexpr Bytes kKey = "MIIEvSecretKey";
// Aladdin:OpenSesame
constexpr Bytes kBasic = "QWxhZGRpbjpPcGVuU2VzYW1l";

void expect_none(const TestModem& test) {
  EXPECT_FALSE(test.pool.contains(kPassword));
  EXPECT_FALSE(test.pool.contains(kBasic));
  EXPECT_FALSE(test.pool.contains(kKey));
}

const std::string kCreate = R"(AT+HTTPCREATE="http://a","Aladdin","OpenSesame")";
const std::string kSend = "AT+HTTPSEND=0,0,/";

// How far the request comes before the instance is closed.
struct Case {
  const char* name;
  void (*go_on)(TestModem&);
};

const std::vector<Case> kCases = {
    {"only created", [](TestModem&) {}},
    {"connecting", [](TestModem& test) { test.command(kSend); }},
    {"connection refused",
     [](TestModem& test) {
       test.command(kSend);
       test.end(test.wanted().value(), Cause::refused);
     }},
    {"sent",
     [](TestModem& test) {
       test.command(kSend);
       test.accept(test.wanted().value());
       EXPECT_EQ(count_of(test.sent[0], kBasic), 1U);
     }},
    {"answered",
     [](TestModem& test) {
       test.command(kSend);
       test.accept(test.wanted().value());
       test.serve(0, "HTTP/1.1 204 No Content\r\n\r\n");
     }},
    {"sent a second time on the same connection",
     [](TestModem& test) {
       test.command(kSend);
       test.accept(test.wanted().value());
       test.serve(0, "HTTP/1.1 204 No Content\r\n\r\n");
       test.command(kSend);
     }},
    {"reset",
     [](TestModem& test) {
       test.command(kSend);
       test.accept(test.wanted().value());
       test.end(0, Cause::reset);
     }},
    {"timed out",
     [](TestModem& test) {
       test.command(kSend);
       test.advance(Millis(100'000));
     }},
};

TEST(Secrets, PasswordsGoWithTheInstance) {
  for (const auto* const model : {"M5310-A", "M5311"}) {
    for (const bool echo : {false, true}) {
      for (const Case& c : kCases) {
        SCOPED_TRACE(testing::Message() << model << ", " << c.name << (echo ? ", echo" : ""));
        Settings settings = quiet_settings(model_named(model));
        settings.variant.echo = echo;
        TestModem test(model_named(model), settings);
        EXPECT_EQ(count_of(test.command(kCreate), "+HTTPCREATE:0"), 1U);
        EXPECT_TRUE(test.pool.contains(kPassword)) << "this test sees what there is";
        c.go_on(test);
        test.command("AT+HTTPCLOSE=0");
        if (const auto conn = test.wanted()) test.accept(*conn);
        test.command("AT");
        expect_none(test);
      }
    }
  }
}

TEST(Secrets, RefusedLines) {
  for (const std::string& line : std::vector<std::string>{
           R"(AT+HTTPCREATE="http://a b","Aladdin","OpenSesame")",
           R"(AT+HTTPCREATE="http://a","","OpenSesame")",
           R"(AT+HTTPCREATE="http://a","Aladdin","OpenSesame",1)",
           R"(AT+NOTHING="OpenSesame")",
           R"(AT+HTTPCREATE="a","b","OpenSesame)",
           "AT+HTTPHEADER=7,\"OpenSesame\"",
           "AT+HTTPCREATE=\"OpenSesame" + std::string(3000, 'x') + "\"",
           "AT+HTTPCREATE=\"" + std::string(3000, 'x') + "OpenSesame\"",
           "AT+HTTPCREATE=\"OpenSesame" + std::string(50'000, 'x') + "\"",
       }) {
    SCOPED_TRACE(line.substr(0, 60));
    TestModem test("M5311");
    EXPECT_EQ(test.command(line), "\r\nERROR\r\n");
    test.command("AT");
    expect_none(test);
  }
}

TEST(Secrets, EditedAndAbandonedLines) {
  TestModem test;
  test.type("ATOpenSesame\b\b\b\b\b\b\b\b\b\b\r");
  test.command("AT");
  expect_none(test);
  test.type("xxOpenSesame\rAOpenSesame\r");
  test.command("AT");
  expect_none(test);
}

TEST(Secrets, HeadersAndContents) {
  TestModem test;
  test.command("AT+HTTPCREATE=a");
  const std::string header = R"(AT+HTTPHEADER=0,"Authorization: OpenSesame)";
  struct Line {
    std::string line;
    const char* answer;
  };
  for (const Line& line :
       {Line{header + "\"", "\r\nOK\r\n"}, Line{"AT+HTTPHEADER=0,\"\"", "\r\nOK\r\n"},
        Line{header + "\\q\"", "\r\nERROR\r\n"},
        Line{header + std::string(1100, 'x') + "\"", "\r\nERROR\r\n"},
        Line{header + "\",3", "\r\nERROR\r\n"},
        Line{"AT+HTTPCONTENT=0,\"4f70656e536573616d65\",1", "\r\nOK\r\n"},
        Line{"AT+HTTPCONTENT=0,\"\"", "\r\nOK\r\n"},
        Line{"AT+HTTPCONTENT=0,\"4f70656e536573616d654\",1", "\r\nERROR\r\n"},
        Line{"AT+HTTPCONTENT=0,\"4f70656e536573616d654g\",1", "\r\nERROR\r\n"}}) {
    SCOPED_TRACE(line.line.substr(0, 60));
    EXPECT_EQ(test.command(line.line), line.answer);
    test.command("AT");
    EXPECT_EQ(test.pool.contains(kPassword),
              line.line == header + "\"" || line.line.ends_with("65\",1"));
  }
}

TEST(Secrets, PrivateKeys) {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\\nMIIEvSecretKey" + std::string(900, 'A');
  TestModem test("M5311");
  test.command("AT+HTTPCREATE=a");
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"" + pem + "\""), "\r\nOK\r\n");
  EXPECT_TRUE(test.pool.contains(kKey));
  EXPECT_EQ(count_of(test.command("AT+HTTPCFG=0,3"), kKey), 0U);
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"\""), "\r\nOK\r\n");
  expect_none(test);
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"" + pem + "\\q\""), "\r\nERROR\r\n");
  test.command("AT");
  expect_none(test);
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"" + pem + "\""), "\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCLOSE=0"), "\r\nOK\r\n");
  test.command("AT");
  expect_none(test);
}

TEST(Secrets, PrivateKeysInHex) {
  TestModem test("M5311");
  test.command("AT+HTTPCREATE=a");
  const std::string typed = "4d494945765365637265744b6579";
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"" + typed + "\",1"), "\r\nOK\r\n");
  EXPECT_TRUE(test.pool.contains(kKey));
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,\"" + typed + "4g\",1"), "\r\nERROR\r\n");
  EXPECT_EQ(test.command("AT+HTTPCLOSE=0"), "\r\nOK\r\n");
  test.command("AT");
  expect_none(test);
  EXPECT_FALSE(test.pool.contains(typed));
}

TEST(Secrets, AKeyThatOutlivesItsInstanceGoesWhenItsConnectionStands) {
  Settings settings = quiet_settings(model_named("M5311"));
  settings.network.attach_wait = Millis(10'000);
  TestModem test(model_named("M5311"), settings);
  test.command("AT+HTTPCREATE=https://a");
  EXPECT_EQ(test.command("AT+HTTPCFG=0,3,MIIEvSecretKey"), "\r\nOK\r\n");
  test.modem.set_coverage(false, test.now);
  EXPECT_EQ(test.command(kSend + ";+HTTPCLOSE=0"), "\r\nOK\r\n");
  test.modem.set_coverage(true, test.now);
  test.command("AT");
  EXPECT_TRUE(test.pool.contains(kKey)) << "the connection is made with it";
  const ConnId conn = test.wanted().value();
  test.modem.net_opened(conn, test.now);
  EXPECT_FALSE(test.pool.contains(kKey));
  test.accept(conn);
  EXPECT_EQ(count_of(test.sent[conn], "GET / HTTP/1.1"), 1U);
}

TEST(Secrets, AModemThatGoesLeavesNothing) {
  const Model& model = model_named("M5311");
  mem::TestPool pool(64, 4, 1000);
  {
    TestModem test(model, quiet_settings(model), pool);
    test.command(kCreate);
    test.command(kSend);
    ASSERT_TRUE(pool.contains(kPassword));
  }
  EXPECT_EQ(pool.used_count(), 0U);
  EXPECT_FALSE(pool.contains(kPassword));
  EXPECT_FALSE(pool.contains(kBasic));
}

}  // namespace
}  // namespace m531x
