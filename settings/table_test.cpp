// SPDX-License-Identifier: Apache-2.0
#include "settings/table.h"

#include <gtest/gtest.h>

namespace m531x::settings {
namespace {

TEST(ModuleTable, EveryModelsValuesReadAsTheyAreWritten) {
  for (const Model& model : models()) {
    const ModuleSettings module = settings_of(model);
    for (const Setting& setting : module_table()) {
      EXPECT_EQ(parse_value(setting, value_of(setting, module)), setting.get(module))
          << setting.key;
    }
  }
}

TEST(ModuleTable, ANumberHasItsLimits) {
  ModuleSettings module = settings_of(models().front());
  EXPECT_FALSE(apply("tcp.mss", "63", module));
  EXPECT_TRUE(apply("tcp.mss", "64", module));
  EXPECT_EQ(module.modem.mss_bytes, 64);
  EXPECT_TRUE(apply("tcp.mss", "1460", module));
  EXPECT_FALSE(apply("tcp.mss", "1461", module));
  EXPECT_FALSE(apply("tcp.mss", "1e3", module));
  EXPECT_EQ(module.modem.mss_bytes, 1460);
}

TEST(ModuleTable, ConditionsAreSettingsToo) {
  ModuleSettings module = settings_of(models().front());
  EXPECT_TRUE(apply("line.pace", "true", module));
  EXPECT_TRUE(apply("air.latency_ms", "1600", module));
  EXPECT_TRUE(module.conditions.pace);
  EXPECT_EQ(module.conditions.air.latency, Millis(1600));
}

TEST(ModuleTable, WhatAModuleDoesNotHaveIsRefused) {
  ModuleSettings module = settings_of(models().front());
  for (const std::string_view key : {"model", "tls.verify", "pool.bytes", "line.strict", ""}) {
    EXPECT_FALSE(apply(key, "M5311", module)) << key;
    EXPECT_FALSE(apply(key, "true", module)) << key;
  }
}

}  // namespace
}  // namespace m531x::settings
