// SPDX-License-Identifier: Apache-2.0
// Faults in a request or a response, in virtual time: they come where they are to come, however the
// bytes are read.
#include "sim/faults.h"

#include "sim/test_trial.h"

namespace m531x::sim {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Place = FaultPlace;

TEST(Faults, AFurtherRequestOnAKeptConnectionIsCounted) {
  Trial trial({{.kind = FaultKind::reset, .request = 2, .at = Place::body, .byte = 3}});
  EXPECT_THAT(trial.get(page()), HasSubstr(kBody));
  const std::string heard = trial.get(page());
  EXPECT_THAT(heard, AllOf(HasSubstr(",3,3\r\n!#$\r\n"), HasSubstr("+HTTPERR:0,-14")));
  EXPECT_EQ(trial.happened(), 1U);
}

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
    Trial trial({{.kind = FaultKind::silence, .at = spot.at, .byte = spot.byte}});
    trial.get(spot.response, piece);
    trial.heard_after(Millis(60'000));
    EXPECT_EQ(trial.happened(), 1U);
    // Nothing was closed by a server that is silent, so it is the module that does.
    EXPECT_FALSE(trial.bench.open(kFirst));
    return trial.bench.modem().status(trial.bench.now()).counters.failures;
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
    Trial trial({{.kind = FaultKind::reset, .at = Place::body, .byte = 7}});
    const std::string heard = trial.get(page(), piece);
    EXPECT_THAT(heard, EndsWith("\r\n+HTTPERR:0,-14\r\n\r\n+HTTPDISCON:0\r\n"));
    EXPECT_EQ(content_of(heard), kBody.substr(0, 7));
    EXPECT_FALSE(trial.bench.open(kFirst));
    trial.is_usable();
  }
}

TEST(Faults, ACloseInTheBodyIsTooEarly) {
  Trial trial({{.kind = FaultKind::close, .at = Place::body, .byte = 7}});
  EXPECT_THAT(trial.get(page()), HasSubstr("+HTTPERR:0,-15"));
}

TEST(Faults, AConnectionIsResetAsSoonAsItStands) {
  Trial trial({{.kind = FaultKind::reset}});
  const std::string heard = trial.send();
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(trial.bench.server_heard(kFirst), "");
  EXPECT_FALSE(trial.bench.open(kFirst));
}

TEST(Faults, ARequestIsResetHalfWay) {
  Trial trial({{.kind = FaultKind::reset, .at = Place::request, .byte = 10}});
  EXPECT_THAT(trial.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(trial.bench.server_heard(kFirst), "GET / HTTP");
}

TEST(Faults, ARequestIsNotTaken) {
  Trial trial({{.kind = FaultKind::silence, .at = Place::request, .byte = 10}});
  EXPECT_EQ(trial.send(), kConnected);
  EXPECT_EQ(trial.heard_after(Millis(59'999)), "");
  EXPECT_THAT(trial.heard_after(Millis(1)), HasSubstr("+HTTPERR:0,-7"));
  EXPECT_EQ(trial.bench.server_heard(kFirst), "GET / HTTP");
}

TEST(Faults, SilenceSwallowsTheEndToo) {
  Trial trial({{.kind = FaultKind::silence, .at = Place::body, .byte = 7}});
  trial.get(page());
  trial.bench.server_ends(kFirst, Cause::closed);
  EXPECT_EQ(trial.heard_after(Millis(59'999)), "");
  trial.bench.actions().clear();
  EXPECT_THAT(trial.heard_after(Millis(1)), HasSubstr("+HTTPERR:0,-3"));
  EXPECT_TRUE(trial.bench.actions().empty());  // its owner knows that it is closed
}

TEST(Faults, ASilenceThatEndsLosesNothing) {
  for (std::size_t piece = 1; piece < page().size(); ++piece) {
    Trial trial(
        {{.kind = FaultKind::silence, .at = Place::body, .byte = 7, .lasts = Millis(20'000)}});
    const std::string begin = trial.get(page(), piece);
    EXPECT_EQ(content_of(begin), kBody.substr(0, 7));
    trial.bench.server_ends(kFirst, Cause::closed);
    EXPECT_EQ(trial.heard_after(Millis(19'999)), "");
    const std::string rest = trial.heard_after(Millis(1));
    EXPECT_EQ(content_of(rest), kBody.substr(7));
    EXPECT_THAT(rest, AllOf(HasSubstr("+HTTPNMIC:0,0,"), HasSubstr("}\r\n\r\n+HTTPDISCON:0")));
  }
}

TEST(Faults, BytesAreWrongInTheSamePlacesHoweverTheyAreRead) {
  const auto play = [](std::size_t piece, std::uint32_t seed) {
    Trial trial({{.kind = FaultKind::wrong_bytes, .at = Place::body, .byte = 5, .count = 3}},
                {.seed = seed});
    std::string content;
    const std::string heard = trial.get(page(), piece);
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

TEST(Faults, WrongBytesAreOfOneResponseAlone) {
  Trial trial({{.kind = FaultKind::wrong_bytes,
                .request = 1,
                .at = FaultPlace::body,
                .byte = 1,
                .count = 1000}});
  EXPECT_NE(content_of(trial.get(page())), kBody);
  EXPECT_EQ(content_of(trial.get(page())), kBody);
}

TEST(Faults, WrongBytesAreOverWhenAllAreCleared) {
  Trial trial({{.kind = FaultKind::wrong_bytes, .at = FaultPlace::body, .byte = 1, .count = 1000}});
  trial.send();
  trial.bench.server_sends(kFirst, page().substr(0, kHead.size() + 2));
  trial.bench.modem().clear_faults(trial.bench.now());
  trial.bench.host_heard().clear();
  trial.bench.server_sends(kFirst, kBody.substr(2));
  EXPECT_EQ(content_of(std::exchange(trial.bench.host_heard(), {})), kBody.substr(2));
}

// The rest of a request that waits for the network is no further request.
TEST(Faults, ARequestThatLosesItsNetworkIsOneRequest) {
  Trial trial({{.kind = FaultKind::coverage_lost,
                .at = FaultPlace::request,
                .byte = 10,
                .lasts = Millis(500)},
               {.kind = FaultKind::reset, .request = 2}});
  trial.send();
  trial.heard_after(Millis(5'000));
  EXPECT_EQ(trial.happened(0), 1U);
  EXPECT_EQ(trial.happened(1), 0U);
  EXPECT_THAT(trial.bench.server_heard(kFirst), testing::EndsWith("\r\n\r\n"));
}

// What has cut a connection leaves nothing for the next fault: it waits for the next connection.
TEST(Faults, ACutConnectionIsNotCutAgain) {
  const Fault reset = {.kind = FaultKind::reset, .at = FaultPlace::body, .byte = 3};
  Trial trial({reset, reset});
  trial.get(page());
  EXPECT_EQ(trial.happened(0), 1U);
  EXPECT_EQ(trial.happened(1), 0U);
  trial.get(page());
  EXPECT_EQ(trial.happened(1), 1U);
}

TEST(Faults, WrongBytesCutNoRecord) {
  Trial trial({{.kind = FaultKind::wrong_bytes, .at = Place::body, .byte = 5}});
  EXPECT_THAT(trial.get(page()), HasSubstr("+HTTPNMIC:0,0,20,20,20\r\n"));
}

TEST(Faults, CoverageIsLostInTheMiddleOfABody) {
  for (std::size_t piece = 1; piece <= page().size(); ++piece) {
    Trial trial({{.kind = FaultKind::coverage_lost,
                  .at = Place::body,
                  .byte = 7,
                  .lasts = Millis(10'000)}});
    EXPECT_EQ(content_of(trial.get(page(), piece)), kBody.substr(0, 7));
    EXPECT_EQ(trial.heard_after(Millis(9'999)), "");
    EXPECT_EQ(content_of(trial.heard_after(Millis(1'000))), kBody.substr(7));
  }
}

TEST(Faults, TheModuleRestartsInTheMiddleOfABody) {
  Trial trial({{.kind = FaultKind::restart, .at = Place::body, .byte = 7}});
  const std::string heard = trial.get(page());
  EXPECT_THAT(content_of(heard), StartsWith(std::string(kBody.substr(0, 7))));
  EXPECT_THAT(heard, Not(HasSubstr(kBody.substr(7, 1))));
  EXPECT_EQ(trial.bench.modem().status(trial.bench.now()).counters.restarts, 1U);
  EXPECT_FALSE(trial.bench.open(kFirst));
  trial.is_usable();
}

TEST(Faults, AReportComesBetweenHeaderAndContent) {
  for (std::size_t piece = 1; piece <= page().size(); ++piece) {
    Trial trial({{.kind = FaultKind::urc, .at = Place::body, .text = "+CEREG:5"}});
    const std::string heard = trial.get(page(), piece);
    const std::size_t header = heard.rfind("+HTTPNMIH:");
    const std::size_t report = heard.find("\r\n+CEREG:5\r\n");
    const std::size_t content = heard.find("+HTTPNMIC:");
    EXPECT_LT(header, report);
    EXPECT_LT(report, content);
    EXPECT_NE(content, std::string::npos);
  }
}

TEST(Faults, TheyComeBehindTheRadio) {
  Conditions slow{.pace = true,
                  .air = {.down_bps = 25'000, .latency = Millis(1'600), .jitter = Millis(300)}};
  Trial trial({{.kind = FaultKind::reset, .request = 1, .at = Place::body, .byte = 7}}, slow);
  trial.heard_after(Millis(1'000));
  trial.type(R"(AT+HTTPSEND=0,0,"/")");
  trial.heard_after(Millis(1'000));
  ASSERT_TRUE(trial.bench.connecting(kFirst));
  trial.bench.server_accepts(kFirst);
  trial.bench.server_sends(kFirst, page());
  const std::string heard = trial.heard_after(Millis(10'000));
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(content_of(heard), kBody.substr(0, 7));
  EXPECT_FALSE(trial.bench.open(kFirst));
}

}  // namespace
}  // namespace m531x::sim
