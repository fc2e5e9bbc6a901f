// SPDX-License-Identifier: Apache-2.0
// A modem to which something happens, in virtual time: each kind, each way to say when and where.
#include "sim/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "port/fake/bench.h"

namespace m531x::sim {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = FaultKind;
using Place = FaultPlace;

constexpr ConnId kFirst = 0;
constexpr Bytes kHead = "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 20\r\n\r\n";
// No byte of it stands anywhere else.
constexpr Bytes kBody = "!#$%&()*;<=>?@[]^_{}";
constexpr Bytes kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
    "chunked\r\n\r\nA\r\n!#$%&()*;<\r\nA\r\n=>?@[]^_{}\r\n0\r\n\r\n";

std::string content_of(std::string_view heard) {
  std::string content;
  for (const char c : heard) {
    if (kBody.find(c) != Bytes::npos) content += c;
  }
  return content;
}

std::string page() { return std::string(kHead) + std::string(kBody); }

// A host, a modem to which faults happen, and a server.
class Upside {
 public:
  explicit Upside(std::vector<Fault> faults, Conditions conditions = {},
                  const Settings& settings = default_settings(models().front()))
      : bench(models().front(), settings, fake::Bench::kDefaultBlockCount,
              with(std::move(conditions), std::move(faults))) {
    bench.advance(Millis(0));
    type(R"(AT+HTTPCREATE="http://a.example/")");
    bench.host_heard().clear();
  }

  static Conditions with(Conditions conditions, std::vector<Fault> faults) {
    conditions.faults = std::move(faults);
    return conditions;
  }

  // What the host hears at once.
  std::string type(std::string_view line) {
    bench.host_sends(std::string(line) + '\r');
    return std::exchange(bench.host_heard(), {});
  }
  std::string heard_after(Millis time) {
    bench.advance(time);
    return std::exchange(bench.host_heard(), {});
  }
  // Sends a request, which the server accepts if it hears of it. What the host hears.
  std::string send() {
    std::string heard = type(R"(AT+HTTPSEND=0,0,"/")");
    if (bench.connecting(kFirst)) bench.server_accepts(kFirst);
    return heard += std::exchange(bench.host_heard(), {});
  }
  // And the whole of an exchange, the response in pieces of so many bytes.
  std::string get(Bytes response, std::size_t piece = static_cast<std::size_t>(-1)) {
    std::string heard = send();
    while (!response.empty() && bench.open(kFirst)) {
      bench.server_sends(kFirst, response.substr(0, piece));
      response.remove_prefix(std::min(piece, response.size()));
    }
    return heard += std::exchange(bench.host_heard(), {});
  }
  [[nodiscard]] std::uint32_t happened(std::size_t i = 0) {
    return bench.modem().faults()[i].happened;
  }
  // Whatever has happened, it still is a modem.
  void is_usable() {
    bench.advance(Millis(120'000));
    bench.host_heard().clear();
    EXPECT_EQ(type("AT"), "\r\nOK\r\n");
  }

  fake::Bench bench;
};

constexpr Bytes kAccepted = "\r\nOK\r\n";
constexpr Bytes kConnected = "\r\nOK\r\n\r\nCONNECT OK\r\n";

struct Attempt {
  Kind kind;
  std::string_view told;
};
class FaultsOfAttempts : public testing::TestWithParam<Attempt> {};

TEST_P(FaultsOfAttempts, AreToldAsIfTheNetworkHadDoneIt) {
  Upside up({{.kind = GetParam().kind}});
  EXPECT_EQ(up.send(), std::string(kAccepted) + std::string(GetParam().told));
  EXPECT_TRUE(up.bench.actions().empty());  // nobody is asked to connect
  EXPECT_EQ(up.happened(), 1U);
  // Once: the next attempt stands.
  EXPECT_THAT(up.get(page()), AllOf(StartsWith(std::string(kConnected)), HasSubstr(kBody)));
  up.is_usable();
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsOfAttempts,
                         testing::Values(Attempt{Kind::dns_fails, "\r\n+HTTPERR:0,-5\r\n"},
                                         Attempt{Kind::connect_refused, "\r\n+HTTPERR:0,-14\r\n"},
                                         Attempt{Kind::connect_unreachable,
                                                 "\r\n+HTTPERR:0,-4\r\n"},
                                         Attempt{Kind::connect_reset, "\r\n+HTTPERR:0,-14\r\n"}));

class FaultsWithoutAnswer : public testing::TestWithParam<Kind> {};

TEST_P(FaultsWithoutAnswer, EndWithTheModulesOwnTimeOut) {
  Upside up({{.kind = GetParam()}});
  EXPECT_EQ(up.send(), kAccepted);
  EXPECT_EQ(up.heard_after(Millis(29'999)), "");
  EXPECT_EQ(up.heard_after(Millis(1)), "\r\n+HTTPERR:0,-3\r\n");
  EXPECT_TRUE(up.bench.actions().empty());  // neither to connect nor to close
  EXPECT_THAT(up.get(page()), HasSubstr(kBody));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsWithoutAnswer,
                         testing::Values(Kind::dns_hangs, Kind::connect_hangs));

TEST(Faults, AnAddressNeedsNoName) {
  Upside up({{.kind = Kind::dns_fails}});
  up.type("AT+HTTPCLOSE=0");
  up.type(R"(AT+HTTPCREATE="http://192.0.2.1/")");
  EXPECT_EQ(up.send(), kConnected);
  EXPECT_EQ(up.happened(), 0U);
}

TEST(Faults, ALookUpOfTheHostsFails) {
  Upside up({{.kind = Kind::dns_fails}});
  EXPECT_EQ(up.type(R"(AT+CMDNS="a.example")"), "\r\nOK\r\n\r\n+CMDNS:FAIL\r\n");
  EXPECT_TRUE(up.bench.actions().empty());
}

TEST(Faults, ALookUpOfTheHostsHangs) {
  Upside up({{.kind = Kind::dns_hangs}});
  EXPECT_EQ(up.type(R"(AT+CMDNS="a.example")"), kAccepted);
  // An answer to what was never asked is none.
  up.bench.modem().net_resolved("192.0.2.1", up.bench.now());
  EXPECT_EQ(up.heard_after(Millis(29'999)), "");
  EXPECT_EQ(up.heard_after(Millis(1)), "\r\n+CMDNS:FAIL\r\n");
}

TEST(Faults, TlsEndsWithAnAlertWhereThereIsTls) {
  const Model& m5311 = *find_model("M5311");
  Conditions conditions;
  conditions.faults = {{.kind = Kind::tls_alert}};
  fake::Bench bench(m5311, default_settings(m5311), fake::Bench::kDefaultBlockCount, conditions);
  bench.host_sends("AT+HTTPCREATE=\"http://a.example/\"\rAT+HTTPCREATE=\"https://a.example/\"\r");
  bench.host_heard().clear();
  bench.host_sends("AT+HTTPSEND=0,0,\"/\"\r");
  EXPECT_TRUE(bench.connecting(kFirst));
  bench.host_heard().clear();
  bench.host_sends("AT+HTTPSEND=1,0,\"/\"\r");
  EXPECT_THAT(bench.host_heard(), HasSubstr("DISCONN:1,-1"));
}

TEST(Faults, TheSecondRequestIsRefused) {
  Upside up({{.kind = Kind::connect_refused, .request = 2}});
  EXPECT_THAT(up.get("HTTP/1.0 200 OK\r\n\r\n"), HasSubstr("CONNECT OK"));
  up.bench.server_ends(kFirst, Cause::closed);
  up.bench.host_heard().clear();
  EXPECT_THAT(up.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_THAT(up.get(page()), HasSubstr(kBody));
}

TEST(Faults, EveryRequestIsRefused) {
  Upside up({{.kind = Kind::connect_refused, .times = 0}});
  for (int i = 0; i < 5; ++i) EXPECT_THAT(up.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(up.happened(), 5U);
}

TEST(Faults, AFurtherRequestOnAKeptConnectionIsCounted) {
  Upside up({{.kind = Kind::reset, .request = 2, .at = Place::body, .byte = 3}});
  EXPECT_THAT(up.get(page()), HasSubstr(kBody));
  const std::string heard = up.get(page());
  EXPECT_THAT(heard, AllOf(HasSubstr(",3,3\r\n!#$\r\n"), HasSubstr("+HTTPERR:0,-14")));
  EXPECT_EQ(up.happened(), 1U);
}

// As many bytes of the response as come before.
struct Spot {
  Place at;
  std::uint32_t byte;
  Bytes response;
  std::size_t passed;
};
class FaultsInAResponse : public testing::TestWithParam<Spot> {};

TEST_P(FaultsInAResponse, ComeAfterSoManyBytesHoweverTheyAreRead) {
  const Spot& spot = GetParam();
  const auto play = [&spot](std::size_t piece) {
    Upside up({{.kind = Kind::silence, .at = spot.at, .byte = spot.byte}});
    up.get(spot.response, piece);
    up.heard_after(Millis(60'000));
    EXPECT_EQ(up.happened(), 1U);
    // Nothing was closed by a server that is silent, so it is the module that does.
    EXPECT_FALSE(up.bench.open(kFirst));
    return up.bench.modem().status(up.bench.now()).counters.failures;
  };
  for (std::size_t piece = 1; piece <= spot.response.size(); ++piece) EXPECT_EQ(play(piece), 1U);

  ResponsePlace place;
  std::size_t passed = 0;
  while (place.behind(spot.at) != spot.byte && passed < spot.response.size()) {
    place.take(spot.response[passed++]);
  }
  EXPECT_EQ(passed, spot.passed);
}

constexpr std::size_t kStatusBytes = Bytes("HTTP/1.1 200 OK\r\n").size();
INSTANTIATE_TEST_SUITE_P(
    Places, FaultsInAResponse,
    testing::Values(Spot{Place::response, 1, kHead, 1}, Spot{Place::response, 20, kHead, 20},
                    Spot{Place::header, 0, kHead, kStatusBytes},
                    Spot{Place::header, 5, kHead, kStatusBytes + 5},
                    Spot{Place::body, 0, kHead, kHead.size()},
                    Spot{Place::chunk, 0, kChunked, kChunked.find("!#")},
                    Spot{Place::chunk, 4, kChunked, kChunked.find("!#") + 4},
                    Spot{Place::body, 1, kChunked, kChunked.find("A\r\n") + 1}));

TEST(ResponsePlace, InterimResponsesAreNotTheResponse) {
  const std::string response = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" + page();
  ResponsePlace place;
  std::size_t passed = 0;
  while (place.behind(Place::header) != 0U) place.take(response[passed++]);
  EXPECT_EQ(passed, response.find("Server"));
  while (place.behind(Place::body) != 0U) place.take(response[passed++]);
  EXPECT_EQ(passed, response.find(kBody));
}

TEST(ResponsePlace, ThePlacesThatAResponseLacksNeverCome) {
  ResponsePlace place;
  for (const char c : page()) {
    EXPECT_EQ(place.behind(Place::chunk), std::nullopt);
    place.take(c);
  }
  EXPECT_EQ(place.behind(Place::header), std::nullopt);  // over
  EXPECT_EQ(place.behind(Place::body), kBody.size());
  EXPECT_EQ(place.behind(Place::none), std::nullopt);
  EXPECT_EQ(place.behind(Place::line), std::nullopt);
}

TEST(Faults, AResetInTheBodyTakesNothingBackAndLetsNothingMoreThrough) {
  for (std::size_t piece = 1; piece < page().size(); ++piece) {
    Upside up({{.kind = Kind::reset, .at = Place::body, .byte = 7}});
    const std::string heard = up.get(page(), piece);
    EXPECT_THAT(heard, EndsWith("\r\n+HTTPERR:0,-14\r\n\r\n+HTTPDISCON:0\r\n"));
    EXPECT_EQ(content_of(heard), kBody.substr(0, 7));
    EXPECT_FALSE(up.bench.open(kFirst));
    up.is_usable();
  }
}

TEST(Faults, ACloseInTheBodyIsTooEarly) {
  Upside up({{.kind = Kind::close, .at = Place::body, .byte = 7}});
  EXPECT_THAT(up.get(page()), HasSubstr("+HTTPERR:0,-15"));
}

TEST(Faults, AConnectionIsResetAsSoonAsItStands) {
  Upside up({{.kind = Kind::reset}});
  const std::string heard = up.send();
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(up.bench.server_heard(kFirst), "");
  EXPECT_FALSE(up.bench.open(kFirst));
}

TEST(Faults, ARequestIsResetHalfWay) {
  Upside up({{.kind = Kind::reset, .at = Place::request, .byte = 10}});
  EXPECT_THAT(up.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(up.bench.server_heard(kFirst), "GET / HTTP");
}

TEST(Faults, ARequestIsNotTaken) {
  Upside up({{.kind = Kind::silence, .at = Place::request, .byte = 10}});
  EXPECT_EQ(up.send(), kConnected);
  EXPECT_EQ(up.heard_after(Millis(59'999)), "");
  EXPECT_THAT(up.heard_after(Millis(1)), HasSubstr("+HTTPERR:0,-7"));
  EXPECT_EQ(up.bench.server_heard(kFirst), "GET / HTTP");
}

TEST(Faults, AnIdleConnectionIsResetAtATime) {
  Upside up({{.kind = Kind::reset, .after = Millis(5'000)}});
  up.get(page());
  EXPECT_EQ(up.heard_after(Millis(4'999)), "");
  EXPECT_THAT(up.heard_after(Millis(1)), HasSubstr("+HTTPDISCON:0"));
  EXPECT_FALSE(up.bench.open(kFirst));
  EXPECT_THAT(up.get(page()), HasSubstr(kBody));
}

TEST(Faults, AConnectionThatIsLateIsResetWhenItStands) {
  Upside up({{.kind = Kind::reset, .after = Millis(5'000)}});
  EXPECT_EQ(up.heard_after(Millis(6'000)), "");
  EXPECT_EQ(up.happened(), 0U);
  EXPECT_THAT(up.send(), HasSubstr("+HTTPERR:0,-14"));
}

TEST(Faults, BeforeItsTimeNothingHappens) {
  Upside up({{.kind = Kind::connect_refused, .after = Millis(1'000)}});
  EXPECT_THAT(up.get("HTTP/1.0 200 OK\r\n\r\n"), HasSubstr("CONNECT OK"));
  up.bench.server_ends(kFirst, Cause::closed);
  up.heard_after(Millis(1'000));
  EXPECT_THAT(up.send(), HasSubstr("+HTTPERR:0,-14"));
}

TEST(Faults, SilenceSwallowsTheEndToo) {
  Upside up({{.kind = Kind::silence, .at = Place::body, .byte = 7}});
  up.get(page());
  up.bench.server_ends(kFirst, Cause::closed);
  EXPECT_EQ(up.heard_after(Millis(59'999)), "");
  up.bench.actions().clear();
  EXPECT_THAT(up.heard_after(Millis(1)), HasSubstr("+HTTPERR:0,-3"));
  EXPECT_TRUE(up.bench.actions().empty());  // its owner knows that it is closed
}

TEST(Faults, ASilenceThatEndsLosesNothing) {
  for (std::size_t piece = 1; piece < page().size(); ++piece) {
    Upside up({{.kind = Kind::silence, .at = Place::body, .byte = 7, .lasts = Millis(20'000)}});
    const std::string begin = up.get(page(), piece);
    EXPECT_EQ(content_of(begin), kBody.substr(0, 7));
    up.bench.server_ends(kFirst, Cause::closed);
    EXPECT_EQ(up.heard_after(Millis(19'999)), "");
    const std::string rest = up.heard_after(Millis(1));
    EXPECT_EQ(content_of(rest), kBody.substr(7));
    EXPECT_THAT(rest, AllOf(HasSubstr("+HTTPNMIC:0,0,"), HasSubstr("}\r\n\r\n+HTTPDISCON:0")));
  }
}

TEST(Faults, BytesAreWrongInTheSamePlacesHoweverTheyAreRead) {
  const auto play = [](std::size_t piece, std::uint32_t seed) {
    Upside up({{.kind = Kind::wrong_bytes, .at = Place::body, .byte = 5, .count = 3}},
              {.seed = seed});
    std::string content;
    const std::string heard = up.get(page(), piece);
    std::string_view rest = heard;
    for (std::size_t at = 0; (at = rest.find("+HTTPNMIC:")) != Bytes::npos;) {
      rest.remove_prefix(at + 1);
      const std::size_t line = rest.find("\r\n");
      const std::size_t size = std::stoul(std::string(rest.substr(rest.rfind(',', line) + 1)));
      content += rest.substr(line + 2, size);
      rest.remove_prefix(line + 2 + size);
    }
    return content;
  };
  const std::string whole = play(1'000, 1);
  ASSERT_EQ(whole.size(), kBody.size());
  for (std::size_t i = 0; i < kBody.size(); ++i) {
    EXPECT_EQ(whole[i] != kBody[i], i >= 5 && i < 8) << i;
  }
  for (std::size_t piece = 1; piece < page().size(); ++piece) EXPECT_EQ(play(piece, 1), whole);
  EXPECT_NE(play(1'000, 2), whole);
}

// The records are those of the undisturbed response.
TEST(Faults, WrongBytesCutNoRecord) {
  Upside up({{.kind = Kind::wrong_bytes, .at = Place::body, .byte = 5}});
  EXPECT_THAT(up.get(page()), HasSubstr("+HTTPNMIC:0,0,20,20,20\r\n"));
}

TEST(Faults, CoverageIsLostAndComesBack) {
  Upside up({{.kind = Kind::coverage_lost, .after = Millis(1'000), .lasts = Millis(30'000)}});
  const auto covered = [&up] { return up.bench.modem().status(up.bench.now()).coverage; };
  up.heard_after(Millis(999));
  EXPECT_TRUE(covered());
  up.heard_after(Millis(1));
  EXPECT_FALSE(covered());
  EXPECT_THAT(up.send(), Not(HasSubstr("CONNECT OK")));
  up.heard_after(Millis(29'999));
  EXPECT_FALSE(covered());
  up.heard_after(Millis(1));
  EXPECT_TRUE(covered());
  EXPECT_THAT(up.get(page()), HasSubstr(kBody));
}

// Nothing passes meanwhile, and nothing is lost.
TEST(Faults, CoverageIsLostInTheMiddleOfABody) {
  for (std::size_t piece = 1; piece <= page().size(); ++piece) {
    Upside up(
        {{.kind = Kind::coverage_lost, .at = Place::body, .byte = 7, .lasts = Millis(10'000)}});
    EXPECT_EQ(content_of(up.get(page(), piece)), kBody.substr(0, 7));
    EXPECT_EQ(up.heard_after(Millis(9'999)), "");
    EXPECT_EQ(content_of(up.heard_after(Millis(1'000))), kBody.substr(7));
  }
}

TEST(Faults, TheOwnersWordOnCoverageIsTheLast) {
  Upside up({{.kind = Kind::coverage_lost, .after = Millis(1'000), .lasts = Millis(5'000)},
             {.kind = Kind::coverage_lost, .after = Millis(20'000), .lasts = Millis(5'000)}});
  const auto covered = [&up] { return up.bench.modem().status(up.bench.now()).coverage; };
  up.heard_after(Millis(2'000));
  up.bench.modem().set_coverage(true, up.bench.now());
  EXPECT_TRUE(covered());
  up.bench.modem().set_coverage(false, up.bench.now());
  up.heard_after(Millis(40'000));
  EXPECT_FALSE(covered());
}

TEST(Faults, CoverageIsLostAgainAndAgain) {
  Upside up({{.kind = Kind::coverage_lost,
              .after = Millis(10'000),
              .lasts = Millis(1'000),
              .times = 3,
              .every = Millis(60'000)}});
  up.heard_after(Millis(10'000));
  EXPECT_EQ(up.happened(), 1U);
  up.heard_after(Millis(60'000));
  EXPECT_EQ(up.happened(), 2U);
  up.heard_after(Millis(600'000));
  EXPECT_EQ(up.happened(), 3U);
}

TEST(Faults, TheModuleRestartsInTheMiddleOfABody) {
  Upside up({{.kind = Kind::restart, .at = Place::body, .byte = 7}});
  const std::string heard = up.get(page());
  EXPECT_THAT(content_of(heard), StartsWith(std::string(kBody.substr(0, 7))));
  EXPECT_THAT(heard, Not(HasSubstr(kBody.substr(7, 1))));
  EXPECT_EQ(up.bench.modem().status(up.bench.now()).counters.restarts, 1U);
  EXPECT_FALSE(up.bench.open(kFirst));
  up.is_usable();
}

TEST(Faults, TheModuleRestartsInsteadOfAnAnswer) {
  Upside up({{.kind = Kind::restart, .request = 2, .at = Place::line}});
  // The first line was typed already; this is the second.
  EXPECT_THAT(up.type("AT+CSQ"), Not(HasSubstr("OK\r\n\r\nOK")));
  EXPECT_EQ(up.happened(), 1U);
  up.is_usable();
}

TEST(Faults, AReportComesBetweenOkAndConnectOk) {
  Upside up({{.kind = Kind::urc, .request = 1, .text = "+CEREG:5"}});
  EXPECT_EQ(up.send(), "\r\nOK\r\n\r\n+CEREG:5\r\n\r\nCONNECT OK\r\n");
}

TEST(Faults, AReportComesBetweenHeaderAndContent) {
  for (std::size_t piece = 1; piece <= page().size(); ++piece) {
    Upside up({{.kind = Kind::urc, .at = Place::body, .text = "+CEREG:5"}});
    const std::string heard = up.get(page(), piece);
    const std::size_t header = heard.rfind("+HTTPNMIH:");
    const std::size_t report = heard.find("\r\n+CEREG:5\r\n");
    const std::size_t content = heard.find("+HTTPNMIC:");
    EXPECT_LT(header, report);
    EXPECT_LT(report, content);
    EXPECT_NE(content, std::string::npos);
  }
}

// The echo belongs to the line; the report comes before the answer, in pieces or not.
TEST(Faults, AReportComesBetweenALineAndItsAnswer) {
  const auto play = [](std::string_view before, std::string_view line, std::size_t piece) {
    Upside up({{.kind = Kind::urc, .request = 3, .at = Place::line, .text = "+CEREG:5"}});
    up.type(before);
    while (!line.empty()) {
      up.bench.host_sends(line.substr(0, piece));
      line.remove_prefix(std::min(piece, line.size()));
    }
    return up.bench.host_heard();
  };
  for (std::size_t piece = 1; piece <= 9; ++piece) {
    EXPECT_THAT(play("ATE0", "AT+CGSN\r", piece), StartsWith("\r\n+CEREG:5\r\n\r\nM531X"));
    EXPECT_THAT(play("ATE1", "AT\r", piece), "AT\r\r\n+CEREG:5\r\n\r\nOK\r\n");
    EXPECT_THAT(play("ATE1V0", "AT\r", piece), "AT\r\r\n+CEREG:5\r\n0\r");
    EXPECT_THAT(play("ATE0V0", "AT\r", piece), "\r\n+CEREG:5\r\n0\r");
    EXPECT_THAT(play("ATE0", "ATE0\rAT\rAT\r", piece),
                "\r\n+CEREG:5\r\n\r\nOK\r\n\r\nOK\r\n\r\nOK\r\n");
  }
}

TEST(Faults, AReportForAHostThatReadsByteByByte) {
  Upside up({{.kind = Kind::urc, .request = 2, .at = Place::line, .text = "+CEREG:5"}});
  up.bench.set_host_reads(1);
  EXPECT_EQ(up.type("AT"), "\r\n+CEREG:5\r\n\r\nOK\r\n");
}

TEST(Faults, AHostThatReadsNothingLosesNothing) {
  Upside up({{.kind = Kind::host_stuck, .after = Millis(1'000), .lasts = Millis(30'000)}});
  up.heard_after(Millis(1'000));
  EXPECT_EQ(up.get(page()), "");
  EXPECT_EQ(up.heard_after(Millis(29'999)), "");
  EXPECT_THAT(up.heard_after(Millis(1)),
              AllOf(StartsWith(std::string(kConnected)), HasSubstr(kBody)));
}

TEST(Faults, TheNthByteToTheHostIsGarbled) {
  Upside up({});
  ASSERT_TRUE(up.bench.modem().add({.kind = Kind::garbled_to_host, .byte = 3}, up.bench.now()));
  const std::string heard = up.type("AT");
  ASSERT_EQ(heard.size(), kAccepted.size());
  EXPECT_EQ(heard.substr(0, 3), "\r\nO");
  EXPECT_NE(heard[3], 'K');
  EXPECT_EQ(heard.substr(4), "\r\n");
  EXPECT_EQ(up.type("AT"), kAccepted);
}

TEST(Faults, TheNthByteFromTheHostIsGarbled) {
  Upside up({});
  ASSERT_TRUE(up.bench.modem().add({.kind = Kind::garbled_from_host, .byte = 1}, up.bench.now()));
  EXPECT_EQ(up.type("AT"), "");  // no AT, so no line
  EXPECT_EQ(up.happened(), 1U);
  EXPECT_EQ(up.type("AT"), kAccepted);
}

TEST(Faults, NoiseRepeatsWithItsSeedHoweverTheHostReads) {
  const auto play = [](std::uint32_t seed, std::size_t reads) {
    Upside up({{.kind = Kind::garbled_to_host, .times = 0, .chance = 5}}, {.seed = seed});
    up.bench.set_host_reads(reads);
    std::string heard;
    for (int i = 0; i < 50; ++i) heard += up.type("AT+CGMR");
    return heard;
  };
  const std::string once = play(1, fake::Bench::kAll);
  EXPECT_EQ(play(1, fake::Bench::kAll), once);
  EXPECT_EQ(play(1, 1), once);
  EXPECT_EQ(play(1, 7), once);
  EXPECT_NE(play(2, fake::Bench::kAll), once);
  const std::string clean = [] {
    Upside up({});
    std::string heard;
    for (int i = 0; i < 50; ++i) heard += up.type("AT+CGMR");
    return heard;
  }();
  ASSERT_EQ(once.size(), clean.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) wrong += once[i] != clean[i];
  EXPECT_NEAR(static_cast<double>(wrong) / static_cast<double>(clean.size()), 0.05, 0.02);
}

TEST(Faults, ChanceRepeatsWithItsSeed) {
  const auto play = [](std::uint32_t seed) {
    Upside up({{.kind = Kind::connect_refused, .times = 0, .chance = 30}}, {.seed = seed});
    std::string pattern;
    for (int i = 0; i < 64; ++i) {
      const bool refused = up.send().find("+HTTPERR") != std::string::npos;
      pattern += refused ? 'x' : '.';
      if (up.bench.open(kFirst)) up.bench.server_ends(kFirst, Cause::closed);
      up.bench.host_heard().clear();
    }
    return pattern;
  };
  EXPECT_EQ(play(1), play(1));
  EXPECT_NE(play(1), play(2));
  EXPECT_THAT(play(1), AllOf(HasSubstr("x"), HasSubstr(".")));
}

TEST(Faults, SoManyMayBeToCome) {
  Upside up({});
  Modem& modem = up.bench.modem();
  const Fault later{.kind = Kind::restart, .after = Millis(1'000'000)};
  for (std::size_t i = 0; i < kMaxFaults - 1; ++i) EXPECT_TRUE(modem.add(later, up.bench.now()));
  EXPECT_TRUE(modem.add({.kind = Kind::urc, .text = "+A"}, up.bench.now()));
  EXPECT_EQ(modem.faults().size(), kMaxFaults);
  // One that is over gives way, and no other.
  EXPECT_TRUE(modem.faults().back().over);
  EXPECT_TRUE(modem.add(later, up.bench.now()));
  EXPECT_EQ(modem.faults().size(), kMaxFaults);
  EXPECT_EQ(modem.faults().back().number, kMaxFaults + 1);
  EXPECT_FALSE(modem.add(later, up.bench.now()));
  modem.clear_faults(up.bench.now());
  EXPECT_TRUE(modem.faults().empty());
  EXPECT_TRUE(modem.add(later, up.bench.now()));
  EXPECT_EQ(modem.faults().front().number, kMaxFaults + 2);
}

TEST(Faults, MoreThanTheLimitAtPowerOnAreLeftOut) {
  const Fault later{.kind = Kind::restart, .after = Millis(1'000'000)};
  Upside up(std::vector<Fault>(kMaxFaults + 1, later));
  EXPECT_EQ(up.bench.modem().faults().size(), kMaxFaults);
}

TEST(Faults, WhatLastsIsOverWhenAllAreCleared) {
  Upside up({{.kind = Kind::coverage_lost, .after = Millis(1)},
             {.kind = Kind::host_stuck, .after = Millis(1)}});
  up.heard_after(Millis(10'000));
  EXPECT_EQ(up.type("AT"), "");
  up.bench.modem().clear_faults(up.bench.now());
  up.bench.settle();
  EXPECT_EQ(up.bench.host_heard(), kAccepted);
  EXPECT_TRUE(up.bench.modem().status(up.bench.now()).coverage);
}

// Faults may be added while something is under way: what stands is known.
TEST(Faults, AConnectionThatStoodBeforeIsReset) {
  Upside up({});
  up.get(page());
  ASSERT_TRUE(up.bench.modem().add({.kind = Kind::reset}, up.bench.now()));
  up.bench.settle();
  EXPECT_FALSE(up.bench.open(kFirst));
  EXPECT_THAT(up.bench.host_heard(), HasSubstr("+HTTPDISCON:0"));
}

TEST(Faults, TheNextRequestAfterItIsTheFirst) {
  Upside up({});
  up.get(page());
  ASSERT_TRUE(
      up.bench.modem().add({.kind = Kind::reset, .request = 1, .at = Place::body}, up.bench.now()));
  EXPECT_EQ(up.happened(), 0U);
  EXPECT_THAT(up.get(page()), HasSubstr("+HTTPERR:0,-14"));
}

TEST(Faults, TheTraceIsTold) {
  Upside up({{.kind = Kind::connect_refused}});
  up.send();
  std::vector<std::string_view> words;
  while (const auto note = up.bench.modem().next_note()) words.push_back(note->words);
  EXPECT_THAT(words, testing::Contains("fault: the connection is refused"));
}

TEST(Faults, NotesThatNobodyTakesAreOverwritten) {
  Upside up({{.kind = Kind::connect_refused, .times = 0}});
  for (std::size_t i = 0; i < 2 * Upset::kMostNotes; ++i) up.send();
  std::size_t count = 0;
  while (const auto note = up.bench.modem().next_note()) {
    count += note->words == words_of(Kind::connect_refused) ? 1 : 0;
  }
  EXPECT_EQ(count, Upset::kMostNotes);
}

// On a slow line and a slow radio the places are the same.
TEST(Faults, TheyComeBehindTheRadio) {
  Conditions slow{.pace = true,
                  .air = {.down_bps = 25'000, .latency = Millis(1'600), .jitter = Millis(300)}};
  Upside up({{.kind = Kind::reset, .request = 1, .at = Place::body, .byte = 7}}, slow);
  up.heard_after(Millis(1'000));
  up.type(R"(AT+HTTPSEND=0,0,"/")");
  up.heard_after(Millis(1'000));
  ASSERT_TRUE(up.bench.connecting(kFirst));
  up.bench.server_accepts(kFirst);
  up.bench.server_sends(kFirst, page());
  const std::string heard = up.heard_after(Millis(10'000));
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(content_of(heard), kBody.substr(0, 7));
  EXPECT_FALSE(up.bench.open(kFirst));
}

// An hour of it costs no hour.
TEST(Faults, AnHourOfFaultsTakesNoTime) {
  Upside up(
      {{.kind = Kind::coverage_lost, .lasts = Millis(5'000), .times = 0, .every = Millis(60'000)},
       {.kind = Kind::silence, .times = 0}});
  std::size_t failures = 0;
  while (up.bench.now() < Millis(3'600'000)) {
    up.send();
    failures += up.heard_after(Millis(90'000)).find("+HTTPERR") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(failures, 30U);
  EXPECT_EQ(up.bench.modem().faults()[0].happened, 61U);
  up.is_usable();
}

}  // namespace
}  // namespace m531x::sim
