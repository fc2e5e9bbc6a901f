// SPDX-License-Identifier: Apache-2.0
// A reader that takes less than it is given would let everything pass.
#include "transcript/script.h"

#include <gtest/gtest.h>

namespace m531x::transcript {

namespace {

std::vector<Block> parse(const std::string& markdown) { return parse_markdown(markdown, "a.md"); }

TEST(Script, CutsABlockIntoSteps) {
  const auto blocks = parse(
      "# One two\n```m531x\nmodel M5311\nset tcp.mss=460\n> AT\\\n>> \\r\n< OK\n+2s\n"
      "net 1 > a\nnet 1 >> b\n\nnet 1 > c\nnet 1 refused\n```\n");
  ASSERT_EQ(blocks.size(), 1U);
  const Block& block = blocks[0];
  ASSERT_TRUE(block.faults.empty()) << block.faults[0];
  EXPECT_EQ(block.name, "One_two");
  EXPECT_EQ(block.settings.modem.mss_bytes, 460);
  ASSERT_EQ(block.steps.size(), 7U);
  EXPECT_EQ(block.steps[1].stimulus.bytes, "AT");
  EXPECT_EQ(block.steps[2].expected.dte.at(0).bytes, "\r\nOK\r\n");
  EXPECT_EQ(block.steps[3].stimulus.time, Millis(2000));
  EXPECT_EQ(block.steps[4].stimulus.bytes, "a\r\nb");
  EXPECT_EQ(block.steps[5].stimulus.bytes, "c\r\n");
  EXPECT_EQ(block.steps[6].stimulus.cause, Cause::refused);
}

TEST(Script, RefusesWhatItDoesNotKnow) {
  for (const std::string line : {"hello", "set tcp.mss=x", "set nothing=1", "model M9", "net 0 x",
                                 "net < a", "+5", "<< \\q"}) {
    const auto blocks = parse("```m531x\n" + line + "\n```\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].faults.size(), 1U) << line;
  }
  EXPECT_EQ(parse("```m531x\n> AT\nset tcp.mss=460\n```\n")[0].faults.size(), 1U);
  EXPECT_EQ(parse("```m531x\n> AT\n")[0].faults.size(), 1U);
}

}  // namespace

}  // namespace m531x::transcript
