// SPDX-License-Identifier: Apache-2.0
// The runner itself: a runner that reads less than it is told would pass everything.
#include <gtest/gtest.h>

#include "tests/transcript/notation.h"
#include "tests/transcript/player.h"
#include "tests/transcript/script.h"

namespace m531x::transcript {

namespace {

std::optional<std::string> play_text(const std::string& lines) {
  const auto blocks = parse_markdown("# A\n```m531x\n" + lines + "```\n", "a.md");
  EXPECT_EQ(blocks.size(), 1U);
  EXPECT_TRUE(blocks.at(0).faults.empty()) << blocks.at(0).faults.at(0);
  return play(blocks[0], ways_to_play(blocks[0]).at(0));
}

TEST(Notation, ExpandsRepeatsAndNothingElse) {
  EXPECT_EQ(expand_repeats("a{3*xy}b"), "axyxyxyb");
  EXPECT_EQ(expand_repeats(R"({"a": 1}{2*}{*b}{2b}{3*c)"), R"({"a": 1}{*b}{2b}{3*c)");
  EXPECT_EQ(expand_repeats(R"({2*\x2C}\n)"), R"(\x2C\x2C\n)");
}

TEST(Notation, DecodesEscapesAndRefusesOthers) {
  EXPECT_EQ(decode_raw(R"(\r\n\\\x41{2*\xff})"), "\r\n\\A\xff\xff");
  EXPECT_EQ(decode_raw(R"(\q)"), std::nullopt);
  EXPECT_EQ(decode_raw(R"(\x4)"), std::nullopt);
  EXPECT_EQ(decode_raw(R"(a\)"), std::nullopt);
}

TEST(Notation, RendersWhatItReads) {
  EXPECT_EQ(render("\r\nOK\r\n", "<< "), "<< \\r\\n\n<< OK\\r\\n\n");
  EXPECT_EQ(render(std::string(20, 'a') + "\\", ""), "{20*a}\\\\\n");
}

TEST(Script, CutsABlockIntoSteps) {
  const auto blocks = parse_markdown(
      "# One two\n```m531x\nmodel M5311\nset tcp.mss=460\n> AT\\\n>> \\r\n< OK\n+2s\n"
      "net 1 > a\nnet 1 >> b\n\nnet 1 > c\nnet 1 refused\n```\n",
      "a.md");
  ASSERT_EQ(blocks.size(), 1U);
  const Block& block = blocks[0];
  ASSERT_TRUE(block.faults.empty()) << block.faults[0];
  EXPECT_EQ(block.name, "One_two");
  EXPECT_EQ(block.settings.mss_bytes, 460);
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
    const auto blocks = parse_markdown("```m531x\n" + line + "\n```\n", "a.md");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].faults.size(), 1U) << line;
  }
  EXPECT_EQ(parse_markdown("```m531x\n> AT\nset tcp.mss=460\n```\n", "a.md")[0].faults.size(), 1U);
  EXPECT_EQ(parse_markdown("```m531x\n> AT\n", "a.md")[0].faults.size(), 1U);
}

TEST(Player, NoticesTooMuchTooLittleAndTheWrongThing) {
  EXPECT_FALSE(play_text("> AT\n< OK\n"));
  EXPECT_FALSE(play_text("> AT\n< ...\n< OK\n"));
  EXPECT_TRUE(play_text("> AT\n"));
  EXPECT_TRUE(play_text("> AT\n< OK\n< OK\n"));
  EXPECT_TRUE(play_text("> AT\n<< OK\\r\\n\n"));
  EXPECT_TRUE(play_text("> AT\n< ...\n< ERROR\n"));
  EXPECT_TRUE(play_text("> AT\n< OK\nnet 0 connect a:80\n"));
  EXPECT_TRUE(play_text("> AT\n< OK\nnet 0 < a\n"));
  EXPECT_TRUE(play_text("> AT\n< OK\nhost waits\n"));
  EXPECT_TRUE(play_text("> AT\n< OK\nnet 0 opened\n"));
}

}  // namespace

}  // namespace m531x::transcript
