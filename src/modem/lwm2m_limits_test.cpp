// SPDX-License-Identifier: Apache-2.0
// The limits of the LwM2M client, each one below, at and above it. Those of objects, observations
// and waiting requests are in lwm2m_client_test.cpp.
#include <gtest/gtest.h>

#include "modem/lwm2m_client.h"
#include "modem/lwm2m_test_server.h"

namespace m531x {
namespace {

using modem::Lwm2mClient;

CoapMessage put(CoapId id, Bytes path, Bytes payload, ContentFormat format) {
  CoapMessage message = request(id, kCoapPut, path);
  message.format = format;
  message.payload = payload;
  return message;
}

Lwm2mState state_of(TestModem& bench) { return bench.modem.status(bench.now).lwm2m; }

// Answers that the port does not take wait as messages, then as owed ones; none comes twice.
TEST(Lwm2mLimits, MessagesThatThePortDoesNotTake) {
  constexpr std::size_t kAll = Lwm2mClient::kMaxMessages + Lwm2mClient::kMaxExchanges;
  for (const std::size_t count : {Lwm2mClient::kMaxMessages - 1, Lwm2mClient::kMaxMessages,
                                  Lwm2mClient::kMaxMessages + 1, kAll, kAll + 1}) {
    SCOPED_TRACE(count);
    TestModem bench;
    register_with(bench);
    bench.port_takes = false;
    for (std::size_t i = 0; i < count; ++i) {
      bench.coap_serve(request(static_cast<CoapId>(i), kCoapGet, "9/0"));
    }
    EXPECT_TRUE(bench.coap_sent.empty());
    EXPECT_TRUE(bench.modem.has_work());
    const bool is_full = count >= Lwm2mClient::kMaxMessages;
    EXPECT_EQ(bench.command("AT+MIPLUPDATE=0,100,0"), is_full ? kError : kOk);
    bench.port_takes = true;
    bench.settle();
    bench.advance(Lwm2mClient::kRetryWait);
    EXPECT_EQ(bench.coap_sent.size(), std::min(count, kAll) + (is_full ? 0U : 1U));
    for (std::size_t i = 0; i < std::min(count, kAll); ++i) {
      EXPECT_EQ(bench.coap_sent[i].id, i);
      EXPECT_EQ(bench.coap_sent[i].code, kCoapNotFound);
    }
    if (is_full) {
      EXPECT_EQ(bench.command("AT+MIPLUPDATE=0,100,0"), kOk);
    }
  }
}

// A host in the middle of a line hears nothing; so much waits for it, and no more is asked of it.
TEST(Lwm2mLimits, BytesOfReportsThatWait) {
  constexpr std::size_t kHeads = 6;  // of a report in the queue: its size and its line ends
  constexpr std::size_t kText = 1000;
  const std::size_t one = std::string("+MIPLWRITE:0,1,3200,0,1,1,1000,\"\",0,0").size() + kText;
  constexpr std::size_t kBefore = 3;
  const std::size_t left = Lwm2mClient::kMaxWaitingBytes - kBefore * (one + kHeads);
  const std::size_t fits = left - (one - kText) + 1;  // its length has a digit less
  ASSERT_GT(fits, 99U);
  ASSERT_LT(fits, 1000U);
  for (const std::size_t last : {fits - 1, fits, fits + 1}) {
    SCOPED_TRACE(last);
    TestModem bench;
    register_with(bench);
    bench.type("AT");
    const std::string text(kText, 'x');
    for (std::size_t i = 1; i <= kBefore; ++i) {
      bench.coap_serve(put(static_cast<CoapId>(i), "3200/0/1", text, ContentFormat::text));
    }
    bench.coap_serve(put(9, "3200/0/1", mem::first(text, last), ContentFormat::text));
    EXPECT_EQ(bench.heard, "");
    const bool is_told = last <= fits;
    ASSERT_EQ(bench.coap_sent.size(), is_told ? 0U : 1U);
    if (!is_told) {
      EXPECT_EQ(bench.coap_sent.back().code, kCoapUnavailable);
    }
    bench.type("\r");
    bench.advance(Millis(100));
    EXPECT_EQ(count_of(bench.heard, "+MIPLWRITE:"), is_told ? kBefore + 1 : kBefore);
    EXPECT_EQ(count_of(bench.heard, text), kBefore);
  }
}

TEST(Lwm2mLimits, BytesOfAWrite) {
  constexpr std::size_t kMost = Lwm2mClient::kMaxPayloadBytes;
  for (const std::size_t size : {kMost - 1, kMost, kMost + 1}) {
    TestModem bench;
    register_with(bench);
    const std::string text(size, 'x');
    bench.coap_serve(put(1, "3200/0/1", text, ContentFormat::text));
    EXPECT_EQ(count_of(bench.heard, text + "\""), size <= kMost ? 1U : 0U);
    bench.coap_serve(put(2, "3200/0/1", text, ContentFormat::opaque));
    EXPECT_EQ(count_of(bench.heard, "+MIPLWRITE:0,2"), size <= kMost ? 1U : 0U);
    EXPECT_EQ(bench.coap_sent.size(), size <= kMost ? 0U : 2U);
    if (size > kMost) {
      EXPECT_EQ(bench.coap_sent.back().code, kCoapTooLarge);
    }
  }
}

TEST(Lwm2mLimits, PartsOfAnAnswer) {
  TestModem bench;
  register_with(bench);
  bench.coap_serve(request(1, kCoapGet, "3200/0"));
  const auto part = [&bench](std::size_t index, unsigned flag) {
    return bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,3,1,7," + std::to_string(index) + "," +
                         std::to_string(flag));
  };
  EXPECT_EQ(part(Lwm2mClient::kMaxParts, 1), kError);
  std::string all;
  for (std::size_t i = Lwm2mClient::kMaxParts; i-- > 0;) {
    EXPECT_EQ(part(i, i == 0 ? 0 : all.empty() ? 1 : 2), kOk) << i;
    all += "\xc1\x01\x07";
  }
  EXPECT_EQ(bench.coap_payload, all);
}

// Each line may be short and the whole still too long: the line that is too much is refused, those
// before it stay.
TEST(Lwm2mLimits, BytesOfAnAnswerInParts) {
  for (const bool notifies : {false, true}) {
    TestModem bench;
    register_with(bench);
    CoapMessage ask = request(1, kCoapGet, "3200/0");
    if (notifies) ask.observe = CoapMessage::Observe::start;
    bench.coap_serve(ask);
    const auto part = [&](std::size_t size, const std::string& end) {
      return bench.command((notifies ? "AT+MIPLNOTIFY=0,1" : "AT+MIPLREADRSP=0,1,1") +
                           std::string(",3200,0,1,1,1,\"") + std::string(size, 'x') + "\"," + end);
    };
    constexpr std::size_t kHead = 4 + 4;  // of a part and of its TLV
    constexpr std::size_t kFirst = 600;
    constexpr std::size_t kRest = Lwm2mClient::kMaxPayloadBytes - kFirst - 2 * kHead;
    EXPECT_EQ(part(kFirst, "1,1"), kOk);
    EXPECT_EQ(part(kRest + 1, "0,0"), kError);
    EXPECT_EQ(part(kRest, "0,0"), kOk);
    EXPECT_EQ(bench.coap_payload.size(), kFirst + kRest + kHead);
  }
}

// What a part was refused for leaves no trace in the next: opaque bytes after a text are TLV.
TEST(Lwm2mLimits, ARefusedPartHasNoFormat) {
  TestModem bench;
  register_with(bench);
  bench.coap_serve(request(1, kCoapGet, "3200/0/1"));
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,3,1,x,0,0"), kError);
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,2,1,\"0g\",0,0"), kError);
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,1,1,3200,0,1,2,1,\"07\",0,0"), kOk);
  EXPECT_EQ(bench.coap_sent.back().format, ContentFormat::tlv);
  EXPECT_EQ(bench.coap_payload, "\xc1\x01\x07");
  bench.coap_serve(request(2, kCoapGet, "3200/0/1"));
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,2,1,3200,0,1,2,1,\"0g\",0,0"), kError);
  EXPECT_EQ(bench.command("AT+MIPLREADRSP=0,2,1,3200,0,1,3,1,7,0,0"), kOk);
  EXPECT_EQ(bench.coap_sent.back().format, ContentFormat::text);
  EXPECT_EQ(bench.coap_payload, "7");
}

TEST(Lwm2mLimits, BytesOfALocation) {
  constexpr std::size_t kMost = Lwm2mClient::kMaxLocationBytes;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMost - 1, kMost, kMost + 1}) {
    SCOPED_TRACE(size);
    TestModem bench;
    bench.command("AT+MIPLCREATEEX=\"a.example\",0");
    bench.command("AT+MIPLOPEN=0,86400");
    bench.coap_open();
    const std::string location(size, 'l');
    answer(bench, kCoapCreated, location);
    const bool is_good = size > 0 && size <= kMost;
    EXPECT_EQ(state_of(bench), is_good ? Lwm2mState::registered : Lwm2mState::idle);
    EXPECT_EQ(count_of(bench.heard, is_good ? "+MIPLEVENT:0,6" : "+MIPLEVENT:0,7"), 1U);
    if (!is_good) continue;
    EXPECT_EQ(bench.command("AT+MIPLCLOSE=0"), kOk);
    EXPECT_EQ(bench.coap_path, location);
  }
}

// A resource of TLV whose id and length fit one byte each.
std::string resource(char id, const std::string& value) {
  return std::string("\xc8") + id + static_cast<char>(value.size()) + value;
}

TEST(Lwm2mLimits, SecretsOfAnAccount) {
  const auto bootstrap = [](std::size_t identity, std::size_t key) {
    TestModem bench;
    bench.command("AT+MIPLCREATEEX=\"a.example\",1");
    bench.command("AT+MIPLOPEN=0,86400");
    bench.coap_open();
    answer(bench, kCoapChanged);
    const std::string account =
        resource('\0', "coaps://b.example") + resource('\x02', std::string(1, '\0')) +
        resource('\x03', std::string(identity, 'i')) + resource('\x05', std::string(key, 'k'));
    bench.coap_serve(put(7, "0/0", account, ContentFormat::tlv));
    const CoapCode code = bench.coap_sent.back().code;
    bench.coap_serve(request(8, kCoapPost, "bs"));
    EXPECT_EQ(bench.coap_key, code == kCoapChanged ? std::string(key, 'k') : "");
    EXPECT_EQ(bench.coap_identity, code == kCoapChanged ? std::string(identity, 'i') : "");
    return code;
  };
  constexpr std::size_t kIdentity = Lwm2mClient::kMaxIdentityBytes;
  constexpr std::size_t kKey = Lwm2mClient::kMaxKeyBytes;
  EXPECT_EQ(bootstrap(0, 1), kCoapBadRequest);
  EXPECT_EQ(bootstrap(1, 0), kCoapBadRequest);
  EXPECT_EQ(bootstrap(1, 1), kCoapChanged);
  EXPECT_EQ(bootstrap(kIdentity - 1, kKey - 1), kCoapChanged);
  EXPECT_EQ(bootstrap(kIdentity, kKey), kCoapChanged);
  EXPECT_EQ(bootstrap(kIdentity + 1, kKey), kCoapTooLarge);
  EXPECT_EQ(bootstrap(kIdentity, kKey + 1), kCoapTooLarge);
}

// Whatever a bootstrap server's message is cut to, it is answered once, and only the whole of it
// gives an account.
TEST(Lwm2mLimits, AnAccountCutAtEachLength) {
  const std::string account = resource('\0', "coap://b.example") + resource('\x02', "\x03");
  const std::string whole = std::string("\x08\x01") + static_cast<char>(account.size()) + account;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    SCOPED_TRACE(size);
    TestModem bench;
    bench.command("AT+MIPLCREATEEX=\"a.example\",1");
    bench.command("AT+MIPLOPEN=0,86400");
    bench.coap_open();
    answer(bench, kCoapChanged);
    const std::size_t before = bench.coap_sent.size();
    bench.coap_serve(put(7, "0", mem::first(whole, size), ContentFormat::tlv));
    ASSERT_EQ(bench.coap_sent.size(), before + 1);
    const bool is_good = size == whole.size();
    const CoapCode code = is_good || size == 0 ? kCoapChanged : kCoapBadRequest;
    EXPECT_EQ(bench.coap_sent.back().code, code);
    bench.coap_serve(request(8, kCoapPost, "bs"));
    EXPECT_EQ(state_of(bench), is_good ? Lwm2mState::registering : Lwm2mState::idle);
  }
}

// The part of a notification that is waited for, to the millisecond.
TEST(Lwm2mLimits, ANotificationIsGivenUp) {
  for (const auto wait : {Lwm2mClient::kPartWait - Millis(1), Lwm2mClient::kPartWait}) {
    TestModem bench;
    register_with(bench);
    CoapMessage observe = request(1, kCoapGet, "3200/0");
    observe.observe = CoapMessage::Observe::start;
    bench.coap_serve(observe);
    EXPECT_EQ(bench.command("AT+MIPLNOTIFY=0,1,3200,0,1,3,1,7,1,1"), kOk);
    bench.advance(wait);
    const bool is_open = wait < Lwm2mClient::kPartWait;
    EXPECT_EQ(bench.command("AT+MIPLNOTIFY=0,1,3200,0,1,3,1,7,0,0"), kOk);
    EXPECT_EQ(bench.coap_payload.size(), is_open ? 6U : 3U);
  }
}

}  // namespace
}  // namespace m531x
