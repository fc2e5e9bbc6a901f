// SPDX-License-Identifier: Apache-2.0
// When the LwM2M client wants to be looked at: in each of its phases either at a time that is still
// to come and that a clock can hold, or not at all.
#include <gtest/gtest.h>

#include <chrono>

#include "modem/lwm2m_client.h"
#include "modem/lwm2m_test_server.h"

namespace m531x {
namespace {

using modem::Lwm2mClient;

// What an alarm can be set for, on a clock that counts nanoseconds in 64 bits.
constexpr Millis kMostOfAClock =
    std::chrono::duration_cast<Millis>(std::chrono::nanoseconds::max()) / 2;

// After a tick: the modem sleeps.
void expect_rest(TestModem& bench) {
  bench.modem.tick(bench.now);
  bench.settle();
  const auto next = bench.modem.next_deadline();
  if (!next) return;
  EXPECT_GT(*next, bench.now);
  EXPECT_LT(*next, kMostOfAClock);
}

void expect_no_deadline(TestModem& bench) {
  expect_rest(bench);
  EXPECT_EQ(bench.modem.next_deadline(), std::nullopt);
}

TEST(Lwm2mDeadline, NoneWhereNothingIsWaitedFor) {
  TestModem bench;
  bench.advance(Millis(60'000));
  expect_no_deadline(bench);
  create_device(bench);
  expect_no_deadline(bench);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  EXPECT_EQ(count_of(bench.command("AT+MIPLCLOSE=0"), "+MIPLEVENT:0,15"), 1U);
  expect_no_deadline(bench);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  bench.modem.coap_closed(Cause::no_route, bench.now);
  bench.settle();
  expect_no_deadline(bench);
  EXPECT_EQ(bench.command("AT+MIPLDELETE=0"), kOk);
  expect_no_deadline(bench);
}

TEST(Lwm2mDeadline, AfterABootstrapThatCameToNothing) {
  TestModem bench;
  bench.advance(Millis(60'000));
  bench.command("AT+MIPLCREATEEX=\"a.example\",1");
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  expect_rest(bench);
  bench.coap_open();
  expect_rest(bench);
  answer(bench, kCoapBadRequest);
  EXPECT_EQ(count_of(bench.heard, "+MIPLEVENT:0,3\r\n"), 1U);
  expect_no_deadline(bench);
}

TEST(Lwm2mDeadline, InEachPhase) {
  TestModem bench;
  bench.advance(Millis(60'000));
  create_device(bench);
  bench.command("AT+MIPLADDOBJ=0,3200,1,\"1\",0,0");
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,4294967295"), kOk);
  expect_rest(bench);
  bench.coap_open();
  expect_rest(bench);
  answer(bench, kCoapCreated, "rd/1");
  expect_rest(bench);
  bench.coap_serve(request(1, kCoapGet, "3200/0"));
  expect_rest(bench);
  bench.advance(Lwm2mClient::kAnswerWait);
  expect_rest(bench);
  EXPECT_EQ(bench.command("AT+MIPLUPDATE=0,4294967295,0"), kOk);
  expect_rest(bench);
  answer(bench, kCoapChanged);
  expect_rest(bench);
  bench.modem.set_coverage(false, bench.now);
  bench.settle();
  expect_rest(bench);
  bench.modem.set_coverage(true, bench.now);
  bench.settle();
  bench.advance(Millis(60'000));
  ASSERT_TRUE(bench.coap);
  bench.coap_open();
  expect_rest(bench);
  answer(bench, kCoapNotFound);
  EXPECT_EQ(bench.modem.status(bench.now).lwm2m, Lwm2mState::idle);
  expect_no_deadline(bench);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  bench.coap_open();
  answer(bench, kCoapCreated, "rd/2");
  EXPECT_EQ(bench.command("AT+MIPLCLOSE=0"), kOk);
  expect_rest(bench);
  bench.advance(Lwm2mClient::kCloseWait);
  expect_no_deadline(bench);
}

// Reports of the network do not make it forget when the client gives up.
TEST(Lwm2mDeadline, WithReportsOfTheConnection) {
  TestModem bench;
  create_device(bench);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  EXPECT_EQ(bench.command("AT+CSCON=1"), kOk);
  bench.heard.clear();
  bench.advance(Millis(100'000));
  EXPECT_EQ(count_of(bench.heard, "+MIPLEVENT:0,5"), 1U) << bench.heard;
  expect_rest(bench);
}

}  // namespace
}  // namespace m531x
