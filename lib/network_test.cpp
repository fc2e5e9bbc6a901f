// SPDX-License-Identifier: Apache-2.0
// The network by hand: events, connections, bytes, ends.
#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lib/network.h"
#include "lib/test_desk.h"

namespace m531x::lib {
namespace {

using testing::HasSubstr;

TEST(LibraryNetwork, ARequestAndItsAnswer) {
  Desk desk;
  desk.on();
  desk.get();
  EXPECT_EQ(m531x_advance(desk.m, 5), M531X_OK);
  const m531x_event event = desk.event(M531X_EVENT_CONNECT);
  EXPECT_EQ(event.connection, 1U);
  EXPECT_STREQ(event.host, "a.example");
  EXPECT_EQ(event.port, 80);
  EXPECT_EQ(event.tls, 0);
  EXPECT_EQ(event.at_ms, 0U);
  EXPECT_TRUE(desk.no_event());
  EXPECT_EQ(m531x_accept(desk.m, 1), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\nCONNECT OK\r\n");
  EXPECT_EQ(desk.received(1), kGet);
  desk.send(1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_EQ(desk.heard(),
            "\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 2\r\n\r\n\r\n+HTTPNMIC:0,0,2,2,2\r\nhi\r\n");
  EXPECT_EQ(m531x_end(desk.m, 1, M531X_CLOSED), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n+HTTPDISCON:0\r\n");
  EXPECT_TRUE(desk.no_event()) << "the owner has ended it himself";
  EXPECT_EQ(desk.status().responses, 1U);
}

TEST(LibraryNetwork, HttpsIsToldWithTheConnection) {
  Desk desk;
  desk.set("model", "M5311");
  desk.set("variant.echo", "false");
  desk.on();
  desk.type(R"(AT+HTTPCREATE="https://b.example:8443/")");
  desk.type(R"(AT+HTTPSEND=0,0,"/")");
  const m531x_event event = desk.event(M531X_EVENT_CONNECT);
  EXPECT_STREQ(event.host, "b.example");
  EXPECT_EQ(event.port, 8443);
  EXPECT_EQ(event.tls, 1);
}

TEST(LibraryNetwork, EveryCauseEndsAnAttempt) {
  struct Row {
    m531x_cause cause;
    const char* code;
  };
  for (const Row& row : std::vector<Row>{{M531X_CONNECT_TIMEOUT, "-3"},
                                         {M531X_NO_ROUTE, "-4"},
                                         {M531X_UNRESOLVED_NAME, "-5"},
                                         {M531X_INTERFACE_DOWN, "-12"},
                                         {M531X_REFUSED, "-14"},
                                         {M531X_TLS_FAILED, "-3"},
                                         {M531X_ABORTED, "-13"},
                                         {M531X_RESET, "-14"}}) {
    Desk desk;
    desk.on();
    desk.get();
    EXPECT_EQ(m531x_end(desk.m, 1, row.cause), M531X_OK) << m531x_error(desk.m);
    EXPECT_THAT(desk.heard(), HasSubstr("+HTTPERR:0," + std::string(row.code) + "\r\n"));
    EXPECT_EQ(desk.status().failures, 1U);
  }
}

TEST(LibraryNetwork, NoOtherCauseDoes) {
  Desk desk;
  desk.on();
  desk.get();
  for (const int cause : {-1, M531X_TLS_FAILED + 1, 1'000}) {
    desk.refused(m531x_end(desk.m, 1, cause), M531X_BAD_VALUE, "no such cause");
  }
  EXPECT_EQ(desk.heard(), "");
}

TEST(LibraryNetwork, WhatIsOverIsGone) {
  Desk desk;
  desk.on();
  desk.refused(m531x_accept(desk.m, 1), M531X_GONE, "there is no connection 1");
  desk.get();
  desk.refused(m531x_accept(desk.m, 0), M531X_GONE, "there is no connection 0");
  EXPECT_EQ(m531x_end(desk.m, 1, M531X_REFUSED), M531X_OK);
  char byte = 0;
  desk.refused(m531x_accept(desk.m, 1), M531X_GONE, "connection 1 is over");
  desk.refused(m531x_send(desk.m, 1, "x", 1), M531X_GONE, "over");
  desk.refused(m531x_end(desk.m, 1, M531X_RESET), M531X_GONE, "over");
  desk.refused(m531x_server_ready(desk.m, 1, 0), M531X_GONE, "over");
  EXPECT_EQ(m531x_receive(desk.m, 1, &byte, 1), 0) << "it is still known";
  desk.refused(m531x_receive(desk.m, 2, &byte, 1), M531X_GONE, "there is no connection 2");
}

TEST(LibraryNetwork, AServerSendsOnlyWhatItHasAccepted) {
  Desk desk;
  desk.on();
  desk.get();
  desk.refused(m531x_send(desk.m, 1, "x", 1), M531X_WRONG_STATE, "has accepted");
  EXPECT_EQ(m531x_accept(desk.m, 1), M531X_OK);
  desk.refused(m531x_accept(desk.m, 1), M531X_WRONG_STATE, "accepted before");
  EXPECT_EQ(m531x_send(desk.m, 1, nullptr, 0), M531X_OK);
  desk.send(1, "H");
}

TEST(LibraryNetwork, TheModemGivesUpByItself) {
  Desk desk;
  desk.set("http.connect_timeout_ms", "30000");
  desk.on();
  desk.get();
  desk.event(M531X_EVENT_CONNECT);
  m531x_event event;
  EXPECT_EQ(m531x_wait_event(desk.m, 29'999, &event), 0);
  EXPECT_EQ(event.kind, M531X_EVENT_NONE);
  EXPECT_EQ(m531x_wait_event(desk.m, 1, &event), 1);
  EXPECT_EQ(event.kind, M531X_EVENT_CLOSED);
  EXPECT_EQ(event.connection, 1U);
  EXPECT_EQ(event.at_ms, 30'000U);
  EXPECT_THAT(desk.heard(), HasSubstr("+HTTPERR:0,-3"));
}

TEST(LibraryNetwork, WhatTheModemSentStaysReadable) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(desk.type("AT+HTTPCLOSE=0"), "\r\nOK\r\n");
  desk.event(M531X_EVENT_CLOSED);
  EXPECT_EQ(desk.received(connection, 3), "GET");
  EXPECT_EQ(desk.received(connection), kGet.substr(3));
}

// Each attempt is the one place of the bench's connection 0, and a connection of its own.
TEST(LibraryNetwork, TheLast32StayKnown) {
  Desk desk;
  desk.on();
  EXPECT_EQ(desk.type(R"(AT+HTTPCREATE="http://a.example/")"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  const auto attempts = static_cast<std::uint32_t>(Network::kMaxEnded + 2);
  for (std::uint32_t number = 1; number <= attempts; ++number) {
    EXPECT_THAT(desk.type(R"(AT+HTTPSEND=0,0,"/")"), HasSubstr("OK"));
    ASSERT_EQ(desk.event(M531X_EVENT_CONNECT).connection, number);
    ASSERT_EQ(m531x_accept(desk.m, number), M531X_OK);
    ASSERT_EQ(m531x_end(desk.m, number, M531X_RESET), M531X_OK);
  }
  // The last one has not left its place: 32 others are known.
  EXPECT_EQ(desk.received(2), kGet);
  EXPECT_EQ(desk.received(attempts), kGet);
  char byte = 0;
  desk.refused(m531x_receive(desk.m, 1, &byte, 1), M531X_GONE, "no connection 1");
}

TEST(LibraryNetwork, SoMuchMayWaitForTheModem) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK);
  desk.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n");
  const std::string big(M531X_SERVER_BUFFER_BYTES, 'b');
  desk.send(connection, std::string_view(big).substr(1));
  // Of it, the modem has taken what its receive buffer and its queue hold.
  int room = 0;
  while (m531x_send(desk.m, connection, big.data(), 1) == M531X_OK) ++room;
  EXPECT_GT(room, 1);
  desk.refused(m531x_send(desk.m, connection, big.data(), 1), M531X_FULL, "let time pass");
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  while (!desk.heard().empty()) {
  }
  EXPECT_EQ(m531x_send(desk.m, connection, big.data(), big.size() + 1), M531X_FULL);
  EXPECT_EQ(m531x_send(desk.m, connection, big.data(), big.size()), M531X_OK);
}

TEST(LibraryNetwork, AServerThatDoesNotReadMakesARequestTimeOut) {
  Desk desk;
  desk.set("http.send_timeout_ms", "60000");
  desk.on();
  desk.get();
  EXPECT_EQ(m531x_accept(desk.m, 1), M531X_OK);
  desk.event(M531X_EVENT_CONNECT);
  EXPECT_EQ(desk.received(1), kGet);
  desk.send(1, "HTTP/1.1 204 No Content\r\n\r\n");
  desk.heard();
  EXPECT_EQ(m531x_server_ready(desk.m, 1, 0), M531X_OK);
  EXPECT_EQ(desk.type(R"(AT+HTTPSEND=0,0,"/")").substr(0, 6), "\r\nOK\r\n");
  EXPECT_EQ(desk.received(1), "");
  EXPECT_EQ(m531x_advance(desk.m, 60'000), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("+HTTPERR:0,-7"));
  desk.event(M531X_EVENT_CLOSED);
}

TEST(LibraryNetwork, AnAddressIsLookedUp) {
  Desk desk;
  desk.on();
  desk.refused(m531x_resolved(desk.m, "1.2.3.4"), M531X_WRONG_STATE, "no address");
  EXPECT_EQ(desk.type(R"(AT+CMDNS="b.example")"), "\r\nOK\r\n");
  EXPECT_STREQ(desk.event(M531X_EVENT_RESOLVE).host, "b.example");
  EXPECT_EQ(m531x_resolved(desk.m, "1.2.3.4"), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("1.2.3.4"));
  desk.refused(m531x_resolved(desk.m, "1.2.3.4"), M531X_WRONG_STATE, "no address");
  desk.type(R"(AT+CMDNS="c.example")");
  EXPECT_EQ(m531x_resolved(desk.m, nullptr), M531X_OK) << "it has none";
  EXPECT_THAT(desk.heard(), Not(HasSubstr("1.2.3.4")));
}

TEST(LibraryNetwork, CertificatesAreChecked) {
  Desk desk;
  desk.set("model", "M5311");
  desk.set("variant.echo", "false");
  desk.on();
  desk.refused(m531x_checked(desk.m, 1), M531X_WRONG_STATE, "no certificates");
  desk.type(R"(AT+HTTPCREATE="https://b.example/")");
  EXPECT_THAT(desk.type(R"(AT+HTTPCFG=0,1,"x")"), HasSubstr("OK"));
  EXPECT_EQ(desk.type(R"(AT+HTTPSEND=0,0,"/")"), "") << "put off";
  desk.event(M531X_EVENT_CHECK);
  EXPECT_EQ(m531x_checked(desk.m, 0), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("ERROR"));
  desk.type(R"(AT+HTTPSEND=0,0,"/")");
  EXPECT_EQ(m531x_checked(desk.m, 1), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("OK"));
}

TEST(LibraryNetwork, TheNewestEventsAreKept) {
  Desk desk;
  desk.on();
  EXPECT_EQ(desk.type(R"(AT+HTTPCREATE="http://a.example/")"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  // One event each: the owner refuses.
  for (std::uint32_t number = 1; number <= M531X_MAX_EVENTS + 1; ++number) {
    desk.type(R"(AT+HTTPSEND=0,0,"/")");
    ASSERT_EQ(m531x_end(desk.m, number, M531X_REFUSED), M531X_OK);
  }
  for (std::uint32_t number = 2; number <= M531X_MAX_EVENTS + 1; ++number) {
    ASSERT_EQ(desk.event(M531X_EVENT_CONNECT).connection, number);
  }
  EXPECT_TRUE(desk.no_event());
}

TEST(LibraryNetwork, TheEndComesBehindWhatWasSent) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK);
  desk.send(connection,
            "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'b'));
  EXPECT_EQ(m531x_end(desk.m, connection, M531X_CLOSED), M531X_OK);
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  const std::string heard = desk.heard();
  EXPECT_EQ(std::count(heard.begin(), heard.end(), 'b'), 20'000);
  EXPECT_TRUE(heard.ends_with("\r\n+HTTPDISCON:0\r\n"));
}

TEST(LibraryNetwork, AScriptedServersConnectionIsNotTheUsers) {
  Desk desk;
  const m531x_route route = {.body = "x", .delay_ms = 10};
  EXPECT_EQ(m531x_serve(desk.m, &route), 1);
  desk.on();
  desk.type(R"(AT+HTTPCREATE="http://a.example/")");
  EXPECT_THAT(desk.type(R"(AT+HTTPSEND=0,0,"/")"), HasSubstr("CONNECT OK"));
  char byte = 0;
  desk.refused(m531x_send(desk.m, 1, "x", 1), M531X_GONE, "there is no connection 1");
  desk.refused(m531x_receive(desk.m, 1, &byte, 1), M531X_GONE, "there is no connection 1");
  desk.refused(m531x_end(desk.m, 1, M531X_CLOSED), M531X_GONE, "there is no connection 1");
}

TEST(LibraryNetwork, PowerOffEndsWhatThereIs) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  EXPECT_EQ(desk.event(M531X_EVENT_CLOSED).connection, connection);
  EXPECT_EQ(desk.received(connection), kGet);
  desk.refused(m531x_send(desk.m, connection, "x", 1), M531X_GONE, "over");
  desk.refused(m531x_checked(desk.m, 1), M531X_WRONG_STATE, "no certificates");
  desk.on();
  EXPECT_EQ(desk.accepted(), connection + 1) << "never used again";
}

TEST(LibraryNetwork, AResetClosesWhatThereIs) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(m531x_reset(desk.m, M531X_RESET_PIN), M531X_OK);
  EXPECT_EQ(desk.event(M531X_EVENT_CLOSED).connection, connection);
}

// The server's end is still on the air when the modem closes, or connects anew.
TEST(LibraryNetwork, BothSidesCloseAtOnceOnASlowRadio) {
  for (const bool again : {false, true}) {
    Desk desk;
    desk.set("air.latency_ms", "1000");
    desk.on();
    desk.get();
    EXPECT_EQ(m531x_accept(desk.m, 1), M531X_OK);
    EXPECT_EQ(m531x_advance(desk.m, 5'000), M531X_OK);
    EXPECT_EQ(m531x_end(desk.m, 1, M531X_RESET), M531X_OK);
    EXPECT_THAT(desk.type("AT+HTTPCLOSE=0"), HasSubstr("OK"));
    if (again) desk.get();
    EXPECT_EQ(m531x_advance(desk.m, 5'000), M531X_OK);
    desk.event(M531X_EVENT_CONNECT);
    if (again) {
      EXPECT_EQ(desk.event(M531X_EVENT_CONNECT).connection, 2U);
    }
    EXPECT_TRUE(desk.no_event());
  }
}

TEST(LibraryNetwork, TwoModulesKnowNothingOfEachOther) {
  Desk one;
  Desk two;
  two.set("model", "M5311");
  two.set("variant.echo", "false");
  one.on();
  EXPECT_EQ(m531x_advance(one.m, 77), M531X_OK);
  two.on();
  one.get();
  EXPECT_EQ(m531x_now(two.m), 0U);
  EXPECT_TRUE(two.no_event());
  two.refused(m531x_accept(two.m, 1), M531X_GONE, "no connection 1");
  EXPECT_STREQ(m531x_error(one.m), "");
  EXPECT_EQ(m531x_accept(one.m, 1), M531X_OK);
  EXPECT_EQ(two.status().requests, 0U);
  EXPECT_EQ(one.status().requests, 1U);
}

TEST(LibraryNetwork, EachModuleMayHaveItsThread) {
  const auto use = [](int& responses) {
    Desk desk;
    const m531x_route route = {.body = "x"};
    EXPECT_EQ(m531x_serve(desk.m, &route), 1);
    desk.on();
    desk.type(R"(AT+HTTPCREATE="http://a.example/")");
    for (int i = 0; i < 200; ++i) desk.type(R"(AT+HTTPSEND=0,0,"/")");
    responses = static_cast<int>(desk.status().responses);
  };
  int one = 0;
  int two = 0;
  std::thread first(use, std::ref(one));
  std::thread second(use, std::ref(two));
  first.join();
  second.join();
  EXPECT_EQ(one, 200);
  EXPECT_EQ(two, 200);
}

// Sixty requests that nobody answers, then sleep: an hour and more in which the processor works
// less than a second.
TEST(LibraryClock, AnHourOfTimeOutsAndSleepTakesNoTime) {
  Desk desk;
  desk.set("http.connect_timeout_ms", "60000");
  desk.on();
  EXPECT_THAT(desk.type(R"(AT+CPSMS=1,,,"00100001","00000001")"), HasSubstr("OK"));
  EXPECT_EQ(desk.type(R"(AT+HTTPCREATE="http://a.example/")"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  const std::clock_t before = std::clock();
  for (int i = 0; i < 60; ++i) {
    desk.type(R"(AT+HTTPSEND=0,0,"/")");
    EXPECT_EQ(m531x_wait_output(desk.m, 60'000), 1);
    EXPECT_THAT(desk.heard(), HasSubstr("+HTTPERR:0,-3"));
  }
  EXPECT_EQ(m531x_now(desk.m), 3'600'000U);
  EXPECT_EQ(m531x_advance(desk.m, 3'600'000), M531X_OK);
  EXPECT_EQ(desk.status().asleep, 1);
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace m531x::lib
