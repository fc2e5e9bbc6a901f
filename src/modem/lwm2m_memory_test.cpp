// SPDX-License-Identifier: Apache-2.0
// A LwM2M session with a modem whose memory runs out: each request for a block fails in turn.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "modem/lwm2m_client.h"
#include "modem/lwm2m_test_server.h"

namespace m531x {
namespace {

using MessageKind = CoapMessage::Kind;
using modem::Lwm2mClient;

// A server that answers whatever the module asks, and counts what it is answered itself.
class Server {
 public:
  explicit Server(TestModem& bench) : bench_(bench) {}

  // Does its part for all that the module has begun.
  void serve() {
    for (int round = 0; round < 20; ++round) {
      if (bench_.coap_session_count != session_) {
        session_ = bench_.coap_session_count;
        if (bench_.coap) bench_.coap_open();
      }
      if (seen_ == bench_.coap_sent.size()) return;
      take(bench_.coap_sent[seen_++]);
    }
  }

  void ask(CoapMessage request) {
    if (!bench_.coap) return;
    asked_.insert(request.id);
    bench_.coap_serve(request);
    serve();
  }

  // In the session that stands, that is; with another the questions are gone.
  [[nodiscard]] const std::set<CoapId>& unanswered() const { return asked_; }
  [[nodiscard]] std::size_t registrations() const { return registrations_; }
  [[nodiscard]] std::size_t deregistrations() const { return deregistrations_; }

 private:
  void take(const CoapMessage& message) {
    if (message.kind == MessageKind::response) {
      EXPECT_EQ(asked_.erase(message.id), 1U) << "answered once: " << message.id;
    } else if (message.kind == MessageKind::notification) {
      if (message.confirmable) {
        bench_.modem.coap_acknowledged(message.id, bench_.now);
        bench_.settle();
      }
    } else {
      answer(message);
    }
  }
  void answer(const CoapMessage& request) {
    CoapMessage response = {.kind = MessageKind::response, .id = request.id, .code = kCoapChanged};
    const bool is_registration = request.code == kCoapPost && bench_.coap_path == "rd";
    if (is_registration) {
      ++registrations_;
      response.code = kCoapCreated;
      response.path = "rd/1";
    } else if (request.code == kCoapDelete) {
      ++deregistrations_;
      response.code = kCoapDeleted;
    }
    bench_.coap_serve(response);
  }

  TestModem& bench_;
  int session_ = 0;
  std::size_t seen_ = 0;
  std::set<CoapId> asked_;
  std::size_t registrations_ = 0;
  std::size_t deregistrations_ = 0;
};

struct Step {
  std::string line;          // that the host types; or
  CoapMessage request = {};  // that the server asks
};

std::vector<Step> session() {
  static const std::string tlv(600, 'x');
  static const std::string resource = std::string("\xe8\x15\x7c", 3) + "\xff" + tlv.substr(0, 255);
  CoapMessage observe = request(10, kCoapGet, "3200/0");
  observe.observe = CoapMessage::Observe::start;
  CoapMessage discover = request(11, kCoapGet, "3200");
  discover.accept = ContentFormat::link;
  CoapMessage text = request(13, kCoapPut, "3200/0/5500");
  text.format = ContentFormat::text;
  text.payload = tlv;
  CoapMessage write = request(14, kCoapPut, "3200/0");
  write.format = ContentFormat::tlv;
  write.payload = resource;
  CoapMessage parameters = request(16, kCoapPut, "3200/0");
  parameters.query = "pmin=1&st=0.5";
  const std::string value = "\"" + std::string(400, 'v') + "\"";
  return {
      {R"(AT+MIPLCREATEEX="a.example",0)"},
      {R"(AT+MIPLADDOBJ=0,3200,1,"1",0,0)"},
      {R"(AT+MIPLADDOBJ=0,3201,8,"11111111",0,0)"},
      {"AT+MIPLOPEN=0,86400"},
      {"", observe},
      {"AT+MIPLOBSERVERSP=0,10,1"},
      {"", discover},
      {R"(AT+MIPLDISCOVERRSP=0,11,1,9,"5500;5501")"},
      {"", request(12, kCoapGet, "3200/0")},
      {"AT+MIPLREADRSP=0,12,1,3200,0,5500,1,400," + value + ",1,1"},
      {"AT+MIPLREADRSP=0,12,1,3200,0,5501,1,400," + value + ",0,0"},
      {"", text},
      {"AT+MIPLWRITERSP=0,13,2"},
      {"", write},
      {"AT+MIPLWRITERSP=0,14,2"},
      {"", request(15, kCoapPost, "3200/0/5500")},
      {"AT+MIPLEXECUTERSP=0,15,2"},
      {"", parameters},
      {"AT+MIPLPARAMETERRSP=0,16,2"},
      {"AT+MIPLNOTIFY=0,10,3200,0,5500,1,400," + value + ",1,1"},
      {"AT+MIPLNOTIFY=0,10,3200,0,5501,1,400," + value + ",0,0,7"},
      {"AT+MIPLUPDATE=0,86400,1"},
      {"", request(17, kCoapGet, "3200/0/5500")},
      {"AT+MIPLREADRSP=0,17,13"},
      {"AT+MIPLCLOSE=0"},
      {"AT+MIPLDELETE=0"},
  };
}

bool is_of_later_models(const Step& step) {
  return step.line.starts_with("AT+MIPLOBSERVERSP") || step.line.starts_with("AT+MIPLDISCOVERRSP");
}

// Whatever became of it: the host can end what is there, and as much memory is lent as by a modem
// that has only said OK.
void expect_recovered(TestModem& bench, Server& server, std::size_t idle_blocks) {
  bench.pool.fail_after(BlockPool::kNeverFail);
  server.serve();
  bench.advance(Lwm2mClient::kAnswerWait + Lwm2mClient::kRetryWait);
  server.serve();
  EXPECT_EQ(server.unanswered(), std::set<CoapId>()) << "nobody is left waiting";
  bench.command("AT+MIPLCLOSE=0");
  server.serve();
  bench.command("AT+MIPLDELETE=0");
  server.serve();
  EXPECT_EQ(server.registrations(), server.deregistrations());
  EXPECT_EQ(bench.modem.status(bench.now).lwm2m, Lwm2mState::none);
  EXPECT_FALSE(bench.modem.has_work());
  EXPECT_FALSE(bench.coap);
  bench.command("ATI");
  EXPECT_EQ(bench.command("AT"), "\r\nOK\r\n");
  EXPECT_LE(bench.pool.used_count(), idle_blocks);
}

// True when nothing was missing.
bool play(std::string_view model, TestModem& bench, Server& server, std::size_t failing_step,
          std::size_t after) {
  std::string all;
  bool all_ok = true;
  const std::vector<Step> steps = session();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (model_named(model).lwm2m.answers_alone && is_of_later_models(steps[i])) continue;
    SCOPED_TRACE(testing::Message() << "step " << i << " " << steps[i].line.substr(0, 30));
    const bool fails = failing_step == steps.size() ? i == 0 : i == failing_step;
    if (fails) bench.pool.fail_after(after);
    if (steps[i].line.empty()) {
      bench.heard.clear();
      server.ask(steps[i].request);
    } else {
      const std::string answer = bench.command(steps[i].line);
      EXPECT_EQ(final_count(answer), 1U) << testing::PrintToString(answer);
      all_ok = all_ok && answer.find("\r\nOK\r\n") != std::string::npos;
      server.serve();
    }
    all += bench.heard;
    if (i == failing_step) bench.pool.fail_after(BlockPool::kNeverFail);
    if (testing::Test::HasFailure()) return false;
  }
  return all_ok && count_of(all, "+MIPLEVENT:0,6\r\n") == 1 &&
         count_of(all, "+MIPLEVENT:0,26,7\r\n") == 1 && count_of(all, "+MIPLWRITE:") == 2 &&
         count_of(all, "+MIPLREAD:") == 2 && server.registrations() == 1;
}

constexpr std::array kBothFamilies = {"M5310-A", "M5311"};
constexpr std::size_t kIdleBlocks = 2;

TEST(Lwm2mMemory, EachRequestForABlockFailsInTurn) {
  for (const auto* const model : kBothFamilies) {
    SCOPED_TRACE(model);
    bool passed = false;
    std::size_t n = 0;
    for (; !passed && n < 500 && !HasFailure(); ++n) {
      SCOPED_TRACE(testing::Message() << "fails after " << n);
      TestModem bench(model);
      Server server(bench);
      passed = play(model, bench, server, session().size(), n);
      expect_recovered(bench, server, kIdleBlocks);
    }
    EXPECT_TRUE(passed);
    EXPECT_GT(n, 30U);
  }
}

TEST(Lwm2mMemory, OneRequestForABlockFails) {
  for (const auto* const model : kBothFamilies) {
    SCOPED_TRACE(model);
    for (std::size_t step = 0; step < session().size(); ++step) {
      for (std::size_t n = 0; n < 12 && !HasFailure(); ++n) {
        SCOPED_TRACE(testing::Message() << "step " << step << " fails after " << n);
        TestModem bench(model);
        Server server(bench);
        play(model, bench, server, step, n);
        expect_recovered(bench, server, kIdleBlocks);
      }
    }
  }
}

// The last instance still deregisters, whether there is memory for the next or not.
TEST(Lwm2mMemory, ANewInstanceLosesNoDeregistration) {
  bool passed = false;
  std::size_t n = 0;
  for (; !passed && n < 20; ++n) {
    SCOPED_TRACE(n);
    TestModem bench;
    Server server(bench);
    create_device(bench);
    EXPECT_EQ(bench.command("AT+MIPLOPEN=0,86400"), kOk);
    server.serve();
    EXPECT_EQ(bench.command("AT+MIPLCLOSE=0;+MIPLDELETE=0"), kOk);
    bench.pool.fail_after(n);
    const std::string made = bench.command(R"(AT+MIPLCREATEEX="b.example",0)");
    bench.pool.fail_after(BlockPool::kNeverFail);
    passed = made.find("OK") != std::string::npos;
    EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100") == kOk, passed);
    server.serve();
    EXPECT_EQ(server.deregistrations(), 1U);
    expect_recovered(bench, server, kIdleBlocks);
  }
  EXPECT_TRUE(passed);
  EXPECT_GT(n, 1U);
}

// The registration is told of when there is room again.
TEST(Lwm2mMemory, AnEventIsToldLate) {
  TestModem bench;
  Server server(bench);
  EXPECT_EQ(final_count(bench.command(R"(AT+MIPLCREATEEX="a.example",0)")), 1U);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,86400"), "\r\nOK\r\n");
  bench.coap_open();
  bench.heard.clear();
  CoapMessage created = {.kind = MessageKind::response, .id = 1, .code = kCoapCreated};
  created.id = bench.coap_sent.back().id;
  created.path = "rd/1";
  bench.pool.fail_after(0);
  bench.coap_serve(created);
  EXPECT_EQ(bench.modem.status(bench.now).lwm2m, Lwm2mState::registered);
  EXPECT_EQ(bench.heard, "");
  EXPECT_TRUE(bench.modem.has_work());
  bench.advance(Lwm2mClient::kRetryWait);
  EXPECT_EQ(bench.heard, "");
  bench.pool.fail_after(BlockPool::kNeverFail);
  bench.advance(Lwm2mClient::kRetryWait);
  EXPECT_EQ(bench.heard, "\r\n+MIPLEVENT:0,6\r\n");
  EXPECT_FALSE(bench.modem.has_work());
}

}  // namespace
}  // namespace m531x
