// SPDX-License-Identifier: Apache-2.0
// Faults in virtual time: each kind, and each way to say when.
#include "sim/faults.h"

#include "sim/test_trial.h"

namespace m531x::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Place = FaultPlace;

struct Attempt {
  FaultKind kind;
  std::string_view told;
};

class FaultsOfAttempts : public testing::TestWithParam<Attempt> {};

TEST_P(FaultsOfAttempts, AreToldAsIfTheNetworkHadDoneIt) {
  Trial trial({{.kind = GetParam().kind}});
  EXPECT_EQ(trial.send(), std::string(kAccepted) + std::string(GetParam().told));
  EXPECT_TRUE(trial.bench.actions().empty());  // nobody is asked to connect
  EXPECT_EQ(trial.happened(), 1U);
  // Once: the next attempt stands.
  EXPECT_THAT(trial.get(page()), AllOf(StartsWith(std::string(kConnected)), HasSubstr(kBody)));
  trial.is_usable();
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FaultsOfAttempts,
    testing::Values(Attempt{FaultKind::dns_fails, "\r\n+HTTPERR:0,-5\r\n"},
                    Attempt{FaultKind::connect_refused, "\r\n+HTTPERR:0,-14\r\n"},
                    Attempt{FaultKind::connect_unreachable, "\r\n+HTTPERR:0,-4\r\n"},
                    Attempt{FaultKind::connect_reset, "\r\n+HTTPERR:0,-14\r\n"}));

class FaultsWithoutAnswer : public testing::TestWithParam<FaultKind> {};

TEST_P(FaultsWithoutAnswer, EndWithTheModulesOwnTimeOut) {
  Trial trial({{.kind = GetParam()}});
  EXPECT_EQ(trial.send(), kAccepted);
  EXPECT_EQ(trial.heard_after(Millis(29'999)), "");
  EXPECT_EQ(trial.heard_after(Millis(1)), "\r\n+HTTPERR:0,-3\r\n");
  EXPECT_TRUE(trial.bench.actions().empty());  // neither to connect nor to close
  EXPECT_THAT(trial.get(page()), HasSubstr(kBody));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsWithoutAnswer,
                         testing::Values(FaultKind::dns_hangs, FaultKind::connect_hangs));

TEST(Faults, AnAddressNeedsNoName) {
  Trial trial({{.kind = FaultKind::dns_fails}});
  trial.type("AT+HTTPCLOSE=0");
  trial.type(R"(AT+HTTPCREATE="http://192.0.2.1/")");
  EXPECT_EQ(trial.send(), kConnected);
  EXPECT_EQ(trial.happened(), 0U);
}

TEST(Faults, ALookUpOfTheHostsFails) {
  Trial trial({{.kind = FaultKind::dns_fails}});
  EXPECT_EQ(trial.type(R"(AT+CMDNS="a.example")"), "\r\nOK\r\n\r\n+CMDNS:FAIL\r\n");
  EXPECT_TRUE(trial.bench.actions().empty());
}

TEST(Faults, ALookUpOfTheHostsHangs) {
  Trial trial({{.kind = FaultKind::dns_hangs}});
  EXPECT_EQ(trial.type(R"(AT+CMDNS="a.example")"), kAccepted);
  // An answer to what was never asked is none.
  trial.bench.modem().net_resolved("192.0.2.1", trial.bench.now());
  EXPECT_EQ(trial.heard_after(Millis(29'999)), "");
  EXPECT_EQ(trial.heard_after(Millis(1)), "\r\n+CMDNS:FAIL\r\n");
}

TEST(Faults, TlsEndsWithAnAlertWhereThereIsTls) {
  const Model& m5311 = *find_model("M5311");
  Conditions conditions;
  conditions.faults = {{.kind = FaultKind::tls_alert}};
  stand::Bench bench(m5311, default_settings(m5311), stand::Bench::kDefaultBlockCount, conditions);
  bench.host_sends("AT+HTTPCREATE=\"http://a.example/\"\rAT+HTTPCREATE=\"https://a.example/\"\r");
  bench.host_heard().clear();
  bench.host_sends("AT+HTTPSEND=0,0,\"/\"\r");
  EXPECT_TRUE(bench.connecting(kFirst));
  bench.host_heard().clear();
  bench.host_sends("AT+HTTPSEND=1,0,\"/\"\r");
  EXPECT_THAT(bench.host_heard(), HasSubstr("DISCONN:1,-1"));
}

TEST(Faults, TheSecondRequestIsRefused) {
  Trial trial({{.kind = FaultKind::connect_refused, .request = 2}});
  EXPECT_THAT(trial.get("HTTP/1.0 200 OK\r\n\r\n"), HasSubstr("CONNECT OK"));
  trial.bench.server_ends(kFirst, Cause::closed);
  trial.bench.host_heard().clear();
  EXPECT_THAT(trial.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_THAT(trial.get(page()), HasSubstr(kBody));
}

TEST(Faults, EveryRequestIsRefused) {
  Trial trial({{.kind = FaultKind::connect_refused, .times = 0}});
  for (int i = 0; i < 5; ++i) EXPECT_THAT(trial.send(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(trial.happened(), 5U);
}

// As many bytes of the response as come before.

TEST(Faults, AnIdleConnectionIsResetAtATime) {
  Trial trial({{.kind = FaultKind::reset, .after = Millis(5'000)}});
  trial.get(page());
  EXPECT_EQ(trial.heard_after(Millis(4'999)), "");
  EXPECT_THAT(trial.heard_after(Millis(1)), HasSubstr("+HTTPDISCON:0"));
  EXPECT_FALSE(trial.bench.open(kFirst));
  EXPECT_THAT(trial.get(page()), HasSubstr(kBody));
}

TEST(Faults, AConnectionThatIsLateIsResetWhenItStands) {
  Trial trial({{.kind = FaultKind::reset, .after = Millis(5'000)}});
  EXPECT_EQ(trial.heard_after(Millis(6'000)), "");
  EXPECT_EQ(trial.happened(), 0U);
  EXPECT_THAT(trial.send(), HasSubstr("+HTTPERR:0,-14"));
}

TEST(Faults, BeforeItsTimeNothingHappens) {
  Trial trial({{.kind = FaultKind::connect_refused, .after = Millis(1'000)}});
  EXPECT_THAT(trial.get("HTTP/1.0 200 OK\r\n\r\n"), HasSubstr("CONNECT OK"));
  trial.bench.server_ends(kFirst, Cause::closed);
  trial.heard_after(Millis(1'000));
  EXPECT_THAT(trial.send(), HasSubstr("+HTTPERR:0,-14"));
}

// The records are those of the undisturbed response.

TEST(Faults, CoverageIsLostAndComesBack) {
  Trial trial(
      {{.kind = FaultKind::coverage_lost, .after = Millis(1'000), .lasts = Millis(30'000)}});
  const auto covered = [&trial] { return trial.bench.modem().status(trial.bench.now()).coverage; };
  trial.heard_after(Millis(999));
  EXPECT_TRUE(covered());
  trial.heard_after(Millis(1));
  EXPECT_FALSE(covered());
  EXPECT_THAT(trial.send(), Not(HasSubstr("CONNECT OK")));
  trial.heard_after(Millis(29'999));
  EXPECT_FALSE(covered());
  trial.heard_after(Millis(1));
  EXPECT_TRUE(covered());
  EXPECT_THAT(trial.get(page()), HasSubstr(kBody));
}

// Nothing passes meanwhile, and nothing is lost.

TEST(Faults, TheOwnersWordOnCoverageIsTheLast) {
  Trial trial(
      {{.kind = FaultKind::coverage_lost, .after = Millis(1'000), .lasts = Millis(5'000)},
       {.kind = FaultKind::coverage_lost, .after = Millis(20'000), .lasts = Millis(5'000)}});
  const auto covered = [&trial] { return trial.bench.modem().status(trial.bench.now()).coverage; };
  trial.heard_after(Millis(2'000));
  trial.bench.modem().set_coverage(true, trial.bench.now());
  EXPECT_TRUE(covered());
  trial.bench.modem().set_coverage(false, trial.bench.now());
  trial.heard_after(Millis(40'000));
  EXPECT_FALSE(covered());
}

TEST(Faults, CoverageIsLostAgainAndAgain) {
  Trial trial({{.kind = FaultKind::coverage_lost,
                .after = Millis(10'000),
                .lasts = Millis(1'000),
                .times = 3,
                .every = Millis(60'000)}});
  trial.heard_after(Millis(10'000));
  EXPECT_EQ(trial.happened(), 1U);
  trial.heard_after(Millis(60'000));
  EXPECT_EQ(trial.happened(), 2U);
  trial.heard_after(Millis(600'000));
  EXPECT_EQ(trial.happened(), 3U);
}

TEST(Faults, TheModuleRestartsInsteadOfAnAnswer) {
  Trial trial({{.kind = FaultKind::restart, .request = 2, .at = Place::line}});
  // The first line was typed already; this is the second.
  EXPECT_THAT(trial.type("AT+CSQ"), Not(HasSubstr("OK\r\n\r\nOK")));
  EXPECT_EQ(trial.happened(), 1U);
  trial.is_usable();
}

TEST(Faults, AReportComesBetweenOkAndConnectOk) {
  Trial trial({{.kind = FaultKind::urc, .request = 1, .text = "+CEREG:5"}});
  EXPECT_EQ(trial.send(), "\r\nOK\r\n\r\n+CEREG:5\r\n\r\nCONNECT OK\r\n");
}

// The echo belongs to the line; the report comes before the answer, in pieces or not.

TEST(Faults, AReportComesBetweenALineAndItsAnswer) {
  const auto play = [](std::string_view before, std::string_view line, std::size_t piece) {
    Trial trial({{.kind = FaultKind::urc, .request = 3, .at = Place::line, .text = "+CEREG:5"}});
    trial.type(before);
    while (!line.empty()) {
      trial.bench.host_sends(line.substr(0, piece));
      line.remove_prefix(std::min(piece, line.size()));
    }
    return trial.bench.host_heard();
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

TEST(Faults, TwoThatTimeBringsAreOfTwoConnections) {
  const Fault reset = {.kind = FaultKind::reset, .after = Millis(1'000)};
  Trial trial({reset, reset});
  trial.get(page());
  trial.heard_after(Millis(2'000));
  EXPECT_EQ(trial.happened(0), 1U);
  EXPECT_EQ(trial.happened(1), 0U);
  trial.get(page());
  EXPECT_EQ(trial.happened(1), 1U);
}

// With an echo each empty line says something, and so a report may stand in it.
TEST(Faults, ReportsForAHostThatReadsNothingAreBounded) {
  const Fault report = {.kind = FaultKind::urc,
                        .at = FaultPlace::line,
                        .times = 0,
                        .text = std::string(kMaxFaultTextBytes, 'u')};
  Trial trial({report});
  trial.type("ATE1");
  trial.bench.set_host_reads(0);
  for (int i = 0; i < 100; ++i) trial.bench.host_sends("\r");
  trial.bench.set_host_reads(stand::Bench::kAll);
  trial.bench.settle();
  const std::string heard = std::exchange(trial.bench.host_heard(), {});
  EXPECT_EQ(std::ranges::count(heard, 'u') % kMaxFaultTextBytes, 0);
  EXPECT_LE(heard.size(), HostOutput::kMaxTextBytes + 100);
  trial.bench.modem().clear_faults(trial.bench.now());
  trial.type("ATE0");
  trial.is_usable();
}

TEST(HostOutputTest, SoManyBytesMayWait) {
  HostOutput output;
  EXPECT_TRUE(output.insert(std::string(HostOutput::kMaxTextBytes - 1, 'a'), 0));
  EXPECT_FALSE(output.insert("bc", 0));
  EXPECT_TRUE(output.insert("b", 0));
  EXPECT_FALSE(output.insert("c", 0));
  EXPECT_EQ(output.sent(1), 0U);
  EXPECT_TRUE(output.insert("c", 0));
}

// A line that is still to be answered when the next one ends keeps its answer whole.
TEST(Faults, AReportInALineThatWaitsComesBehindTheAnswerOfTheFirst) {
  const Fault report = {
      .kind = FaultKind::urc, .request = 2, .at = FaultPlace::line, .text = "+LATE"};
  stand::Bench bench(*find_model("M5311"), default_settings(*find_model("M5311")),
                     stand::Bench::kDefaultBlockCount, Trial::with({}, {report}));
  bench.host_sends(
      "ATE0;+HTTPCREATE=\"https://a.example/\";+HTTPCFG=0,1,\"x\";+HTTPSEND=0,0,"
      "\"/\"\r");
  bench.host_heard().clear();
  bench.host_sends("AT\r");
  EXPECT_EQ(bench.host_heard(), "");
  EXPECT_TRUE(bench.certificates_are(false));
  bench.advance(Millis(5'000));
  EXPECT_EQ(bench.host_heard(), "\r\nERROR\r\n\r\n+LATE\r\n\r\nOK\r\n");
}

TEST(Faults, AReportForAHostThatReadsByteByByte) {
  Trial trial({{.kind = FaultKind::urc, .request = 2, .at = Place::line, .text = "+CEREG:5"}});
  trial.bench.set_host_reads(1);
  EXPECT_EQ(trial.type("AT"), "\r\n+CEREG:5\r\n\r\nOK\r\n");
}

TEST(Faults, AHostThatReadsNothingLosesNothing) {
  Trial trial({{.kind = FaultKind::host_stuck, .after = Millis(1'000), .lasts = Millis(30'000)}});
  trial.heard_after(Millis(1'000));
  EXPECT_EQ(trial.get(page()), "");
  EXPECT_EQ(trial.heard_after(Millis(29'999)), "");
  EXPECT_THAT(trial.heard_after(Millis(1)),
              AllOf(StartsWith(std::string(kConnected)), HasSubstr(kBody)));
}

TEST(Faults, TheNthByteToTheHostIsGarbled) {
  Trial trial({});
  ASSERT_TRUE(
      trial.bench.modem().add({.kind = FaultKind::garbled_to_host, .byte = 3}, trial.bench.now()));
  const std::string heard = trial.type("AT");
  ASSERT_EQ(heard.size(), kAccepted.size());
  EXPECT_EQ(heard.substr(0, 3), "\r\nO");
  EXPECT_NE(heard[3], 'K');
  EXPECT_EQ(heard.substr(4), "\r\n");
  EXPECT_EQ(trial.type("AT"), kAccepted);
}

TEST(Faults, TheNthByteFromTheHostIsGarbled) {
  Trial trial({});
  ASSERT_TRUE(trial.bench.modem().add({.kind = FaultKind::garbled_from_host, .byte = 1},
                                      trial.bench.now()));
  EXPECT_EQ(trial.type("AT"), "");  // no AT, so no line
  EXPECT_EQ(trial.happened(), 1U);
  EXPECT_EQ(trial.type("AT"), kAccepted);
}

TEST(Faults, NoiseRepeatsWithItsSeedHoweverTheHostReads) {
  const auto play = [](std::uint32_t seed, std::size_t reads) {
    Trial trial({{.kind = FaultKind::garbled_to_host, .times = 0, .chance = 5}}, {.seed = seed});
    trial.bench.set_host_reads(reads);
    std::string heard;
    for (int i = 0; i < 50; ++i) heard += trial.type("AT+CGMR");
    return heard;
  };
  const std::string once = play(1, stand::Bench::kAll);
  EXPECT_EQ(play(1, stand::Bench::kAll), once);
  EXPECT_EQ(play(1, 1), once);
  EXPECT_EQ(play(1, 7), once);
  EXPECT_NE(play(2, stand::Bench::kAll), once);
  const std::string clean = [] {
    Trial trial({});
    std::string heard;
    for (int i = 0; i < 50; ++i) heard += trial.type("AT+CGMR");
    return heard;
  }();
  ASSERT_EQ(once.size(), clean.size());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) wrong += once[i] != clean[i];
  EXPECT_NEAR(static_cast<double>(wrong) / static_cast<double>(clean.size()), 0.05, 0.02);
}

TEST(Faults, ChanceRepeatsWithItsSeed) {
  const auto play = [](std::uint32_t seed) {
    Trial trial({{.kind = FaultKind::connect_refused, .times = 0, .chance = 30}}, {.seed = seed});
    std::string pattern;
    for (int i = 0; i < 64; ++i) {
      const bool refused = trial.send().find("+HTTPERR") != std::string::npos;
      pattern += refused ? 'x' : '.';
      if (trial.bench.open(kFirst)) trial.bench.server_ends(kFirst, Cause::closed);
      trial.bench.host_heard().clear();
    }
    return pattern;
  };
  EXPECT_EQ(play(1), play(1));
  EXPECT_NE(play(1), play(2));
  EXPECT_THAT(play(1), AllOf(HasSubstr("x"), HasSubstr(".")));
}

TEST(Faults, SoManyMayBeToCome) {
  Trial trial({});
  Modem& modem = trial.bench.modem();
  const Fault later{.kind = FaultKind::restart, .after = Millis(1'000'000)};
  for (std::size_t i = 0; i < kMaxFaults - 1; ++i) EXPECT_TRUE(modem.add(later, trial.bench.now()));
  EXPECT_TRUE(modem.add({.kind = FaultKind::urc, .text = "+A"}, trial.bench.now()));
  EXPECT_EQ(modem.faults().size(), kMaxFaults);
  // One that is over gives way, and no other.
  EXPECT_TRUE(modem.faults().back().over);
  EXPECT_TRUE(modem.add(later, trial.bench.now()));
  EXPECT_EQ(modem.faults().size(), kMaxFaults);
  EXPECT_EQ(modem.faults().back().number, kMaxFaults + 1);
  EXPECT_FALSE(modem.add(later, trial.bench.now()));
  modem.clear_faults(trial.bench.now());
  EXPECT_TRUE(modem.faults().empty());
  EXPECT_TRUE(modem.add(later, trial.bench.now()));
  EXPECT_EQ(modem.faults().front().number, kMaxFaults + 2);
}

TEST(Faults, MoreThanTheLimitAtPowerOnAreLeftOut) {
  const Fault later{.kind = FaultKind::restart, .after = Millis(1'000'000)};
  Trial trial(std::vector<Fault>(kMaxFaults + 1, later));
  EXPECT_EQ(trial.bench.modem().faults().size(), kMaxFaults);
}

TEST(Faults, WhatLastsIsOverWhenAllAreCleared) {
  Trial trial({{.kind = FaultKind::coverage_lost, .after = Millis(1)},
               {.kind = FaultKind::host_stuck, .after = Millis(1)}});
  trial.heard_after(Millis(10'000));
  EXPECT_EQ(trial.type("AT"), "");
  trial.bench.modem().clear_faults(trial.bench.now());
  trial.bench.settle();
  EXPECT_EQ(trial.bench.host_heard(), kAccepted);
  EXPECT_TRUE(trial.bench.modem().status(trial.bench.now()).coverage);
}

// Faults may be added while something is under way: what stands is known.

TEST(Faults, AConnectionThatStoodBeforeIsReset) {
  Trial trial({});
  trial.get(page());
  ASSERT_TRUE(trial.bench.modem().add({.kind = FaultKind::reset}, trial.bench.now()));
  trial.bench.settle();
  EXPECT_FALSE(trial.bench.open(kFirst));
  EXPECT_THAT(trial.bench.host_heard(), HasSubstr("+HTTPDISCON:0"));
}

TEST(Faults, TheNextRequestAfterItIsTheFirst) {
  Trial trial({});
  trial.get(page());
  ASSERT_TRUE(trial.bench.modem().add({.kind = FaultKind::reset, .request = 1, .at = Place::body},
                                      trial.bench.now()));
  EXPECT_EQ(trial.happened(), 0U);
  EXPECT_THAT(trial.get(page()), HasSubstr("+HTTPERR:0,-14"));
}

TEST(Faults, TheTraceIsTold) {
  Trial trial({{.kind = FaultKind::connect_refused}});
  trial.send();
  std::vector<std::string_view> words;
  while (const auto note = trial.bench.modem().next_note()) words.push_back(note->words);
  EXPECT_THAT(words, testing::Contains("fault: the connection is refused"));
}

TEST(Faults, NotesThatNobodyTakesAreOverwritten) {
  Trial trial({{.kind = FaultKind::connect_refused, .times = 0}});
  for (std::size_t i = 0; i < 2 * Upset::kMostNotes; ++i) trial.send();
  std::size_t count = 0;
  while (const auto note = trial.bench.modem().next_note()) {
    count += note->words == words_of(FaultKind::connect_refused) ? 1 : 0;
  }
  EXPECT_EQ(count, Upset::kMostNotes);
}

// On a slow line and a slow radio the places are the same.

// An hour of it costs no hour.

TEST(Faults, AnHourOfFaultsTakesNoTime) {
  Trial trial({{.kind = FaultKind::coverage_lost,
                .lasts = Millis(5'000),
                .times = 0,
                .every = Millis(60'000)},
               {.kind = FaultKind::silence, .times = 0}});
  std::size_t failures = 0;
  while (trial.bench.now() < Millis(3'600'000)) {
    trial.send();
    failures += trial.heard_after(Millis(90'000)).find("+HTTPERR") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(failures, 30U);
  EXPECT_EQ(trial.bench.modem().faults()[0].happened, 61U);
  trial.is_usable();
}

}  // namespace
}  // namespace m531x::sim
