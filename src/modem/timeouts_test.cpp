// SPDX-License-Identifier: Apache-2.0
// Each time-out in virtual time: one millisecond below its limit nothing has happened, at the limit
// it has.
#include <gtest/gtest.h>

#include <functional>

#include "modem/parts.h"
#include "modem/test_modem.h"

namespace m531x {
namespace {

constexpr Bytes kHalf = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";

Settings settings_with(const std::function<void(Settings&)>& change) {
  Settings settings = quiet_settings(model_named("M5310-A"));
  change(settings);
  return settings;
}

// A modem whose request is under way: its host, its server, and what became of it.
class TimeOut : public testing::Test {
 protected:
  void set(const std::function<void(Settings&)>& change) {
    test_.emplace(model_named("M5310-A"), settings_with(change));
  }
  TestModem& modem() { return *test_; }

  void send(const std::string& content = "") {
    ASSERT_EQ(modem().command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
    if (!content.empty()) {
      ASSERT_EQ(modem().command("AT+HTTPCONTENT=0,\"" + content + "\""), "\r\nOK\r\n");
    }
    ASSERT_EQ(modem().command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
    ASSERT_TRUE(modem().wanted());
    modem().heard.clear();
  }
  // Nothing until `limit` is over; then `reports`, for that cause.
  void expect_end_after(Millis limit, Bytes reports, Cause cause) {
    modem().heard.clear();
    modem().advance(limit - Millis(1));
    EXPECT_EQ(modem().heard, "");
    modem().advance(Millis(1));
    EXPECT_EQ(modem().heard, reports);
    EXPECT_TRUE(was_noted(words_of(cause)));
    EXPECT_EQ(modem().wanted(), std::nullopt);
    EXPECT_EQ(modem().standing(), std::nullopt);
  }
  bool was_noted(Bytes words) {
    bool found = !modem::kHasRemarks;
    while (const auto note = modem().modem.next_note()) found = found || note->words == words;
    return found;
  }
  // Without the driver's help: the server takes nothing, or so many bytes.
  void open_without_taking() { modem().modem.net_opened(0, modem().now); }
  void server_takes(std::size_t bytes) {
    std::array<Bytes, 1> views;
    ASSERT_EQ(modem().modem.net_output(0, views), 1U);
    ASSERT_GE(views[0].size(), bytes);
    modem().modem.net_sent(0, bytes, modem().now);
  }
  void host_hears() {
    while (!modem().modem.dte_output().empty()) {
      modem().heard += modem().modem.dte_output();
      modem().modem.dte_sent(modem().modem.dte_output().size(), modem().now);
    }
  }
  // Moves the clock and nothing else.
  void wait(Millis by) {
    modem().now += by;
    modem().modem.tick(modem().now);
    host_hears();
  }

 private:
  std::optional<TestModem> test_{std::in_place};
};

constexpr Bytes kTimedOut = "\r\n+HTTPERR:0,-3\r\n";
constexpr Bytes kTimedOutConnected = "\r\n+HTTPERR:0,-3\r\n\r\n+HTTPDISCON:0\r\n";

TEST_F(TimeOut, Connecting) {
  for (const Millis limit : {Millis(1), Millis(700), Millis(30'000)}) {
    set([limit](Settings& s) { s.connect_timeout = limit; });
    send();
    expect_end_after(limit, kTimedOut, Cause::connect_timeout);
  }
}

TEST_F(TimeOut, FirstByte) {
  for (const Millis limit : {Millis(1), Millis(700), Millis(60'000)}) {
    set([limit](Settings& s) {
      s.response_timeout = limit;
      s.between_bytes_timeout = s.send_timeout = s.connect_timeout = Millis(86'400'000);
    });
    send();
    modem().advance(Millis(5'000));
    modem().accept(0);
    expect_end_after(limit, kTimedOutConnected, Cause::response_timeout);
  }
}

TEST_F(TimeOut, FirstByteOnAKeptConnection) {
  set([](Settings& s) { s.response_timeout = Millis(700); });
  send();
  modem().accept(0);
  modem().serve(0, "HTTP/1.1 204 No Content\r\n\r\n");
  modem().advance(Millis(500'000));
  ASSERT_EQ(modem().command("AT+HTTPSEND=0,1,/"), "\r\nOK\r\n");
  expect_end_after(Millis(700), kTimedOutConnected, Cause::response_timeout);
}

TEST_F(TimeOut, BetweenBytes) {
  for (const Millis limit : {Millis(1), Millis(700), Millis(60'000)}) {
    set([limit](Settings& s) {
      s.between_bytes_timeout = limit;
      s.response_timeout = Millis(86'400'000);
    });
    send();
    modem().accept(0);
    modem().advance(Millis(100'000));
    modem().serve(0, kHalf);
    modem().advance(limit - Millis(1));
    modem().serve(0, "x");
    expect_end_after(limit, kTimedOutConnected, Cause::silence_timeout);
  }
}

TEST_F(TimeOut, TheFirstByteEndsTheWaitForIt) {
  set([](Settings& s) { s.response_timeout = Millis(100); });
  send();
  modem().accept(0);
  modem().advance(Millis(99));
  modem().serve(0, "H");
  expect_end_after(Millis(60'000), kTimedOutConnected, Cause::silence_timeout);
}

TEST_F(TimeOut, SendingCountsFromTheLastByteThatWasTaken) {
  set([](Settings& s) { s.send_timeout = Millis(700); });
  send("content");
  open_without_taking();
  host_hears();
  wait(Millis(699));
  server_takes(10);
  wait(Millis(699));
  server_takes(1);
  modem().heard.clear();
  wait(Millis(699));
  EXPECT_EQ(modem().heard, "");
  wait(Millis(1));
  EXPECT_EQ(modem().heard, "\r\n+HTTPERR:0,-7\r\n\r\n+HTTPDISCON:0\r\n");
  EXPECT_TRUE(was_noted(words_of(Cause::send_timeout)));
}

TEST_F(TimeOut, TheWaitForTheFirstByteBeginsWithTheLastOneSent) {
  set([](Settings& s) { s.response_timeout = Millis(700); });
  send();
  open_without_taking();
  wait(Millis(50'000));
  server_takes(std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n").size());
  expect_end_after(Millis(700), kTimedOutConnected, Cause::response_timeout);
}

TEST_F(TimeOut, AnAnswerBeforeTheRequestIsOutIsWaitedForToItsEnd) {
  set([](Settings& s) { s.send_timeout = Millis(700); });
  send("content");
  open_without_taking();
  server_takes(5);
  modem().modem.net_received(0, kHalf, modem().now);
  host_hears();
  modem().heard.clear();
  wait(Millis(59'999));
  EXPECT_EQ(modem().heard, "");
  wait(Millis(1));
  EXPECT_EQ(modem().heard, kTimedOutConnected);
  EXPECT_TRUE(was_noted(words_of(Cause::silence_timeout)));
}

TEST_F(TimeOut, WholeRequestWhileConnecting) {
  for (const bool by_code : {false, true}) {
    const Model& model = model_named(by_code ? "M5311" : "M5310-A");
    Settings settings = quiet_settings(model);
    settings.request_timeout = Millis(700);
    TestModem test(model, settings);
    test.command("AT+HTTPCREATE=a");
    test.command("AT+HTTPSEND=0,0,/");
    test.heard.clear();
    test.advance(Millis(699));
    EXPECT_EQ(test.heard, "");
    test.advance(Millis(1));
    EXPECT_EQ(test.heard,
              by_code ? Bytes("\r\nCONNECT ERROR\r\n\r\n+HTTPDISCONN:0,-1\r\n") : kTimedOut);
    std::string words;
    while (const auto note = test.modem.next_note()) words += std::string(note->words) + ";";
    if (!modem::kHasRemarks) continue;
    EXPECT_EQ(words, std::string(words_of(Cause::request_timeout)) + ";" +
                         std::string(words_of(Cause::connect_timeout)) + ";");
  }
}

TEST_F(TimeOut, WholeRequestWithoutAByte) {
  set([](Settings& s) { s.request_timeout = Millis(700); });
  send();
  modem().advance(Millis(300));
  modem().accept(0);
  expect_end_after(Millis(400), kTimedOutConnected, Cause::request_timeout);
}

TEST_F(TimeOut, WholeRequestEndsAResponseThatTrickles) {
  set([](Settings& s) { s.request_timeout = Millis(20'500); });
  send();
  modem().accept(0);
  modem().serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  for (int second = 0; second < 20; ++second) {
    modem().advance(Millis(1'000));
    modem().serve(0, "x");
  }
  EXPECT_EQ(count_of(modem().heard, "+HTTPNMIC:0,1,1000,"), 20U);
  expect_end_after(Millis(500), kTimedOutConnected, Cause::request_timeout);
}

TEST_F(TimeOut, WithoutOneForTheWholeAResponseMayTrickleForEver) {
  send();
  modem().accept(0);
  modem().serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 999; ++i) {
    modem().advance(Millis(59'999));
    modem().serve(0, "x");
  }
  modem().heard.clear();
  modem().serve(0, "x");
  EXPECT_EQ(modem().heard, "\r\n+HTTPNMIC:0,0,1000,1000,1\r\nx\r\n");
}

TEST_F(TimeOut, EachRequestHasItsOwnWholeTime) {
  set([](Settings& s) { s.request_timeout = Millis(700); });
  send();
  modem().accept(0);
  for (int i = 0; i < 3; ++i) {
    modem().advance(Millis(699));
    modem().heard.clear();
    modem().serve(0, "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(count_of(modem().heard, "+HTTPNMIC:0,0,0,0,0\r\n"), 1U);
    modem().advance(Millis(5'000));
    ASSERT_EQ(modem().command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  }
  expect_end_after(Millis(700), kTimedOutConnected, Cause::request_timeout);
}

// A host that does not read is not the server's fault: neither time runs meanwhile.
TEST_F(TimeOut, NoneRunsWhileWhatHasComeWaitsForTheHost) {
  set([](Settings& s) {
    s.request_timeout = Millis(700);
    s.between_bytes_timeout = Millis(500);
    s.limits.dte_queue_bytes = 1;
  });
  send();
  modem().accept(0);
  modem().host_reads = false;
  modem().advance(Millis(200));
  modem().serve(0, kHalf);
  modem().advance(Millis(100'000));
  modem().heard.clear();
  modem().host_reads = true;
  modem().settle();
  EXPECT_NE(modem().heard.find("half"), std::string::npos);
  modem().heard.clear();
  modem().advance(Millis(499));
  EXPECT_EQ(modem().heard, "");
  modem().serve(0, "x");
  modem().heard.clear();
  modem().advance(Millis(0));
  EXPECT_EQ(modem().heard, "");
  modem().advance(Millis(1));
  EXPECT_EQ(modem().heard, kTimedOutConnected);
  EXPECT_TRUE(was_noted(words_of(Cause::request_timeout)));
}

TEST_F(TimeOut, SendingForAClosedInstanceCountsFromTheLastByteThatWasTaken) {
  set([](Settings& s) { s.send_timeout = Millis(700); });
  send("content");
  open_without_taking();
  host_hears();
  server_takes(10);
  const auto answer_waits = [this] {
    modem().modem.dte_received("AT+HTTPCLOSE=0\r", modem().now);
    host_hears();
  };
  answer_waits();
  EXPECT_FALSE(modem().modem.next_action());
  wait(Millis(699));
  server_takes(1);
  wait(Millis(699));
  EXPECT_FALSE(modem().modem.next_action());
  wait(Millis(1));
  const auto action = modem().modem.next_action();
  ASSERT_TRUE(action);
  EXPECT_EQ(action->kind, Action::Kind::close);
}

TEST(SendBuffer, ARequestOfExactlyItsSizeFits) {
  // GET / HTTP/1.1, Host: a, Content-Length: 50, and their ends.
  constexpr std::uint32_t kRequestBytes = 16 + 9 + 20 + 2 + 50;
  for (const std::uint32_t room : {kRequestBytes - 1, kRequestBytes, kRequestBytes + 1}) {
    SCOPED_TRACE(room);
    TestModem test(model_named("M5310-A"),
                   settings_with([room](Settings& s) { s.limits.send_buffer_bytes = room; }));
    test.command("AT+HTTPCREATE=a;+HTTPCONTENT=0," + std::string(50, 'c'));
    test.command("AT+HTTPSEND=0,0,/");
    test.heard.clear();
    test.accept(0);
    test.advance(Millis(10));
    if (room < kRequestBytes) {
      EXPECT_EQ(test.heard, "\r\nCONNECT OK\r\n\r\n+HTTPERR:0,-2\r\n\r\n+HTTPDISCON:0\r\n");
      EXPECT_EQ(test.sent[0], "");
      EXPECT_EQ(test.command("AT+HTTPCLOSE=0"), "\r\nOK\r\n");
    } else {
      EXPECT_EQ(test.heard, "\r\nCONNECT OK\r\n");
      EXPECT_EQ(test.sent[0].size(), kRequestBytes);
    }
  }
}

TEST(SendBuffer, ARequestOfAClosedInstanceThatDoesNotFitIsNotSent) {
  TestModem test(model_named("M5310-A"),
                 settings_with([](Settings& s) { s.limits.send_buffer_bytes = 64; }));
  test.command("AT+HTTPCREATE=a;+HTTPCONTENT=0," + std::string(50, 'c'));
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/;+HTTPCLOSE=0"), "\r\nOK\r\n");
  EXPECT_EQ(test.wanted(), std::nullopt);
  EXPECT_EQ(test.standing(), std::nullopt);
  bool noted = false;
  while (const auto note = test.modem.next_note()) {
    noted = noted || note->words == "closed; its request is too long to be sent";
  }
  EXPECT_EQ(noted, modem::kHasRemarks);
}

}  // namespace
}  // namespace m531x
