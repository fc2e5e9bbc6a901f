// SPDX-License-Identifier: Apache-2.0
// Sessions that nobody thought of, under faults that nobody thought of: whatever happens, the modem
// keeps its promises (the bench looks at them), comes to rest, gives its memory back, and is the
// same the next time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "stand/bench.h"

namespace m531x::sim {
namespace {

constexpr int kSessions = 1'500;
constexpr std::uint32_t kSteps = 60;
constexpr std::array kLines = {
    "AT",
    "ATE0",
    "ATE1",
    "AT+CSQ",
    R"(AT+HTTPCREATE="http://a.example/")",
    R"(AT+HTTPCREATE="https://192.0.2.1/")",
    R"(AT+HTTPSEND=0,0,"/")",
    R"(AT+HTTPSEND=1,0,"/")",
    R"(AT+HTTPCONTENT=0,"0123456789")",
    R"(AT+HTTPSEND=0,1,"/")",
    "AT+HTTPCLOSE=0",
    "AT+HTTPCLOSE=1",
    R"(AT+CMDNS="a.example")",
    "AT+CEREG=1",
    "AT+CPSMS=1,,,\"00100001\",\"00000001\"",
};
constexpr std::array kResponses = {
    "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 20\r\n\r\n01234567890123456789",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 2",
    "garbage\r\n",
};

Fault random_fault(Chance& chance) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(chance.up_to(kFaultKindCount - 1));
  if (chance.up_to(1) == 0) fault.after = Millis(chance.up_to(60'000));
  if (chance.up_to(1) == 0) fault.request = 1 + chance.up_to(3);
  if (chance.up_to(2) > 0) fault.at = static_cast<FaultPlace>(chance.up_to(6));
  fault.byte = chance.up_to(40);
  if (chance.up_to(1) == 0) fault.lasts = Millis(1 + chance.up_to(60'000));
  if (chance.up_to(3) == 0) fault.every = Millis(1 + chance.up_to(60'000));
  fault.count = 1 + chance.up_to(5);
  fault.times = chance.up_to(3);
  fault.chance = static_cast<std::uint8_t>(1 + chance.up_to(99));
  fault.text = "+FAULT:1";
  return fault;
}

class Session {
 public:
  explicit Session(std::uint32_t seed)
      : chance_(seed), bench_(model(), default_settings(model()), 512, conditions(chance_, seed)) {}

  // All that was heard.
  std::string play() {
    for (std::uint32_t i = 0; i < kSteps; ++i) step();
    return finish();
  }

 private:
  static const Model& model() { return *find_model("M5311"); }
  static Conditions conditions(Chance& chance, std::uint32_t seed) {
    Conditions conditions;
    conditions.seed = seed;
    conditions.pace = chance.up_to(3) == 0;
    if (chance.up_to(3) == 0) conditions.air = {.latency = Millis(200), .jitter = Millis(50)};
    for (std::uint32_t left = chance.up_to(6); left > 0; --left) {
      conditions.faults.push_back(random_fault(chance));
    }
    return conditions;
  }

  void step() {
    const auto conn = static_cast<ConnId>(chance_.up_to(2));
    switch (chance_.up_to(11)) {
      case 0:
      case 1:
      case 2:
        bench_.host_sends(std::string(kLines[chance_.up_to(kLines.size() - 1)]) + '\r');
        break;
      case 3:
        if (bench_.connecting(conn)) bench_.server_accepts(conn);
        break;
      case 4:
      case 5:
        if (bench_.open(conn)) send(conn, kResponses[chance_.up_to(kResponses.size() - 1)]);
        break;
      case 6:
        if (bench_.connecting(conn) || bench_.open(conn)) {
          bench_.server_ends(conn, chance_.up_to(1) == 0 ? Cause::closed : Cause::reset);
        }
        break;
      case 7:
        bench_.advance(Millis(chance_.up_to(90'000)));
        break;
      case 8:
        static_cast<void>(bench_.modem().add(random_fault(chance_), bench_.now()));
        bench_.settle();
        break;
      case 9:
        bench_.set_host_reads(
            std::array<std::size_t, 3>{0, 1, stand::Bench::kAll}.at(chance_.up_to(2)));
        break;
      case 10:
        bench_.set_server_reads(conn, chance_.up_to(1) == 0);
        break;
      default:
        rare();
    }
  }

  void send(ConnId conn, Bytes response) {
    while (!response.empty() && bench_.open(conn)) {
      const std::size_t size = 1 + chance_.up_to(30);
      bench_.server_sends(conn, response.substr(0, size));
      response.remove_prefix(std::min(size, response.size()));
    }
  }

  void rare() {
    Modem& modem = bench_.modem();
    switch (chance_.up_to(3)) {
      case 0:
        modem.clear_faults(bench_.now());
        break;
      case 1:
        modem.reset(ResetCause::pin, bench_.now());
        break;
      case 2:
        modem.set_coverage(chance_.up_to(1) == 0, bench_.now());
        break;
      default:
        modem.net_resolved("192.0.2.1", bench_.now());
    }
    bench_.settle();
  }

  std::string finish() {
    bench_.modem().clear_faults(bench_.now());
    bench_.modem().set_coverage(true, bench_.now());
    bench_.set_host_reads(stand::Bench::kAll);
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) bench_.set_server_reads(conn, true);
    bench_.settle();
    // Longer than any time-out; a look-up of the host's has none.
    for (int i = 0; i < 4; ++i) {
      bench_.advance(Millis(120'000));
      bench_.modem().net_resolved("", bench_.now());
      bench_.settle();
    }
    // What was typed may have been garbled into other commands.
    bench_.host_sends("\rATE0V1Q0\r");
    bench_.advance(Millis(2'000));
    EXPECT_FALSE(bench_.modem().has_work());
    EXPECT_EQ(bench_.host_bytes_waiting(), 0U);
    std::string heard = std::exchange(bench_.host_heard(), {});
    bench_.host_sends("AT\r");
    bench_.advance(Millis(1'000));
    EXPECT_EQ(bench_.host_heard(), "\r\nOK\r\n");
    return heard;
  }

  Chance chance_;
  stand::Bench bench_;
};

TEST(FaultsAtRandom, BreakNoPromise) {
  for (std::uint32_t seed = 0; seed < kSessions && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const std::string heard = Session(seed).play();
    EXPECT_EQ(Session(seed).play(), heard);
  }
}

}  // namespace
}  // namespace m531x::sim
