// SPDX-License-Identifier: Apache-2.0
// The endpoint against a far end that is written byte by byte, and against a server of libcoap's
// where DTLS is spoken.
#include "port/coap_endpoint.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <array>
#include <functional>

#include "port/coap_session.h"
#include "port/test_coap.h"
#include "port/test_loop.h"

namespace m531x::port {
namespace {

using namespace std::string_literals;
using CallKind = sim::Call::Kind;
using testing::ElementsAre;

struct Told {
  CallKind kind;
  OwnedCoapMessage message;
  Cause why;
  CoapFailure failure;
};

class CoapEndpointTest : public testing::Test {
 protected:
  void open(std::uint16_t port, std::string host = "127.0.0.1") {
    open(CoapTarget{.host = std::move(host), .port = port, .identity = {}, .key = {}});
  }
  void open(CoapTarget target, CoapObservations observations = {}) {
    session_ = endpoint_.open(
        std::move(target),
        [this](const sim::Call& call) {
          told_.push_back({call.kind, owned(call.coap), call.why, call.failure});
          if (call.kind == CallKind::coap_received && answer_) answer_(call.coap);
        },
        std::move(observations));
    ASSERT_TRUE(told_.empty());
  }
  template <typename Done>
  void run_until(Done done) {
    ASSERT_TRUE(runs_until(loop_, done));
  }
  Told told() {
    run_until([this] { return !told_.empty(); });
    if (told_.empty()) return {};
    Told first = std::move(told_.front());
    told_.erase(told_.begin());
    return first;
  }
  CoapWire heard() {
    std::optional<CoapWire> wire;
    run_until([&] { return (wire = peer_.receive()).has_value(); });
    return wire.value_or(CoapWire());
  }
  // The session stands and the peer knows where it is.
  void begin() {
    open(peer_.port());
    ASSERT_EQ(told().kind, CallKind::coap_opened);
    ASSERT_TRUE(session_->send(request_of(1, kCoapPost, "rd", "ep=a&lt=60")));
    const CoapWire request = heard();
    peer_.send({.type = kAck,
                .code = coap_code(2, 1),
                .mid = request.mid,
                .token = request.token,
                .options = {{8, "rd"}, {8, "5"}}});
    const Told response = told();
    ASSERT_EQ(response.kind, CallKind::coap_received);
    ASSERT_EQ(response.message.path, "rd/5");
  }
  static CoapMessage request_of(CoapId id, CoapCode code, Bytes path, Bytes query = {},
                                Bytes payload = {}, ContentFormat format = ContentFormat::none) {
    return {
        .id = id, .code = code, .format = format, .path = path, .query = query, .payload = payload};
  }
  static CoapMessage response(CoapId id, Bytes payload = {}) {
    CoapMessage message = request_of(id, coap_code(2, 5), {}, {}, payload);
    message.kind = CoapMessage::Kind::response;
    if (!payload.empty()) message.format = ContentFormat::tlv;
    return message;
  }
  static CoapMessage notification(CoapId id, bool confirmable, Bytes payload) {
    CoapMessage message = response(id, payload);
    message.kind = CoapMessage::Kind::notification;
    message.confirmable = confirmable;
    return message;
  }
  void answer_at_once(std::string payload) {
    answer_ = [this, payload](const CoapMessage& request) {
      CoapMessage answer = response(request.id, payload);
      answer.observe = request.observe;
      EXPECT_TRUE(session_->send(answer));
    };
  }
  // The session is lost, and there is another one with that server.
  void open_again(std::string host = "127.0.0.1") {
    auto observations = session_->take_observations();
    session_->close();
    open(CoapTarget{.host = std::move(host), .port = peer_.port(), .identity = {}, .key = {}},
         std::move(observations));
    ASSERT_EQ(told().kind, CallKind::coap_opened);
  }
  void observe(CoapId mid = 77, std::string token = "obs", std::string resource = "0") {
    answer_at_once("1");
    peer_.send({.code = kCoapGet,
                .mid = mid,
                .token = std::move(token),
                .options = {{6, ""}, {11, "3200"}, {11, std::move(resource)}}});
    ASSERT_EQ(told().message.head.observe, CoapMessage::Observe::start);
    ASSERT_NE(heard().option(6), "(none)");
  }

  EventLoop loop_;
  CoapEndpoint endpoint_{
      loop_, {}, {.ack_timeout = CoapTimes::kMinAckTimeout, .max_retransmit = 1}};
  CoapPeer peer_;
  std::shared_ptr<CoapSession> session_;
  std::vector<Told> told_;
  std::function<void(const CoapMessage&)> answer_;
};

TEST_F(CoapEndpointTest, ARequestHasItsOptionsAndItsAnswerALocation) {
  open(peer_.port());
  EXPECT_EQ(told().kind, CallKind::coap_opened);
  ASSERT_TRUE(
      session_->send(request_of(9, kCoapPost, "rd", "ep=a&lt=60", "</>", ContentFormat::link)));
  const CoapWire request = heard();
  EXPECT_EQ(request.type, kCon);
  EXPECT_EQ(request.code, kCoapPost);
  ASSERT_EQ(request.options.size(), 4U);
  EXPECT_EQ(request.option(11), "rd");
  EXPECT_EQ(request.option(12), "\x28");
  EXPECT_EQ(request.options[2].value, "ep=a");
  EXPECT_EQ(request.options[3].value, "lt=60");
  EXPECT_EQ(request.payload, "</>");
  const CoapWire answer{.type = kAck,
                        .code = coap_code(2, 1),
                        .mid = request.mid,
                        .token = request.token,
                        .options = {{8, "rd/1"}}};
  peer_.send(answer);
  const Told response = told();
  EXPECT_EQ(response.kind, CallKind::coap_received);
  EXPECT_EQ(response.message.head.kind, CoapMessage::Kind::response);
  EXPECT_EQ(response.message.head.id, 9);
  EXPECT_EQ(response.message.path, "rd/1");
}

TEST_F(CoapEndpointTest, AnAnswerAtOnceIsInTheAcknowledgementAndARepeatedRequestGetsItAgain) {
  begin();
  answer_at_once("abc");
  const CoapWire request{.code = kCoapGet,
                         .mid = 4711,
                         .token = "t1",
                         .options = {{11, "3200"}, {11, "0"}, {15, "a=b"}, {17, "\x2d\x16"}}};
  for (int time = 0; time < 2; ++time) {
    peer_.send(request);
    const CoapWire answer = heard();
    EXPECT_EQ(answer.type, kAck);
    EXPECT_EQ(answer.mid, 4711);
    EXPECT_EQ(answer.token, "t1");
    EXPECT_EQ(answer.code, coap_code(2, 5));
    EXPECT_EQ(answer.payload, "abc");
  }
  const Told one = told();
  EXPECT_EQ(one.message.head.id, 4711);
  EXPECT_EQ(one.message.path, "3200/0");
  EXPECT_EQ(one.message.query, "a=b");
  EXPECT_EQ(one.message.head.accept, ContentFormat::tlv);
  EXPECT_TRUE(told_.empty());
}

TEST_F(CoapEndpointTest, ALaterAnswerIsSeparate) {
  begin();
  const CoapWire request{
      .code = kCoapPut, .mid = 5, .token = "late", .options = {{11, "3"}}, .payload = "x"};
  for (int time = 0; time < 2; ++time) {
    peer_.send(request);
    const CoapWire ack = heard();
    EXPECT_EQ(ack.type, kAck);
    EXPECT_EQ(ack.code, 0);
    EXPECT_EQ(ack.mid, 5);
  }
  EXPECT_EQ(told().message.payload, "x");
  EXPECT_TRUE(told_.empty());
  ASSERT_TRUE(session_->send(response(5)));
  const CoapWire answer = heard();
  EXPECT_EQ(answer.type, kCon);
  EXPECT_EQ(answer.token, "late");
  EXPECT_EQ(answer.code, coap_code(2, 5));
  EXPECT_EQ(heard().mid, answer.mid) << "sent again";
  peer_.send({.type = kAck, .mid = answer.mid});
}

// RFC 7252 4.5: its acknowledgement may have been lost.
TEST_F(CoapEndpointTest, ASeparateAnswerThatComesAgainIsAcknowledgedAgainAndToldOnce) {
  begin();
  ASSERT_TRUE(session_->send(request_of(2, kCoapPost, "rd/5", "lt=60")));
  const CoapWire request = heard();
  peer_.send({.type = kAck, .mid = request.mid});
  const CoapWire answer{.code = coap_code(2, 4), .mid = 900, .token = request.token};
  for (int time = 0; time < 3; ++time) {
    peer_.send(answer);
    const CoapWire ack = heard();
    EXPECT_EQ(ack.type, kAck);
    EXPECT_EQ(ack.code, 0);
    EXPECT_EQ(ack.mid, 900);
  }
  EXPECT_EQ(told().message.head.code, coap_code(2, 4));
  EXPECT_TRUE(told_.empty());
}

TEST_F(CoapEndpointTest, AnAnswerThatNobodyAskedForIsNeverAcknowledged) {
  begin();
  peer_.send({.code = coap_code(2, 5), .mid = 901, .token = "none"});
  EXPECT_EQ(heard().type, kRst);
  peer_.send({.code = coap_code(2, 5), .mid = 901, .token = "none"});
  // Whatever is said of the second one would have come before the answer to this.
  answer_at_once("x");
  peer_.send({.code = kCoapGet, .mid = 902, .token = "t", .options = {{11, "3"}}});
  EXPECT_EQ(heard().mid, 902);
}

TEST_F(CoapEndpointTest, TheFormatsOfTheDraftsAreUnderstood) {
  begin();
  answer_at_once("x");
  const std::vector<std::pair<std::string, ContentFormat>> formats{
      {"\x06\x05", ContentFormat::text},
      {"\x06\x06", ContentFormat::tlv},
      {"\x06\x08", ContentFormat::opaque},
      {"\x06\x07", ContentFormat{1543}},  // JSON, which nobody here speaks
  };
  CoapId mid = 40;
  for (const auto& [number, format] : formats) {
    peer_.send({.code = kCoapPut,
                .mid = ++mid,
                .token = "f",
                .options = {{11, "3"}, {12, number}, {17, number}},
                .payload = "1"});
    EXPECT_EQ(heard().mid, mid);
    const Told one = told();
    EXPECT_EQ(one.message.head.format, format);
    EXPECT_EQ(one.message.head.accept, format);
  }
}

TEST_F(CoapEndpointTest, WellKnownCoreIsTheModemsToo) {
  begin();
  answer_at_once("links");
  peer_.send(
      {.code = kCoapGet, .mid = 8, .token = "w", .options = {{11, ".well-known"}, {11, "core"}}});
  EXPECT_EQ(heard().payload, "links");
  EXPECT_EQ(told().message.path, ".well-known/core");
}

TEST_F(CoapEndpointTest, AConfirmableNotificationIsAcknowledged) {
  begin();
  observe();
  ASSERT_TRUE(session_->send(notification(77, false, "2")));
  const CoapWire plain = heard();
  EXPECT_EQ(plain.type, kNon);
  EXPECT_EQ(plain.token, "obs");
  EXPECT_EQ(plain.option(6), "\2");
  ASSERT_TRUE(session_->send(notification(77, true, "3")));
  const CoapWire sure = heard();
  EXPECT_EQ(sure.type, kCon);
  EXPECT_EQ(sure.option(6), "\3");
  EXPECT_TRUE(told_.empty());
  peer_.send({.type = kAck, .mid = sure.mid});
  const Told acknowledged = told();
  EXPECT_EQ(acknowledged.kind, CallKind::coap_acknowledged);
  EXPECT_EQ(acknowledged.message.head.id, 77);
}

TEST_F(CoapEndpointTest, ObservationsOutliveTheSession) {
  begin();
  observe();
  open_again();
  ASSERT_TRUE(session_->send(notification(77, false, "2")));
  const CoapWire wire = heard();
  EXPECT_EQ(wire.token, "obs");
  EXPECT_EQ(wire.option(6), "\2") << "it goes on counting";
}

TEST_F(CoapEndpointTest, AnotherServerObservesNothing) {
  begin();
  observe();
  open_again("localhost");
  ASSERT_TRUE(session_->send(notification(77, false, "2")));
  EXPECT_EQ(told().failure, CoapFailure::rejected);
}

TEST_F(CoapEndpointTest, SoManyAreObservedAndTheOldestGoesFirst) {
  begin();
  const auto is_observed = [this](CoapId id) {
    EXPECT_TRUE(session_->send(notification(id, false, "2")));
    std::optional<CoapWire> wire;
    run_until([&] { return !told_.empty() || (wire = peer_.receive()); });
    told_.clear();
    return wire.has_value();
  };
  constexpr CoapId kFirst = 100;
  for (CoapId i = 0; i < CoapSession::kMaxObservations - 1; ++i) {
    observe(kFirst + i, "t" + std::to_string(i), std::to_string(i));
  }
  observe(1000, "limit", "1000");
  EXPECT_TRUE(is_observed(kFirst));
  observe(1001, "above", "1001");
  EXPECT_FALSE(is_observed(kFirst));
  EXPECT_TRUE(is_observed(kFirst + 1));
  EXPECT_TRUE(is_observed(1001));
}

TEST_F(CoapEndpointTest, AResetEndsTheObservation) {
  begin();
  observe();
  ASSERT_TRUE(session_->send(notification(77, true, "2")));
  peer_.send({.type = kRst, .mid = heard().mid});
  const Told reset = told();
  EXPECT_EQ(reset.kind, CallKind::coap_failed);
  EXPECT_EQ(reset.failure, CoapFailure::rejected);
  EXPECT_EQ(reset.message.head.kind, CoapMessage::Kind::notification);
  ASSERT_TRUE(session_->send(notification(77, true, "3")));
  EXPECT_EQ(told().failure, CoapFailure::rejected);
  EXPECT_FALSE(peer_.receive());
}

TEST_F(CoapEndpointTest, WhatIsNotAnsweredIsSentAgainAndFails) {
  begin();
  ASSERT_TRUE(session_->send(request_of(2, kCoapDelete, "rd/5")));
  const CoapWire first = heard();
  EXPECT_EQ(heard().mid, first.mid);
  const Told failed = told();
  EXPECT_EQ(failed.kind, CallKind::coap_failed);
  EXPECT_EQ(failed.failure, CoapFailure::no_answer);
  EXPECT_EQ(failed.message.head.id, 2);
  EXPECT_FALSE(peer_.receive());
}

TEST_F(CoapEndpointTest, ANotificationThatNobodyAcknowledgesEndsTheObservation) {
  begin();
  observe();
  ASSERT_TRUE(session_->send(notification(77, true, "2")));
  EXPECT_EQ(told().failure, CoapFailure::no_answer);
  ASSERT_TRUE(session_->send(notification(77, false, "3")));
  EXPECT_EQ(told().failure, CoapFailure::rejected) << "nobody observes any more";
}

TEST_F(CoapEndpointTest, APathIsObservedOnce) {
  begin();
  observe();
  for (CoapId i = 0; i < CoapSession::kMaxObservations; ++i) {
    answer_at_once("1");
    peer_.send({.code = kCoapGet,
                .mid = static_cast<CoapId>(600 + i),
                .token = "n" + std::to_string(i),
                .options = {{6, ""}, {11, "3300"}}});
    static_cast<void>(told());
    static_cast<void>(heard());
  }
  ASSERT_TRUE(session_->send(notification(77, false, "2")));
  EXPECT_EQ(heard().token, "obs") << "it has not been pushed out";
}

TEST_F(CoapEndpointTest, SoManyMessagesAreUnansweredAndTheNextOneWaits) {
  begin();
  observe();
  const CoapMessage message = notification(77, true, "2");
  for (std::size_t i = 0; i < CoapSession::kMaxUnanswered; ++i) {
    EXPECT_TRUE(session_->send(message)) << i;
  }
  EXPECT_FALSE(session_->send(message));
  EXPECT_FALSE(session_->send(request_of(2, kCoapPost, "rd/5")));
  EXPECT_TRUE(session_->send(notification(77, false, "3"))) << "which nobody acknowledges";
  CoapWire wire = heard();
  while (wire.type != kCon) wire = heard();
  peer_.send({.type = kAck, .mid = wire.mid});
  EXPECT_EQ(told().kind, CallKind::coap_acknowledged);
  EXPECT_TRUE(session_->send(message));
  EXPECT_FALSE(session_->send(message));
}

TEST_F(CoapEndpointTest, WhereNobodyListensTheSessionEnds) {
  const std::uint16_t port = CoapPeer().port();
  open(port);
  EXPECT_EQ(told().kind, CallKind::coap_opened);
  ASSERT_TRUE(session_->send(request_of(2, kCoapPost, "rd")));
  const Told closed = told();
  EXPECT_EQ(closed.kind, CallKind::coap_closed);
  EXPECT_EQ(closed.why, Cause::refused);
  EXPECT_FALSE(session_->send(request_of(3, kCoapPost, "rd")));
}

TEST_F(CoapEndpointTest, AClosedSessionIsSilent) {
  begin();
  ASSERT_TRUE(session_->send(request_of(2, kCoapPost, "rd")));
  static_cast<void>(heard());
  session_->close();
  bool over = false;
  boost::asio::steady_timer timer(loop_.context(), std::chrono::milliseconds(1'700));
  timer.async_wait([&over](boost::system::error_code) { over = true; });
  run_until([&over] { return over; });
  EXPECT_FALSE(peer_.receive()) << "nothing is sent again";
  EXPECT_TRUE(told_.empty());
}

TEST_F(CoapEndpointTest, ARequestMayComeInBlocksUpToTheLimit) {
  begin();
  answer_at_once("");
  CoapId mid = 100;
  const auto put = [&](std::size_t size, int of) {
    CoapCode code = 0;
    for (std::size_t number = 0; number * 1024 < size; ++number) {
      const bool more = (number + 1) * 1024 < size;
      const auto option = static_cast<int>(number << 4U) | (more ? 8 : 0) | 6;
      std::string value;
      if (option > 255) value += static_cast<char>(option >> 8);
      value += static_cast<char>(option);
      peer_.send({.code = kCoapPut,
                  .mid = mid++,
                  .token = "b",
                  .options = {{11, std::to_string(of)}, {27, value}},
                  .payload = std::string(std::min<std::size_t>(1024, size - number * 1024), 'x')});
      code = heard().code;
      if (code != coap_code(2, 31)) break;
    }
    return code;
  };
  EXPECT_EQ(put(kMaxCoapPayloadBytes - 1, 1), coap_code(2, 5));
  EXPECT_EQ(told().message.payload.size(), kMaxCoapPayloadBytes - 1);
  EXPECT_EQ(put(kMaxCoapPayloadBytes, 2), coap_code(2, 5));
  EXPECT_EQ(told().message.payload.size(), kMaxCoapPayloadBytes);
  EXPECT_EQ(put(kMaxCoapPayloadBytes + 1, 3), coap_code(4, 13));
  EXPECT_TRUE(told_.empty());
}

TEST_F(CoapEndpointTest, ALongAnswerGoesInBlocks) {
  begin();
  std::string body;
  for (int i = 0; i < 500; ++i) body += std::to_string(1000 + i);
  answer_at_once(body);
  std::string came;
  for (int number = 0; number < 2; ++number) {
    CoapWire request{.code = kCoapGet,
                     .mid = static_cast<CoapId>(200 + number),
                     .token = "l",
                     .options = {{11, "3"}}};
    if (number > 0) request.options.push_back({23, {static_cast<char>(number << 4 | 6)}});
    peer_.send(request);
    const CoapWire answer = heard();
    EXPECT_EQ(answer.code, coap_code(2, 5));
    EXPECT_EQ(answer.option(23),
              std::string(1, static_cast<char>(number << 4 | (number == 0 ? 8 : 0) | 6)));
    came += answer.payload;
  }
  EXPECT_EQ(came, body);
}

// Asks for that block of what is at `path`.
class CoapBlocksTest : public CoapEndpointTest {
 protected:
  CoapWire ask(const std::string& path, unsigned number, unsigned szx) {
    peer_.send({.code = kCoapGet,
                .mid = ++mid_,
                .token = "b",
                .options = {{11, path}, {23, {static_cast<char>(number << 4U | szx)}}}});
    return heard();
  }
  // Each path is answered with its own letter.
  void answer_each(std::size_t size) {
    answer_ = [this, size](const CoapMessage& request) {
      EXPECT_TRUE(session_->send(response(request.id, std::string(size, request.path.front()))));
    };
  }

  CoapId mid_ = 300;
};

TEST_F(CoapBlocksTest, LongAnswersOfTwoPathsAreNotMixedUp) {
  begin();
  answer_each(40);
  EXPECT_EQ(ask("a", 0, 0).payload, std::string(16, 'a'));
  EXPECT_EQ(ask("b", 0, 0).payload, std::string(16, 'b'));
  const CoapWire second = ask("a", 1, 0);
  EXPECT_EQ(second.payload, std::string(16, 'a'));
  EXPECT_EQ(second.option(23), "\x18");
  const CoapWire last = ask("a", 2, 0);
  EXPECT_EQ(last.payload, std::string(8, 'a'));
  EXPECT_EQ(last.option(23), "\x20");
  EXPECT_EQ(last.option(4), second.option(4));
  EXPECT_NE(last.option(4), ask("b", 1, 0).option(4)) << "the tag of another payload";
  EXPECT_EQ(told_.size(), 2U) << "the modem is asked once for each";
}

TEST_F(CoapBlocksTest, ABlockBehindTheEndIsABadRequest) {
  begin();
  answer_each(32);
  EXPECT_EQ(ask("a", 0, 0).payload.size(), 16U);
  EXPECT_EQ(ask("a", 1, 0).payload.size(), 16U);
  EXPECT_EQ(ask("a", 2, 0).code, kCoapBadRequest);
  EXPECT_EQ(ask("c", 2, 0).code, kCoapBadRequest) << "where nothing is kept";
}

TEST_F(CoapBlocksTest, SoManyAreKeptAndTheOldestIsAskedForAnew) {
  begin();
  answer_each(32);
  const std::string paths = "abcdefgh";
  ASSERT_EQ(paths.size(), CoapRepresentations::kMaxKept);
  for (const char path : paths) ask({path}, 0, 0);
  told_.clear();
  EXPECT_EQ(ask("a", 1, 0).payload, std::string(16, 'a'));
  EXPECT_TRUE(told_.empty());
  ask("i", 0, 0);
  told_.clear();
  EXPECT_EQ(ask("b", 1, 0).payload, std::string(16, 'b'));
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(ask("a", 1, 0).payload, std::string(16, 'a'));
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(CoapBlocksTest, AnAnswerThatFitsIsWhole) {
  begin();
  answer_each(16);
  const CoapWire answer = ask("a", 0, 0);
  EXPECT_EQ(answer.payload.size(), 16U);
  EXPECT_EQ(answer.option(23), "(none)");
}

TEST_F(CoapBlocksTest, ALongNotificationHasFurtherBlocks) {
  begin();
  observe();
  ASSERT_TRUE(session_->send(notification(77, false, std::string(1500, 'n'))));
  const CoapWire first = heard();
  EXPECT_EQ(first.payload.size(), 1024U);
  EXPECT_EQ(first.option(23), "\x0e");
  peer_.send({.code = kCoapGet,
              .mid = ++mid_,
              .token = "next",
              .options = {{11, "3200"}, {11, "0"}, {23, "\x16"}}});
  EXPECT_EQ(heard().payload.size(), 1500U - 1024U);
}

TEST_F(CoapBlocksTest, ARequestInBetweenDoesNotBreakOneInBlocks) {
  begin();
  answer_at_once("");
  const auto put = [this](CoapId mid, std::string block, std::size_t size) {
    peer_.send({.code = kCoapPut,
                .mid = mid,
                .token = "p",
                .options = {{11, "3"}, {27, std::move(block)}},
                .payload = std::string(size, 'x')});
    return heard().code;
  };
  EXPECT_EQ(put(500, "\x08", 16), coap_code(2, 31));
  peer_.send({.code = kCoapGet, .mid = 501, .token = "g", .options = {{11, "3"}}});
  EXPECT_EQ(heard().code, kCoapContent);
  EXPECT_EQ(told().message.head.code, kCoapGet);
  EXPECT_EQ(put(502, "\x10", 4), kCoapContent);
  EXPECT_EQ(told().message.payload.size(), 20U);
}

TEST_F(CoapEndpointTest, AConditionalRequestIsRefused) {
  begin();
  for (const int option : {1, 5}) {
    peer_.send({.code = kCoapPut,
                .mid = static_cast<CoapId>(510 + option),
                .token = "c",
                .options = {{option, ""}, {11, "3"}}});
    EXPECT_EQ(heard().code, kCoapBadOption);
  }
  EXPECT_TRUE(told_.empty());
}

TEST_F(CoapEndpointTest, ALongRequestGoesInBlocks) {
  begin();
  const std::string body(1500, 'r');
  ASSERT_TRUE(session_->send(request_of(3, kCoapPost, "rd", "", body)));
  const CoapWire first = heard();
  EXPECT_EQ(first.option(27), "\x0e");
  peer_.send({.type = kAck,
              .code = coap_code(2, 31),
              .mid = first.mid,
              .token = first.token,
              .options = {{27, "\x0e"}}});
  const CoapWire second = heard();
  EXPECT_EQ(second.option(27), "\x16");
  EXPECT_EQ(first.payload + second.payload, body);
  peer_.send({.type = kAck,
              .code = coap_code(2, 4),
              .mid = second.mid,
              .token = second.token,
              .options = {{27, "\x16"}}});
  const Told response = told();
  EXPECT_EQ(response.message.head.id, 3);
  EXPECT_EQ(response.message.head.code, coap_code(2, 4));
}

TEST_F(CoapEndpointTest, APathAndAQueryHaveLimits) {
  begin();
  answer_at_once("y");
  CoapId mid = 300;
  const auto ask = [&](std::size_t path, std::size_t query) {
    // Two segments with a `/` between them.
    peer_.send({.code = kCoapGet,
                .mid = mid++,
                .token = "p",
                .options = {{11, std::string(100, 'p')},
                            {11, std::string(path - 101, 'p')},
                            {15, std::string(100, 'q')},
                            {15, std::string(query - 101, 'q')}}});
    return heard().code;
  };
  EXPECT_EQ(ask(kMaxCoapPathBytes - 1, kMaxCoapQueryBytes - 1), coap_code(2, 5));
  EXPECT_EQ(ask(kMaxCoapPathBytes, kMaxCoapQueryBytes), coap_code(2, 5));
  EXPECT_EQ(ask(kMaxCoapPathBytes + 1, 200), coap_code(4, 2));
  EXPECT_EQ(ask(200, kMaxCoapQueryBytes + 1), coap_code(4, 2));
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(CoapEndpointTest, MoreRequestsThanAreRememberedAreRefusedWhileNoneIsAnswered) {
  begin();
  for (std::size_t i = 0; i < CoapSession::kMaxRequests; ++i) {
    peer_.send({.code = kCoapGet,
                .mid = static_cast<CoapId>(400 + i),
                .token = std::to_string(i),
                .options = {{11, "3"}}});
    EXPECT_EQ(heard().code, 0);
  }
  peer_.send({.code = kCoapGet, .mid = 500, .token = "more", .options = {{11, "3"}}});
  EXPECT_EQ(heard().code, coap_code(5, 3));
  EXPECT_EQ(told_.size(), CoapSession::kMaxRequests);
}

TEST_F(CoapEndpointTest, IPv6) {
  peer_ = CoapPeer(AF_INET6);
  open(peer_.port(), "::1");
  EXPECT_EQ(told().kind, CallKind::coap_opened);
  ASSERT_TRUE(session_->send(request_of(1, kCoapPost, "rd")));
  EXPECT_EQ(heard().option(11), "rd");
}

TEST_F(CoapEndpointTest, ANameThatIsNotThereClosesIt) {
  open(5683, "not a name");
  const Told closed = told();
  EXPECT_EQ(closed.kind, CallKind::coap_closed);
  EXPECT_NE(closed.why, Cause::closed);
}

// A server of libcoap's with one key, on the same loop.
class DtlsServer {
 public:
  DtlsServer() {
    coap_startup();
    context_ = coap_new_context(nullptr);
    coap_dtls_spsk_t setup{};
    setup.version = COAP_DTLS_SPSK_SETUP_VERSION;
    setup.psk_info.key = {6, reinterpret_cast<const std::uint8_t*>("secret")};
    EXPECT_TRUE(coap_context_set_psk2(context_, &setup));
    coap_address_t address;
    coap_address_init(&address);
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof address.addr.sin;
    // A port that was free a moment ago: libcoap does not tell which one it got.
    port_ = CoapPeer().port();
    address.addr.sin.sin_port = htons(port_);
    EXPECT_NE(coap_new_endpoint(context_, &address, COAP_PROTO_DTLS), nullptr);
    auto* const resource = coap_resource_unknown_init(nullptr);
    coap_register_request_handler(
        resource, COAP_REQUEST_POST,
        [](coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*,
           coap_pdu_t* response) { coap_pdu_set_code(response, COAP_RESPONSE_CODE_CREATED); });
    coap_add_resource(context_, resource);
  }
  ~DtlsServer() { coap_free_context(context_); }
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;
  void serve() { coap_io_process(context_, COAP_IO_NO_WAIT); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  coap_context_t* context_;
  std::uint16_t port_;
};

TEST_F(CoapEndpointTest, DtlsStandsWithTheKeyThatBothHave) {
  DtlsServer server;
  open({.host = "127.0.0.1",
        .port = server.port(),
        .dtls = true,
        .identity = "me",
        .key = "secret"});
  run_until([&] {
    server.serve();
    return !told_.empty();
  });
  ASSERT_EQ(told().kind, CallKind::coap_opened);
  ASSERT_TRUE(session_->send(request_of(4, kCoapPost, "rd", "", "</>")));
  run_until([&] {
    server.serve();
    return !told_.empty();
  });
  EXPECT_EQ(told().message.head.code, coap_code(2, 1));
}

// OpenSSL's server says nothing to a client with another key (RFC 6347 4.1.2.7): the time runs out.
TEST_F(CoapEndpointTest, DtlsEndsInTimeWithAnotherKey) {
  DtlsServer server;
  open({.host = "127.0.0.1",
        .port = server.port(),
        .dtls = true,
        .identity = "me",
        .key = "other",
        .time_limit = Millis(1'500)});
  run_until([&] {
    server.serve();
    return !told_.empty();
  });
  const Told closed = told();
  EXPECT_EQ(closed.kind, CallKind::coap_closed);
  EXPECT_EQ(closed.why, Cause::connect_timeout);
}

}  // namespace
}  // namespace m531x::port
