// SPDX-License-Identifier: Apache-2.0
// CoAP messages as the trace shows them, and what of them it does not show.
#include "app/coap_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "app/text_file.h"
#include "app/trace.h"

namespace m531x::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

CoapMessage request(CoapId id, CoapCode code, Bytes path, Bytes payload = {}) {
  CoapMessage message = {.kind = CoapMessage::Kind::request, .id = id, .code = code};
  message.path = path;
  message.payload = payload;
  return message;
}

TEST(CoapWords, AMessageIsALine) {
  CoapRedactor redactor;
  CoapMessage read = request(5, kCoapGet, "3200/0");
  read.accept = ContentFormat::tlv;
  EXPECT_EQ(redactor.show(read, true).head, "GET /3200/0, accepts tlv");
  CoapMessage observe = request(6, kCoapGet, "3200/0/5500");
  observe.observe = CoapMessage::Observe::start;
  EXPECT_EQ(redactor.show(observe, true).head, "GET /3200/0/5500, observed");
  observe.observe = CoapMessage::Observe::cancel;
  EXPECT_EQ(redactor.show(observe, true).head, "GET /3200/0/5500, not observed any more");
  CoapMessage registration = request(1, kCoapPost, "rd", "</>");
  registration.query = "ep=a;b&lt=100";
  registration.format = ContentFormat::link;
  const CoapWords words = redactor.show(registration, false);
  EXPECT_EQ(words.head, "POST /rd?ep=a;b&lt=100, as link");
  EXPECT_EQ(words.payload, "</>");
  CoapMessage notification = {
      .kind = CoapMessage::Kind::notification, .id = 6, .code = kCoapContent};
  notification.format = static_cast<ContentFormat>(50);
  notification.payload = "\r\n";
  EXPECT_EQ(redactor.show(notification, false).head, "2.05 notification, confirmable, as 50");
  notification.confirmable = false;
  EXPECT_EQ(redactor.show(notification, false).head, "2.05 notification, as 50");
  EXPECT_EQ(redactor.show(notification, false).payload, "\\r\\n");
}

TEST(CoapWords, AQueryToObjectZeroIsNotShown) {
  CoapRedactor redactor;
  CoapMessage write = request(7, kCoapPut, "0/0");
  write.query = "s3cret";
  EXPECT_EQ(redactor.show(write, true).head, "PUT /0/0?(6 bytes, not shown)");
}

TEST(CoapWords, ObjectZeroIsNotShown) {
  for (const std::string_view path : {"0", "0/1", "0/1/5", "00/0", "0//1", "/0/0"}) {
    CoapRedactor redactor;
    EXPECT_EQ(redactor.show(request(7, kCoapPut, path, "s3cret"), true).payload,
              "(6 bytes, not shown)");
    CoapMessage response = {.kind = CoapMessage::Kind::response, .id = 7, .code = kCoapContent};
    response.payload = "s3cret";
    EXPECT_EQ(redactor.show(response, false).payload, "(6 bytes, not shown)");
    // The number is another request's from here on.
    EXPECT_EQ(redactor.show(request(7, kCoapPut, "3200/1", "on"), true).payload, "on");
    EXPECT_EQ(redactor.show(response, false).payload, "s3cret");
  }
}

TEST(CoapWords, SoManySecretRequestsAreKnown) {
  CoapRedactor redactor;
  constexpr CoapId kLast = CoapRedactor::kMaxRemembered;
  for (CoapId id = 0; id <= kLast; ++id) {
    static_cast<void>(redactor.is_secret(request(id, kCoapGet, "0"), true));
  }
  const auto is_secret = [&redactor](CoapId id) {
    return redactor.is_secret({.kind = CoapMessage::Kind::response, .id = id}, false);
  };
  EXPECT_FALSE(is_secret(0));
  EXPECT_TRUE(is_secret(1));
  EXPECT_TRUE(is_secret(kLast));
}

// What an observer of a modem writes of a session.
TEST(CoapTrace, ASessionInLines) {
  const std::string path = testing::TempDir() + "coap_trace_test";
  {
    port::EventLoop loop;
    Trace trace(loop, path);
    const auto watch = trace.watch(3, Profile{});
    using Kind = sim::Call::Kind;
    watch->from_host("AT+MIPLCREATEEX=\"a.b:5684\",1,\"c0de\",\"s3cret\",\"me\"\r");
    watch->from_host("AT+MIPLCREATE=6,733363726574,0,6,0\r");
    watch->coap_opening("a.b", 5684, true);
    watch->coap_told({.kind = Kind::coap_opened});
    watch->coap_sent(request(1, kCoapPost, "bs"));
    sim::Call told = {.kind = Kind::coap_received};
    told.coap = request(8, kCoapPut, "0/0", "s3cret");
    watch->coap_told(told);
    told.coap = request(9, kCoapGet, "3200/0/5500");
    watch->coap_told(told);
    CoapMessage answer = {.kind = CoapMessage::Kind::response, .id = 9, .code = kCoapContent};
    answer.payload = "21.5";
    watch->coap_sent(answer);
    answer.kind = CoapMessage::Kind::notification;
    watch->coap_sent(answer);
    told = {.kind = Kind::coap_acknowledged};
    told.coap.id = 9;
    watch->coap_told(told);
    told = {.kind = Kind::coap_failed, .failure = CoapFailure::rejected};
    told.coap.id = 9;
    told.coap.kind = CoapMessage::Kind::notification;
    watch->coap_told(told);
    watch->coap_told({.kind = Kind::coap_closed, .why = Cause::tls_failed});
  }
  const std::string all = read_file(path, "the trace");
  std::filesystem::remove(path);
  for (const std::string_view secret : {"s3cret", "c0de", "733363726574"}) {
    EXPECT_THAT(all, Not(HasSubstr(secret)));
  }
  std::size_t at = 0;
  for (const std::string_view part :
       {R"(\"a.b:5684\",1,<4 bytes>)", R"("event":"coap opening")", R"("port":5684)",
        R"("dtls":true)", R"("event":"coap opened")", "POST /bs", "PUT /0/0",
        "(6 bytes, not shown)", "GET /3200/0/5500", "2.05", "21.5", "2.05 notification", "21.5",
        R"("event":"coap acknowledged")", R"("id":9)", R"("event":"coap failed")",
        R"("kind":"notification")", R"("cause":"rejected")", R"("event":"coap ended")"}) {
    const std::size_t found = all.find(part, at);
    EXPECT_NE(found, std::string::npos) << part << " in\n" << all.substr(at);
    if (found != std::string::npos) at = found;
  }
}

}  // namespace
}  // namespace m531x::app
