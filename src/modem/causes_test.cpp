// SPDX-License-Identifier: Apache-2.0
// What each model reports for each way in which a connection ends (manual chapter 4 and 1.12).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "modem/parts.h"
#include "modem/test_modem.h"

namespace m531x {
namespace {

struct Case {
  Cause cause;
  int http_error;       // M5310-A; 0 = it has none
  int disconnect_code;  // M5311
};

constexpr Case kCases[] = {
    {Cause::out_of_memory, -1, -3},
    {Cause::send_buffer_full, -2, -3},
    {Cause::connect_timeout, -3, -1},
    {Cause::response_timeout, -3, -3},
    {Cause::silence_timeout, -3, -3},
    {Cause::request_timeout, -3, -3},
    {Cause::send_timeout, -7, -3},
    {Cause::no_route, -4, -1},
    {Cause::not_attached, -4, -1},
    {Cause::unparsable_response, -4, -4},
    {Cause::unresolved_name, -5, -5},
    {Cause::unusable_url, -6, -6},
    {Cause::would_block, -7, -3},
    {Cause::address_in_use, -8, -3},
    {Cause::already_connecting, -9, -3},
    {Cause::already_connected, -10, -3},
    {Cause::not_connected, -11, -3},
    {Cause::interface_down, -12, -1},
    {Cause::refused, -14, -1},
    {Cause::aborted, -13, -3},
    {Cause::reset, -14, -2},
    {Cause::closed_early, -15, -2},
    {Cause::illegal_argument, -16, -3},
};

void begin(TestModem& test) {
  ASSERT_EQ(test.command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  ASSERT_EQ(test.command("AT+HTTPSEND=0,1,/"), "\r\nOK\r\n");
  ASSERT_TRUE(test.wanted());
  test.heard.clear();
}

// The last remark is about the cause, in its words.
void expect_note(TestModem& test, Cause cause, int code) {
  if (!modem::kHasRemarks) return;
  std::optional<Note> last;
  while (const auto note = test.modem.next_note()) last = note;
  ASSERT_TRUE(last);
  EXPECT_EQ(last->instance, 0);
  EXPECT_EQ(last->code, code);
  EXPECT_EQ(last->words, words_of(cause));
}

TEST(Causes, OfAFailedConnect) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(words_of(c.cause));
    TestModem hi2115("M5310-A");
    begin(hi2115);
    hi2115.end(0, c.cause);
    EXPECT_EQ(hi2115.heard, "\r\n+HTTPERR:0," + std::to_string(c.http_error) + "\r\n");
    expect_note(hi2115, c.cause, c.http_error);
    TestModem mt2625("M5311");
    begin(mt2625);
    mt2625.end(0, c.cause);
    EXPECT_EQ(mt2625.heard, "\r\nCONNECT ERROR\r\n\r\n+HTTPDISCONN:0," +
                                std::to_string(c.disconnect_code) + "\r\n");
    expect_note(mt2625, c.cause, c.disconnect_code);
  }
}

TEST(Causes, OfALostConnection) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(words_of(c.cause));
    for (const std::string& before : {std::string(), std::string("HTTP/1.1 200 OK\r\n")}) {
      TestModem hi2115("M5310-A");
      begin(hi2115);
      hi2115.accept(0);
      hi2115.serve(0, before);
      hi2115.heard.clear();
      hi2115.end(0, c.cause);
      EXPECT_EQ(hi2115.heard,
                "\r\n+HTTPERR:0," + std::to_string(c.http_error) + "\r\n\r\n+HTTPDISCON:0\r\n");
      expect_note(hi2115, c.cause, c.http_error);
      TestModem mt2625("M5311");
      begin(mt2625);
      mt2625.accept(0);
      mt2625.serve(0, before);
      mt2625.heard.clear();
      mt2625.end(0, c.cause);
      EXPECT_EQ(mt2625.heard, "\r\n+HTTPDISCONN:0," + std::to_string(c.disconnect_code) + "\r\n");
      expect_note(mt2625, c.cause, c.disconnect_code);
    }
  }
}

TEST(Causes, OfAnIdleConnection) {
  TestModem hi2115("M5310-A");
  TestModem mt2625("M5311");
  for (TestModem* const test : {&hi2115, &mt2625}) {
    begin(*test);
    test->accept(0);
    test->serve(0, "HTTP/1.1 204 No Content\r\n\r\n");
    test->heard.clear();
    test->end(0, Cause::closed);
  }
  EXPECT_EQ(hi2115.heard, "\r\n+HTTPDISCON:0\r\n");
  EXPECT_EQ(mt2625.heard, "\r\n+HTTPDISCONN:0,-2\r\n");
}

TEST(Causes, ACloseInMidResponseIsTooEarly) {
  TestModem test;
  begin(test);
  test.accept(0);
  test.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
  test.heard.clear();
  test.end(0, Cause::closed);
  EXPECT_EQ(test.heard, "\r\n+HTTPERR:0,-15\r\n\r\n+HTTPDISCON:0\r\n");
}

TEST(Causes, ThatTheModemFindsOutItself) {
  const auto expect_report = [](TestModem& test, Bytes report) {
    EXPECT_EQ(test.heard, report);
    EXPECT_EQ(test.wanted(), std::nullopt);
    EXPECT_EQ(test.standing(), std::nullopt);
  };
  TestModem slow_connect;
  begin(slow_connect);
  slow_connect.advance(Millis(29'999));
  EXPECT_EQ(slow_connect.heard, "");
  slow_connect.advance(Millis(1));
  expect_report(slow_connect, "\r\n+HTTPERR:0,-3\r\n");

  TestModem slow_server;
  begin(slow_server);
  slow_server.accept(0);
  slow_server.advance(Millis(59'999));
  EXPECT_EQ(slow_server.heard, "\r\nCONNECT OK\r\n");
  slow_server.heard.clear();
  slow_server.advance(Millis(1));
  expect_report(slow_server, "\r\n+HTTPERR:0,-3\r\n\r\n+HTTPDISCON:0\r\n");

  TestModem no_http;
  begin(no_http);
  no_http.accept(0);
  no_http.heard.clear();
  no_http.serve(0, "hello\r\n");
  expect_report(no_http, "\r\n+HTTPERR:0,-4\r\n\r\n+HTTPDISCON:0\r\n");
}

TEST(Causes, HaveWordsOfTheirOwn) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    words.push_back(words_of(static_cast<Cause>(i)));
  }
  std::ranges::sort(words);
  EXPECT_FALSE(words.front().empty());
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
}

// Behind the last content an until-close response has one more record, which also waits its turn.
TEST(Reports, TheLastRecordWaitsForItsDelay) {
  for (const Cause why : {Cause::closed, Cause::reset}) {
    TestModem test;
    test.command("AT+HTTPCREATE=a;+HTTPCFG=0,7,1000;+HTTPSEND=0,0,/");
    test.accept(test.wanted().value());
    test.heard.clear();
    test.serve(0, "HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello");
    EXPECT_EQ(test.heard, "\r\n+HTTPNMIH:0,0,6\r\nA: b\r\n\r\n");
    test.heard.clear();
    test.end(0, why);
    test.advance(Millis(5000));
    EXPECT_EQ(test.heard, why == Cause::closed
                              ? "\r\n+HTTPNMIC:0,1,5,5,5\r\nhello\r\n"
                                "\r\n+HTTPNMIC:0,0,5,5,0\r\n\r\n\r\n+HTTPDISCON:0\r\n"
                              : "\r\n+HTTPNMIC:0,1,5,5,5\r\nhello\r\n"
                                "\r\n+HTTPERR:0,-14\r\n\r\n+HTTPDISCON:0\r\n");
    EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  }
}

// Content that comes alone is reported where it lies; that the response is over is found out later.
TEST(Reports, ContentInASegmentOfItsOwnEndsTheResponseAfterTheDelay) {
  TestModem test;
  test.command("AT+HTTPCREATE=a;+HTTPCFG=0,7,1000;+HTTPSEND=0,0,/");
  test.accept(test.wanted().value());
  test.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  test.advance(Millis(2000));
  test.heard.clear();
  test.serve(0, "ab");
  EXPECT_EQ(test.heard, "\r\n+HTTPNMIC:0,0,2,2,2\r\nab\r\n");
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nERROR\r\n");
  test.advance(Millis(1000));
  EXPECT_EQ(test.modem.status(test.now).counters.responses, 1U);
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
}

TEST(Reports, ContentInASegmentOfItsOwnEndsTheResponseWhenTheHostReads) {
  Settings settings = quiet_settings(model_named("M5310-A"));
  settings.limits.dte_queue_bytes = 1;
  TestModem test(model_named("M5310-A"), settings);
  test.command("AT+HTTPCREATE=a;+HTTPSEND=0,0,/");
  test.accept(test.wanted().value());
  test.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  test.host_reads = false;
  test.serve(0, "ab");
  test.advance(Millis(100'000));
  test.host_reads = true;
  test.settle();
  EXPECT_EQ(test.modem.status(test.now).counters.responses, 1U);
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
}

TEST(Reports, ContentInASegmentOfItsOwnEndsAfterTheDelayWhenTheConnectionEnds) {
  TestModem test;
  test.command("AT+HTTPCREATE=a;+HTTPCFG=0,7,1000;+HTTPSEND=0,0,/");
  test.accept(test.wanted().value());
  test.serve(0, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  test.advance(Millis(2000));
  test.heard.clear();
  test.serve(0, "hello");
  test.end(0, Cause::closed);
  EXPECT_EQ(test.heard, "\r\n+HTTPNMIC:0,1,5,5,5\r\nhello\r\n");
  test.advance(Millis(1000));
  EXPECT_EQ(test.heard,
            "\r\n+HTTPNMIC:0,1,5,5,5\r\nhello\r\n"
            "\r\n+HTTPNMIC:0,0,5,5,0\r\n\r\n\r\n+HTTPDISCON:0\r\n");
}

}  // namespace
}  // namespace m531x
