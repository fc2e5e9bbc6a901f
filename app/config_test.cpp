// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "app/test_sentence.h"

namespace m531x::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string name = testing::TempDir() + "m531x-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& text) const {
    const std::string path = folder_ / "m.toml";
    std::ofstream(path) << text;
    return path;
  }
  // The complaint about `options`, or nothing.
  static std::string complaint(const ConfigOptions& options) {
    return sentence([&] { return load_settings(options); });
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigTest, WithoutAnythingItIsTheFirstModel) {
  const RunSettings settings = load_settings({});
  EXPECT_EQ(settings.model->name, "M5310-A");
  EXPECT_EQ(settings.modem.baud, 9600U);
}

TEST_F(ConfigTest, LaterPlacesWin) {
  const std::string path =
      file("tcp.mss = 460\nmodel = \"m5311\"\n[limits]\npath = 100\n[variant]\necho = false\n");
  const RunSettings settings = load_settings({"", path, {"limits.path=200", "limits.path=300"}});
  EXPECT_EQ(settings.model->name, "M5311");
  EXPECT_EQ(settings.modem.mss_bytes, 460);
  EXPECT_EQ(settings.modem.limits.path_bytes, 300U);
  EXPECT_EQ(settings.modem.limits.header_bytes, 512U);
  EXPECT_FALSE(settings.modem.variant.echo);
  EXPECT_EQ(load_settings({"M5313", path, {"model=M5312"}}).model->name, "M5313");
}

TEST_F(ConfigTest, AsHardwareComesBehindTheModelAndBeforeAllElse) {
  const std::string path = file("model = \"M5311\"\n[tcp]\noverflow = \"hold\"\n");
  const RunSettings settings =
      load_settings({.model = {}, .file = path, .sets = {"air.latency_ms=0"}, .as_hardware = true});
  EXPECT_EQ(settings.model->name, "M5311");
  EXPECT_TRUE(settings.conditions.pace);
  EXPECT_GT(settings.conditions.air.down_bps, 0U);
  EXPECT_EQ(settings.conditions.air.latency, Millis(0));
  EXPECT_EQ(settings.modem.overflow, Overflow::hold);
  EXPECT_EQ(load_settings({}).conditions.air, sim::Air());
}

TEST_F(ConfigTest, ScenariosComeOneBehindTheOther) {
  const std::string path = file("seed = 7\n[[fault]]\nkind = \"reset\"\nat = \"body\"\n");
  const RunSettings settings =
      load_settings({.model = {}, .file = {}, .sets = {}, .scenarios = {"connect-refused", path}});
  ASSERT_EQ(settings.conditions.faults.size(), 2U);
  EXPECT_EQ(settings.conditions.faults[0].kind, sim::FaultKind::connect_refused);
  EXPECT_EQ(settings.conditions.faults[1].kind, sim::FaultKind::reset);
  EXPECT_EQ(settings.conditions.seed, 7U);
  // A setting is the user's last word.
  EXPECT_EQ(load_settings({.model = {}, .file = {}, .sets = {"random.seed=9"}, .scenarios = {path}})
                .conditions.seed,
            9U);
}

TEST_F(ConfigTest, ComplaintsAboutScenariosNameThePlace) {
  const auto of = [](const std::string& name) {
    return complaint({.model = {}, .file = {}, .sets = {}, .scenarios = {name}});
  };
  EXPECT_THAT(of(file("[[fault]]\nkind = \"reset\"\nbyte = -1\n")),
              StartsWith(std::string(folder_ / "m.toml") + ":3:8: byte must be"));
  EXPECT_THAT(of("no-such"), StartsWith("--scenario no-such: cannot read it: No such file"));
  EXPECT_THAT(of(folder_), HasSubstr("cannot read it: Is a directory"));
}

TEST_F(ConfigTest, ScenariosHaveSoManyFaultsTogether) {
  const auto with = [this](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "[[fault]]\nkind = \"reset\"\n";
    return complaint(
        {.model = {}, .file = {}, .sets = {}, .scenarios = {"connect-refused", file(text)}});
  };
  EXPECT_EQ(with(sim::kMaxFaults - 1), "");
  EXPECT_THAT(with(sim::kMaxFaults), HasSubstr("a module has at most 64 faults"));
}

TEST_F(ConfigTest, EnumerationsIgnoreCase) {
  EXPECT_EQ(
      load_settings({"", "", {"variant.disconnect_name=diconn"}}).modem.variant.disconnect_name,
      DisconnectName::diconn);
  EXPECT_EQ(load_settings({"", "", {"tcp.overflow=DROP"}}).modem.overflow, Overflow::drop);
}

TEST_F(ConfigTest, ComplaintsAboutTheFileNameLineAndColumn) {
  const auto of = [this](const std::string& text) { return complaint({"", file(text), {}}); };
  const std::string path = folder_ / "m.toml";
  EXPECT_THAT(of("[tcp]\nmss = 460\nmsss = 1\n"),
              StartsWith(path + ":3:1: there is no setting tcp.msss"));
  EXPECT_THAT(of("\nmodell = 1\n"), StartsWith(path + ":2:1: "));
  EXPECT_THAT(of("[other]\nkey = 1\n"), StartsWith(path + ":1:"));
  EXPECT_THAT(of("[tcp]\nmss = \"x\"\n"), StartsWith(path + ":2:7: tcp.mss must be"));
  EXPECT_THAT(of("[tcp]\nmss = 63\n"), StartsWith(path + ":2:7: tcp.mss must be"));
  EXPECT_THAT(of("tcp = 1\n"), StartsWith(path + ":1:1: "));
  EXPECT_THAT(of("tcp.mss = [1]\n"), HasSubstr(":1:11: "));
  EXPECT_THAT(of("variant.echo = 1\n"), HasSubstr("variant.echo must be false or true"));
  EXPECT_THAT(of("variant.echo = \"true\"\n"), HasSubstr("variant.echo must be false or true"));
  EXPECT_THAT(of("model = \"M1\"\n"), HasSubstr(":1:9: model must be M5310-A"));
  EXPECT_THAT(of("tcp.mss = 460\n[tcp\n"), StartsWith(path + ":2:"));
  EXPECT_THAT(of("tcp.mss = 460\ntcp.mss = 461\n"), StartsWith(path + ":2:"));
}

TEST_F(ConfigTest, ComplaintsAboutTheCommandLineNameTheOption) {
  EXPECT_THAT(complaint({"", "", {"tcp.mss"}}), StartsWith("--set tcp.mss: "));
  EXPECT_THAT(complaint({"", "", {"=1"}}), StartsWith("--set =1: "));
  EXPECT_THAT(complaint({"", "", {"tcp.mss=1e3"}}), StartsWith("--set tcp.mss=1e3: "));
  EXPECT_THAT(complaint({"", "", {"tcp.mss=99999999999999999999"}}), StartsWith("--set tcp.mss="));
  EXPECT_THAT(complaint({"", "", {"line.baud=9601"}}), HasSubstr("line.baud must be 1200, "));
  EXPECT_THAT(complaint({"M1", "", {}}), StartsWith("--model M1: "));
  EXPECT_THAT(complaint({"", folder_ / "none", {}}), HasSubstr("none: cannot read it"));
  EXPECT_THAT(complaint({"", folder_, {}}), HasSubstr("cannot read it: Is a directory"));
}

TEST(SettingsTable, KeysAreUniqueAndDefaultsAreInRange) {
  std::set<std::string_view> keys;
  for (const Setting& setting : run_table()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
    EXPECT_FALSE(setting.meaning.empty()) << setting.key;
    for (const Model& model : models()) {
      const RunSettings module = settings_of(model);
      EXPECT_EQ(settings::parse_value(setting, value_of(setting, module)), setting.get(module))
          << setting.key;
    }
  }
}

TEST(SettingsTable, EachSetsWhatItGets) {
  for (const Setting& setting : run_table()) {
    RunSettings settings = settings_of(models().front());
    settings::Value value = std::int64_t{1};
    if (setting.kind == Setting::Kind::number) value = setting.high;
    if (setting.kind == Setting::Kind::rate) value = std::int64_t{2400};
    if (setting.kind == Setting::Kind::text) value = setting.get(settings_of(models().back()));
    setting.set(settings, value);
    EXPECT_EQ(setting.get(settings), value) << setting.key;
  }
}

}  // namespace
}  // namespace m531x::app
