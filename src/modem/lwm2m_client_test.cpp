// SPDX-License-Identifier: Apache-2.0
// The limits of the LwM2M client, memory that runs out, and what of it is secret. What it says on
// the wire is in tests/transcripts/mipl_*.md.
#include <gtest/gtest.h>

#include "modem/engine.h"
#include "modem/lwm2m_test_server.h"

namespace m531x {
namespace {

using modem::Lwm2mClient;
using modem::Lwm2mObject;
using modem::Lwm2mObjects;

constexpr CoapCode kUnavailable = coap_code(5, 3);

TEST(Lwm2m, Objects) {
  TestModem bench;
  create_device(bench);
  for (std::size_t i = 0; i < Lwm2mObjects::kMaxObjects; ++i) {
    EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0," + std::to_string(i) + ",1,\"1\",0,0"), kOk) << i;
  }
  EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0,99,1,\"1\",0,0"), kError);
  EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0,1,1,\"1\",0,0"), kError) << "it is there";
  EXPECT_EQ(bench.command("AT+MIPLDELOBJ=0,1"), kOk);
  EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0,99,1,\"1\",0,0"), kOk);
}

TEST(Lwm2m, InstancesOfAnObject) {
  TestModem bench;
  create_device(bench);
  const auto add = [&bench](const std::string& count, const std::string& bits) {
    return bench.command("AT+MIPLADDOBJ=0,3200," + count + ",\"" + bits + "\",0,0");
  };
  EXPECT_EQ(add("0", ""), kError);
  EXPECT_EQ(add("9", "111111111"), kError);
  EXPECT_EQ(add("2", "1"), kError);
  EXPECT_EQ(add("2", "12"), kError);
  EXPECT_EQ(add("8", "11111111"), kOk);
}

TEST(Lwm2m, ResourcesOfADiscovery) {
  TestModem bench("M5311");
  create_device(bench);
  EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0,3200,1,\"1\",0,0"), kOk);
  std::string most = "1";
  for (std::size_t i = 1; i < Lwm2mObject::kMaxResources; ++i) most += ";" + std::to_string(i);
  const auto list = [&bench](const std::string& ids) {
    return bench.command("AT+MIPLDISCOVERRSP=0,3200,1,1,\"" + ids + "\"");
  };
  EXPECT_EQ(list(most), kOk);
  EXPECT_EQ(list(most + ";9"), kError);
  EXPECT_EQ(list("65535"), kOk);
  EXPECT_EQ(list("65536"), kError);
  EXPECT_EQ(list("1;"), kError);
  EXPECT_EQ(list("x"), kError);
}

TEST(Lwm2m, RequestsThatWaitForTheHost) {
  TestModem bench;
  register_with(bench);
  for (std::size_t i = 0; i < Lwm2mClient::kMaxExchanges; ++i) {
    bench.coap_serve(request(static_cast<CoapId>(i), kCoapGet, "3200/0/1"));
  }
  EXPECT_TRUE(bench.coap_sent.empty());
  EXPECT_EQ(count_of(bench.heard, "+MIPLREAD:"), Lwm2mClient::kMaxExchanges);
  EXPECT_TRUE(bench.modem.has_work());
  bench.coap_serve(request(100, kCoapGet, "3200/0/1"));
  ASSERT_EQ(bench.coap_sent.size(), 1U);
  EXPECT_EQ(bench.coap_sent.back().code, kUnavailable);
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,0,13"), kOk);
  bench.coap_serve(request(101, kCoapGet, "3200/0/1"));
  EXPECT_EQ(bench.coap_sent.size(), 2U);
  bench.advance(Lwm2mClient::kAnswerWait);
  EXPECT_EQ(bench.coap_sent.size(), 2U + Lwm2mClient::kMaxExchanges);
  EXPECT_FALSE(bench.modem.has_work());
}

TEST(Lwm2m, Observations) {
  TestModem bench;
  register_with(bench);
  std::vector<std::string> paths;
  for (std::size_t i = 0; i <= Lwm2mClient::kMaxObservations; ++i) {
    paths.push_back("3200/0/" + std::to_string(i));
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    CoapMessage observe = request(static_cast<CoapId>(i), kCoapGet, paths[i]);
    observe.observe = CoapMessage::Observe::start;
    bench.coap_serve(observe);
    const bool fits = i < Lwm2mClient::kMaxObservations;
    EXPECT_EQ(bench.coap_sent.back().code, fits ? coap_code(2, 5) : kUnavailable) << i;
  }
  CoapMessage cancel = request(200, kCoapGet, paths[0]);
  cancel.observe = CoapMessage::Observe::cancel;
  bench.coap_serve(cancel);
  EXPECT_EQ(bench.command("AT+MIPLNOTIFY=0,0,3200,0,0,3,1,1,0,0"), kError);
  EXPECT_EQ(bench.command("AT+MIPLNOTIFY=0,1,3200,0,1,3,1,1,0,0"), kOk);
}

TEST(Lwm2m, BytesOfAnAnswer) {
  TestModem bench;
  register_with(bench);
  bench.coap_serve(request(1, kCoapGet, "3200/0/1"));
  constexpr std::size_t kMost = Lwm2mClient::kMaxPayloadBytes - 4;
  const auto answer = [&bench](std::size_t size) {
    return bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,1,1,\"" + std::string(size, 'x') +
                         "\",0,0");
  };
  EXPECT_EQ(answer(kMost + 1), kError);
  EXPECT_EQ(answer(kMost), kOk);
  EXPECT_EQ(bench.coap_payload, std::string(kMost, 'x'));
}

TEST(Lwm2m, PartsComeInOrder) {
  TestModem bench;
  register_with(bench);
  bench.coap_serve(request(1, kCoapGet, "3200/0"));
  const auto part = [&bench](const std::string& end) {
    return bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,3,1,7," + end);
  };
  EXPECT_EQ(part("32,1"), kError) << "more than kMaxParts";
  EXPECT_EQ(part("2,2"), kError) << "the first is flagged as such";
  EXPECT_EQ(part("2,1"), kOk);
  EXPECT_EQ(part("2,1"), kError);
  EXPECT_EQ(part("0,0"), kError) << "one is missing";
  EXPECT_EQ(part("1,2"), kOk);
  EXPECT_EQ(part("0,0"), kOk);
  EXPECT_EQ(bench.coap_payload, std::string("\xc1\x01\x07\xc1\x01\x07\xc1\x01\x07"));
}

TEST(Lwm2m, CredentialsAreForTheSessionAlone) {
  TestModem bench;
  EXPECT_EQ(bench.command("AT+MIPLCREATEEX=\"a.example:5684\",0,\"\",\"" +
                          std::string(Lwm2mClient::kMaxKeyBytes + 1, 'k') + "\""),
            kError);
  const std::string key(Lwm2mClient::kMaxKeyBytes, 'k');
  bench.command("AT+MIPLCREATEEX=\"a.example:5684\",0,\"\",\"" + key + "\",\"me\"");
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,86400"), kOk);
  EXPECT_EQ(bench.coap_identity, "me");
  EXPECT_EQ(bench.coap_key, key);
  EXPECT_EQ(bench.heard.find(key), std::string::npos);
}

TEST(Lwm2m, AnInstanceHoldsMemoryAndGivesItBack) {
  TestModem bench;
  const std::size_t before = bench.pool.used_count();
  register_with(bench);
  EXPECT_GT(bench.pool.used_count(), before);
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  EXPECT_EQ(bench.pool.used_count(), before);
  EXPECT_FALSE(bench.coap) << "the session is closed";
  EXPECT_EQ(bench.modem.status(bench.now).lwm2m, Lwm2mState::none);
}

// Whatever request for a block fails, the command says so and nothing is changed, or it works.
TEST(Lwm2m, MemoryRunsOut) {
  for (std::size_t n = 0; n < 8; ++n) {
    TestModem bench;
    bench.pool.fail_after(n);
    const std::string made = bench.command("AT+MIPLCREATEEX=\"a.example\",0");
    bench.pool.fail_after(BlockPool::kNeverFail);
    const auto state = bench.modem.status(bench.now).lwm2m;
    EXPECT_EQ(made.find("OK") == std::string::npos, state == Lwm2mState::none) << n;
    if (state == Lwm2mState::none) create_device(bench);
    bench.pool.fail_after(n);
    const std::string opened = bench.command("AT+MIPLOPEN=0,86400");
    bench.pool.fail_after(BlockPool::kNeverFail);
    EXPECT_EQ(opened == kOk, bench.coap) << n;
  }
}

}  // namespace
}  // namespace m531x
