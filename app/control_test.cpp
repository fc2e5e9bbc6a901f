// SPDX-License-Identifier: Apache-2.0
// The control side's language, over modems without a line.
#include "app/control.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/control_table.h"
#include "port/block_memory.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

class ControlTest : public testing::Test {
 protected:
  ControlTest() { power_on(0); }
  ~ControlTest() override {
    for (auto& [number, module] : modules_) module.driver->stop();
  }

  void power_on(unsigned number) {
    Settings settings = default_settings(model_);
    settings.boot.text = false;
    auto driver = std::make_shared<port::Driver>(loop_, model_, settings, pool_);
    modules_.emplace(number, Module{nullptr, nullptr, std::move(driver), settings.network.signal});
  }
  Json ask(std::string_view line) { return Json::parse(control_.answer(line)); }
  // The sentence that refuses `line`.
  std::string refusal(std::string_view line) {
    const Json answer = ask(line);
    EXPECT_FALSE(answer.at("ok").get<bool>()) << line;
    EXPECT_EQ(answer.size(), 2U);
    return answer.at("error").get<std::string>();
  }
  void expect_done(std::string_view line) { EXPECT_EQ(control_.answer(line), R"({"ok":true})"); }
  Json state() { return ask(R"({"command":"state"})"); }
  [[nodiscard]] const sim::Modem& modem() const { return modules_.begin()->second.driver->modem(); }

  const Model& model_ = *find_model("M5311");
  port::BlockMemory memory_{1 << 20, Limits().line_bytes};
  BlockPool pool_{memory_.blocks(), memory_.scratch()};
  port::EventLoop loop_;
  Modules modules_;
  Control control_{model_, modules_, nullptr};
};

TEST_F(ControlTest, TellsTheState) {
  const Json answer = state();
  EXPECT_EQ(answer["ok"], true);
  EXPECT_EQ(answer["modem"], 0);
  EXPECT_EQ(answer["model"], "M5311");
  EXPECT_EQ(answer["power"], "on");
  EXPECT_EQ(answer["functionality"], 1);
  EXPECT_EQ(answer["registration"], "home");
  EXPECT_EQ(answer["attached"], true);
  EXPECT_EQ(answer["signal"]["rssi"], Signal().rssi);
  EXPECT_EQ(answer["signal"]["sinr"], Signal().sinr);
  EXPECT_EQ(answer["instances"], Json::parse(R"(["none","none","none","none","none"])"));
  EXPECT_EQ(answer["counters"]["restarts"], 0);
}

TEST_F(ControlTest, PressesReset) {
  expect_done(R"({"command":"reset"})");
  EXPECT_EQ(state()["counters"]["restarts"], 1);
  expect_done(" {\"modem\" : 0 , \"command\":\"reset\"}\r");
  EXPECT_EQ(state()["counters"]["restarts"], 2);
}

TEST_F(ControlTest, LosesTheNetworkAndFindsItAgain) {
  expect_done(R"({"command":"coverage","on":false})");
  EXPECT_EQ(state()["coverage"], false);
  EXPECT_EQ(state()["registration"], "searching");
  EXPECT_EQ(state()["signal"]["rssi"], 99);
  expect_done(R"({"command":"coverage","on":true})");
  EXPECT_EQ(state()["registration"], "home");
  EXPECT_EQ(state()["signal"]["rssi"], Signal().rssi);
}

TEST_F(ControlTest, ChangesOnlyTheNamedValuesOfTheSignal) {
  expect_done(R"({"command":"signal","rssi":31,"sinr":-30})");
  EXPECT_EQ(modules_.begin()->second.driver->status().signal, (Signal{.rssi = 31, .sinr = -30}));
  expect_done(R"({"command":"signal","ber":99,"rsrq":255,"rsrp":0})");
  const Signal wanted{.rssi = 31, .ber = 99, .rsrq = 255, .rsrp = 0, .sinr = -30};
  EXPECT_EQ(modules_.begin()->second.driver->status().signal, wanted);
  // What it measures without coverage is not what was set.
  expect_done(R"({"command":"coverage","on":false})");
  expect_done(R"({"command":"signal","ber":7})");
  expect_done(R"({"command":"coverage","on":true})");
  EXPECT_EQ(modules_.begin()->second.driver->status().signal.rsrp, 0);
  EXPECT_EQ(modules_.begin()->second.driver->status().signal.ber, 7);
  EXPECT_THAT(refusal(R"({"command":"signal"})"), HasSubstr("at least one of rssi"));
}

TEST_F(ControlTest, EachSignalValueHasItsRange) {
  struct Case {
    const char* name;
    int low;
    int high;
    int unknown;  // or one more than high
  };
  for (const auto& [name, low, high, unknown] :
       {Case{"rssi", 0, 31, 99}, Case{"ber", 0, 7, 99}, Case{"rsrq", 0, 34, 255},
        Case{"rsrp", 0, 97, 255}, Case{"sinr", -30, 40, 40}}) {
    const auto line = [name = name](int value) {
      return Json{{"command", "signal"}, {name, value}}.dump();
    };
    for (const int good : {low, high, unknown}) expect_done(line(good));
    for (const int bad : {low - 1, high + 1, unknown - 1, unknown + 1}) {
      if (bad >= low && bad <= high) continue;
      EXPECT_THAT(refusal(line(bad)), StartsWith(std::string("signal: ") + name + " is out of"));
    }
  }
}

TEST_F(ControlTest, InjectsUpToItsLimit) {
  const auto line = [](std::size_t size) {
    return Json{{"command", "inject"}, {"text", std::string(size, 'x')}}.dump();
  };
  expect_done(line(1));
  EXPECT_EQ(modem().dte_output(), "\r\nx\r\n");
  EXPECT_THAT(refusal(line(0)), HasSubstr("text is out of range"));
  EXPECT_THAT(refusal(line(Modem::kMaxInjectedBytes + 1)), HasSubstr("1 to 1024 bytes"));
  expect_done(line(Modem::kMaxInjectedBytes));
}

TEST_F(ControlTest, InjectsNothingWhenTooMuchWaits) {
  // With a line partly typed a report waits.
  modules_.at(0).driver->call({.kind = sim::Call::Kind::dte_received, .bytes = "A"});
  const std::string line =
      Json{{"command", "inject"}, {"text", std::string(Modem::kMaxInjectedBytes / 2, 'x')}}.dump();
  expect_done(line);
  EXPECT_EQ(refusal(line), "inject: too much waits for the host already");
}

TEST_F(ControlTest, FaultsAreAddedListedAndCleared) {
  EXPECT_EQ(control_.answer(R"({"command":"faults"})"), R"({"ok":true,"faults":[]})");
  EXPECT_EQ(control_.answer(R"({"command":"fault","kind":"reset","at":"body","byte":100})"),
            R"({"ok":true,"number":1})");
  EXPECT_EQ(control_.answer(R"({"command":"fault","kind":"coverage_lost"})"),
            R"({"ok":true,"number":2})");
  EXPECT_EQ(state()["coverage"], false);
  EXPECT_EQ(ask(R"({"command":"faults"})")["faults"], Json::parse(R"([
      {"number":1,"fault":"reset at=body byte=100","happened":0,"over":false},
      {"number":2,"fault":"coverage_lost","happened":1,"over":true}])"));
  expect_done(R"({"command":"clear"})");
  EXPECT_EQ(state()["coverage"], true);
  EXPECT_EQ(ask(R"({"command":"faults"})")["faults"].size(), 0U);
}

TEST_F(ControlTest, AFaultThatCannotBeIsToldWhy) {
  EXPECT_THAT(refusal(R"({"command":"fault"})"), StartsWith("fault: kind is missing: dns_fails"));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"earthquake"})"),
              StartsWith("fault: kind is out of range: dns_fails, "));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"reset","at":"line"})"),
              StartsWith("fault: at must be request, response"));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"reset","at":"moon"})"),
              StartsWith("fault: at is out of range: line, request"));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"reset","text":"a"})"),
              StartsWith("fault: reset has no parameter \"text\""));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"reset","request":0})"),
              StartsWith("fault: request is out of range: 1 to 1000000"));
  EXPECT_THAT(refusal(R"({"command":"fault","kind":"urc"})"), HasSubstr("text is missing"));
  EXPECT_EQ(ask(R"({"command":"faults"})")["faults"].size(), 0U);
}

TEST_F(ControlTest, SoManyFaultsMayBeToCome) {
  const std::string_view later = R"({"command":"fault","kind":"restart","after_ms":604800000})";
  for (std::size_t i = 0; i < sim::kMaxFaults; ++i) EXPECT_EQ(ask(later)["ok"], true);
  EXPECT_EQ(refusal(later), "fault: a module has at most 64 faults to come, and this one has 64");
  EXPECT_THAT(refusal(R"({"command":"scenario","name":"flaky-server"})"),
              StartsWith("scenario: a module has at most"));
}

TEST_F(ControlTest, AScenarioIsAdded) {
  expect_done(R"({"command":"scenario","name":"flaky-server"})");
  EXPECT_EQ(ask(R"({"command":"faults"})")["faults"].size(), 4U);
  EXPECT_EQ(refusal(R"({"command":"scenario","name":"none"})"),
            "scenario: there is no \"none\"; m531x scenarios lists them");
}

TEST_F(ControlTest, ALineThatIsNotARequestIsToldWhere) {
  EXPECT_EQ(refusal(""), "byte 1 of the line is not what JSON has there");
  EXPECT_EQ(refusal(R"({"command":state})"), "byte 12 of the line is not what JSON has there");
  EXPECT_THAT(refusal(std::string_view("{}\0", 3)), StartsWith("byte 3 "));
  EXPECT_THAT(refusal("{\"command\":\"\xff\"}"), StartsWith("byte 13 "));
  EXPECT_THAT(refusal(std::string(4096, '[')), StartsWith("byte 4097 "));
  EXPECT_EQ(refusal(R"({"command":"signal","rssi":1e999})"), "a number in the line is too large");
  for (const auto* const text : {"[]", "1", "null", "\"state\"", "true"}) {
    EXPECT_THAT(refusal(text), StartsWith("the line is not a JSON object")) << text;
  }
}

TEST_F(ControlTest, ARequestThatCannotBeDoneIsToldWhy) {
  EXPECT_THAT(refusal("{}"), StartsWith("\"command\" is missing"));
  EXPECT_EQ(refusal(R"({"command":7})"), "\"command\" must be a text");
  EXPECT_EQ(refusal(R"({"command":"State"})"), "there is no command \"State\"; help lists them");
  EXPECT_EQ(refusal(R"({"command":"state","command":"help"})"), "\"command\" is there twice");
  EXPECT_EQ(refusal(R"({"command":"state","on":true})"), "state has no parameter \"on\"");
  EXPECT_EQ(refusal(R"({"command":"help","modem":0})"), "help has no parameter \"modem\"");
  EXPECT_EQ(refusal(R"({"command":"coverage"})"), "coverage: on is missing: true or false");
  EXPECT_EQ(refusal(R"({"command":"coverage","on":1})"), "coverage: on must be true or false");
  EXPECT_EQ(refusal(R"({"command":"inject","text":1})"), "inject: text must be a text");
  for (const auto* const value : {"1.0", "\"1\"", "true", "null", "[1]", "{}"}) {
    EXPECT_EQ(refusal(fmt::format(R"({{"command":"signal","rssi":{}}})", value)),
              "signal: rssi must be a whole number");
  }
  for (const auto* const value : {"-1", "18446744073709551615", "9223372036854775807"}) {
    EXPECT_THAT(refusal(fmt::format(R"({{"command":"signal","rssi":{}}})", value)),
                StartsWith("signal: rssi is out of range"));
  }
  const std::string long_name(100, 'n');
  EXPECT_EQ(refusal(fmt::format(R"({{"command":"{}"}})", long_name)),
            "there is no command \"" + long_name.substr(0, 40) + "...\"; help lists them");
}

// The sentence about it is cut inside a character.
TEST_F(ControlTest, AnAnswerIsAlwaysJsonInAscii) {
  const std::string answer = control_.answer("{\"command\":\"x" + std::string(39, '\xc3') + "\"}");
  const std::string cut = control_.answer("{\"command\":\"x" + [] {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "\xc3\xa4";
    return text;
  }() + "\"}");
  for (const std::string& line : {answer, cut}) {
    EXPECT_FALSE(Json::parse(line).at("ok").get<bool>());
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  }
}

TEST_F(ControlTest, WithSeveralModemsOneIsToBeNamed) {
  EXPECT_EQ(control_.answer(R"({"command":"modems"})"), R"({"ok":true,"modems":[0]})");
  power_on(7);
  EXPECT_EQ(control_.answer(R"({"command":"modems"})"), R"({"ok":true,"modems":[0,7]})");
  EXPECT_EQ(refusal(R"({"command":"reset"})"), "reset: say which modem; on: 0, 7");
  expect_done(R"({"command":"reset","modem":7})");
  EXPECT_EQ(ask(R"({"command":"state","modem":7})")["counters"]["restarts"], 1);
  EXPECT_EQ(ask(R"({"command":"state","modem":0})")["counters"]["restarts"], 0);
  EXPECT_EQ(refusal(R"({"command":"reset","modem":1})"), "reset: there is no modem 1; on: 0, 7");
  EXPECT_THAT(refusal(R"({"command":"reset","modem":-1})"), HasSubstr("modem is out of range"));
  EXPECT_THAT(refusal(R"({"command":"reset","modem":4294967296})"), HasSubstr("out of range"));
  for (unsigned number = 100; number < 130; ++number) power_on(number);
  EXPECT_THAT(refusal(R"({"command":"reset"})"), testing::EndsWith("113, ..."));
  for (auto& [number, module] : modules_) module.driver->stop();
  modules_.clear();
  EXPECT_EQ(refusal(R"({"command":"reset"})"), "reset: no modem is on");
}

TEST_F(ControlTest, HelpIsTheTable) {
  const Json commands = ask(R"({"command":"help"})")["commands"];
  ASSERT_EQ(commands.size(), control_table().size());
  for (const ControlCommand& command : control_table()) {
    const Json& row = commands.at(command.name);
    EXPECT_EQ(row["help"], command.meaning);
    EXPECT_EQ(row["parameters"].size(), command.parameters.size() + (command.of_modem ? 1 : 0));
    for (const ControlParameter& parameter : command.parameters) {
      EXPECT_EQ(row["parameters"][parameter.name]["range"], range_of(parameter));
    }
  }
}

TEST(ControlTable, NamesAreUniqueAndEachCommandIsFoundByIts) {
  std::set<std::string_view> names;
  for (const ControlCommand& command : control_table()) {
    EXPECT_TRUE(names.insert(command.name).second);
    EXPECT_EQ(&find_control(command.name), &command);
    std::set<std::string_view> keys = {"command", kModemParameter.name};
    for (const ControlParameter& parameter : command.parameters) {
      EXPECT_TRUE(keys.insert(parameter.name).second) << command.name;
      EXPECT_EQ(&find_parameter(command, parameter.name), &parameter);
    }
  }
}

TEST(ControlTable, ArgumentsOfACommandLineAreReadByTheirKind) {
  const auto parsed = [](std::string_view command, std::string_view key, std::string_view text) {
    const ControlCommand& row = find_control(command);
    return parse_argument(row, find_parameter(row, key), text).dump();
  };
  EXPECT_EQ(parsed("signal", "sinr", "-7"), "-7");
  EXPECT_EQ(parsed("coverage", "on", "false"), "false");
  EXPECT_EQ(parsed("inject", "text", "12"), "\"12\"");
  EXPECT_EQ(parsed("inject", "text", "a=\"b\""), R"("a=\"b\"")");
  for (const auto* const bad : {"", "x", "1x", " 1", "+1", "1.0", "32", "98", "1e1"}) {
    EXPECT_THROW(parsed("signal", "rssi", bad), port::UserError) << bad;
  }
  for (const auto* const bad : {"", "on", "1", "True"}) {
    EXPECT_THROW(parsed("coverage", "on", bad), port::UserError) << bad;
  }
}

}  // namespace
}  // namespace m531x::app
