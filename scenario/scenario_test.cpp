// SPDX-License-Identifier: Apache-2.0
// Scenario files, and those that come with the program, each played to its end in virtual time.
#include "scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "stand/bench.h"

namespace m531x::scenario {

static void PrintTo(const ReadyScenario& scenario, std::ostream* out) { *out << scenario.name; }

namespace {

using sim::Fault;
using sim::FaultKind;
using sim::FaultPlace;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Scenario, IsReadFromToml) {
  const Scenario scenario = parse_scenario(
      "name = \"mine\"\nsummary = \"Two things.\"\nseed = 7\n"
      "[[fault]]\nkind = \"reset\"\nrequest = 2\nat = \"body\"\nbyte = 100\n"
      "[[fault]]\ntext = \"+A\"\nkind = \"urc\"\n",
      "a.toml");
  EXPECT_EQ(scenario.name, "mine");
  EXPECT_EQ(scenario.summary, "Two things.");
  EXPECT_EQ(scenario.seed, 7U);
  EXPECT_EQ(scenario.faults,
            (std::vector<Fault>{
                {.kind = FaultKind::reset, .request = 2, .at = FaultPlace::body, .byte = 100},
                {.kind = FaultKind::urc, .text = "+A"}}));
}

TEST(Scenario, MayBeEmpty) { EXPECT_EQ(parse_scenario("", "a.toml"), Scenario()); }

struct Wrong {
  const char* text;
  const char* complaint;
};
class ScenarioComplaints : public testing::TestWithParam<Wrong> {};

TEST_P(ScenarioComplaints, NameThePlace) {
  try {
    static_cast<void>(parse_scenario(GetParam().text, "a.toml"));
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith(GetParam().complaint));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ScenarioComplaints,
    testing::Values(
        Wrong{"name = ", "a.toml:1:"},
        Wrong{"name = 5", "a.toml:1:8: name must be a text of 1 to 200 bytes"},
        Wrong{"name = \"\"", "a.toml:1:8: name must be"},
        Wrong{"summary = []", "a.toml:1:11: summary must be"},
        Wrong{"\nseed = -1", "a.toml:2:8: seed must be a whole number from 0 to 4294967295"},
        Wrong{"seed = 4294967296", "a.toml:1:8: seed must be"},
        Wrong{"seed = \"a\"", "a.toml:1:8: seed must be"},
        Wrong{"faults = 1", "a.toml:1:1: there is no \"faults\" in a scenario"},
        Wrong{"\"\\u001b[2J\" = 1", "a.toml:1:1: there is no \"\\x1b[2J\" in a scenario"},
        Wrong{"fault = 1", "a.toml:1:9: write each fault as a table, [[fault]]"},
        Wrong{"fault = [1]", "a.toml:1:9: write each fault as a table"},
        Wrong{"[fault]\nkind = \"reset\"", "a.toml:1:1: write each fault as a table"},
        Wrong{"[[fault]]\nrequest = 1", "a.toml:1:1: the fault has no kind"},
        Wrong{"[[fault]]\nkind = 3", "a.toml:1:1: the fault has no kind"},
        Wrong{"[[fault]]\nkind = \"x\"", "a.toml:2:8: there is no fault \"x\"; there are dns_f"},
        Wrong{"[[fault]]\nkind = \"reset\"\nbyte = -1", "a.toml:3:8: byte must be 0 to"},
        Wrong{"[[fault]]\nkind = \"reset\"\nbyte = 1.5", "a.toml:3:8: byte must be a whole"},
        Wrong{"[[fault]]\nkind = \"reset\"\ncount = 1", "a.toml:3:9: reset has no parameter"},
        Wrong{"[[fault]]\nkind = \"urc\"", "a.toml:1:1: urc: text is missing"}));

TEST(Scenario, HasSoManyFaults) {
  std::string text;
  for (std::size_t i = 0; i < sim::kMaxFaults; ++i) text += "[[fault]]\nkind = \"reset\"\n";
  EXPECT_EQ(parse_scenario(text, "a.toml").faults.size(), sim::kMaxFaults);
  text += "[[fault]]\nkind = \"reset\"\n";
  EXPECT_THROW(static_cast<void>(parse_scenario(text, "a.toml")), Error);
}

// A host that does the simplest thing after each failure, and a server that is always well.
class Endurance {
 public:
  explicit Endurance(const Scenario& scenario)
      : bench_(model(), default_settings(model()), stand::Bench::kDefaultBlockCount,
               {.seed = scenario.seed.value_or(1), .faults = scenario.faults}) {}

  void one_round() {
    for (const char* const scheme : {"http", "https"}) {
      type("AT+HTTPCREATE=\"" + std::string(scheme) + "://a.example/\"");
      for (int i = 0; i < 2; ++i) {
        send(0);
        send(1);
      }
    }
    type("AT+HTTPCLOSE=0");
    type("AT+HTTPCLOSE=1");
  }
  [[nodiscard]] bool all_happened() {
    return std::ranges::all_of(bench_.modem().faults(),
                               [](const auto& entry) { return entry.happened > 0; });
  }
  void clear() {
    bench_.modem().clear_faults(bench_.now());
    bench_.settle();
    bench_.advance(Millis(120'000));
  }
  std::string type(const std::string& line) {
    bench_.host_heard().clear();
    bench_.host_sends(line + '\r');
    bench_.advance(Millis(1'000));
    return bench_.host_heard();
  }
  [[nodiscard]] Millis now() const { return bench_.now(); }

 private:
  static const Model& model() { return *find_model("M5311"); }

  void send(int id) {
    type("AT+HTTPSEND=" + std::to_string(id) + ",0,\"/\"");
    for (int second = 0; second < 70; ++second) {
      for (ConnId conn = 0; conn < kMaxConnections; ++conn) serve(conn);
      bench_.advance(Millis(1'000));
    }
  }
  void serve(ConnId conn) {
    if (bench_.connecting(conn)) bench_.server_accepts(conn);
    if (!bench_.open(conn)) return;
    std::string& heard = bench_.server_heard(conn);
    if (heard.find("\r\n\r\n") == std::string::npos) return;
    heard.clear();
    bench_.server_sends(conn,
                        "HTTP/1.1 200 OK\r\nServer: well\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "20\r\n01234567890123456789012345678901\r\n0\r\n\r\n");
  }

  stand::Bench bench_;
};

class ReadyScenarios : public testing::TestWithParam<ReadyScenario> {};

TEST_P(ReadyScenarios, HappenAndAreSurvived) {
  const Scenario scenario = parse_scenario(GetParam().text, std::string(GetParam().name) + ".toml");
  EXPECT_EQ(scenario.name, GetParam().name);
  EXPECT_FALSE(scenario.summary.empty());
  EXPECT_LE(scenario.summary.size(), 80U);
  EXPECT_FALSE(scenario.faults.empty());
  Endurance endurance(scenario);
  constexpr int kMostRounds = 100;
  for (int round = 0; round < kMostRounds && !endurance.all_happened(); ++round) {
    endurance.one_round();
  }
  EXPECT_TRUE(endurance.all_happened());
  endurance.clear();
  endurance.type("");  // what a garbled CR has left over
  EXPECT_EQ(endurance.type("ATE0"), "ATE0\r\r\nOK\r\n");
  EXPECT_EQ(endurance.type("AT"), "\r\nOK\r\n");
}

INSTANTIATE_TEST_SUITE_P(All, ReadyScenarios,
                         testing::ValuesIn(ready_scenarios().begin(), ready_scenarios().end()),
                         [](const auto& instance) {
                           std::string name(instance.param.name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Ready, AreFoundByName) {
  ASSERT_FALSE(ready_scenarios().empty());
  for (const ReadyScenario& each : ready_scenarios()) EXPECT_EQ(find_ready(each.name), &each);
  EXPECT_EQ(find_ready("no-such"), nullptr);
}

TEST(Ready, EveryKindHasOne) {
  std::set<FaultKind> kinds;
  for (const ReadyScenario& each : ready_scenarios()) {
    for (const Fault& fault : parse_scenario(each.text, "").faults) kinds.insert(fault.kind);
  }
  EXPECT_EQ(kinds.size(), sim::kFaultKindCount);
}

}  // namespace
}  // namespace m531x::scenario
