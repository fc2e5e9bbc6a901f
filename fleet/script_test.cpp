// SPDX-License-Identifier: Apache-2.0
#include "fleet/script.h"

#include <gtest/gtest.h>

#include "port/user_error.h"

namespace m531x::fleet {
namespace {

std::string cycle(const std::string& lines) { return "# Cycle\n```m531x\n" + lines + "```\n"; }

std::string refusal(const std::string& markdown) {
  try {
    static_cast<void>(parse_script(markdown, "a.md"));
  } catch (const port::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(FleetScript, HasItsPartsAndSteps) {
  const Script script = parse_script("# Start\n```m531x\n> ATE0\n< OK\n```\n" +
                                         cycle("> AT+X=${n}\n< ...\n< OK\n+500ms\n") +
                                         "# Recover\n```m531x\n> AT\n< OK\n```\n",
                                     "a.md");
  ASSERT_EQ(script.start.size(), 1U);
  ASSERT_EQ(script.cycle.size(), 2U);
  ASSERT_EQ(script.recover.size(), 1U);
  EXPECT_EQ(script.start[0].types, "ATE0\r");
  EXPECT_FALSE(script.start[0].has_variables);
  EXPECT_TRUE(script.cycle[0].has_variables);
  EXPECT_EQ(script.cycle[0].expects.size(), 2U);
  EXPECT_EQ(script.cycle[1].waits, Millis(500));
}

TEST(FleetScript, TheBuiltInOneCanBeRead) {
  EXPECT_FALSE(parse_script(get_script(Millis(6'000)), "get").recover.empty());
}

TEST(FleetScript, RefusesWhatNoHostDoes) {
  EXPECT_NE(refusal(cycle("net 0 opened\n")).find("a.md:3: a host does not do that"),
            std::string::npos);
  EXPECT_NE(refusal(cycle("> AT\nnet 0 connect a:80\n")).find("does not see"), std::string::npos);
  EXPECT_NE(refusal(cycle("> ${imie}\n")).find("no variable ${imie}"), std::string::npos);
  EXPECT_NE(refusal(cycle("set tcp.mss=500\n> AT\n")).find("settings"), std::string::npos);
  EXPECT_NE(refusal("# Else\n```m531x\n> AT\n```\n").find("Start, Cycle or Recover"),
            std::string::npos);
  EXPECT_NE(refusal("# Start\n```m531x\n> AT\n```\n").find("no Cycle"), std::string::npos);
}

TEST(FleetScript, HasALimitOfSteps) {
  std::string lines;
  for (std::size_t i = 0; i < kMaxScriptSteps - 1; ++i) lines += "> AT\n";
  EXPECT_EQ(refusal(cycle(lines)), "");
  lines += "> AT\n";
  EXPECT_EQ(refusal(cycle(lines)), "");
  lines += "> AT\n";
  EXPECT_NE(refusal(cycle(lines)).find("at most 1000 steps"), std::string::npos);
}

TEST(FleetScript, HasALimitOfBytes) {
  const std::string script = cycle("> AT\n");
  EXPECT_EQ(refusal(script + std::string(kMaxScriptBytes - script.size() - 1, '\n')), "");
  EXPECT_EQ(refusal(script + std::string(kMaxScriptBytes - script.size(), '\n')), "");
  EXPECT_NE(refusal(script + std::string(kMaxScriptBytes - script.size() + 1, '\n')), "");
}

}  // namespace
}  // namespace m531x::fleet
