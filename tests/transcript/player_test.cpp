// SPDX-License-Identifier: Apache-2.0
// The runner itself: a runner that reads less than it is told would pass everything.
#include <gtest/gtest.h>

#include "tests/transcript/player.h"
#include "transcript/script.h"

namespace m531x::transcript {

namespace {

std::optional<std::string> play_text(const std::string& lines) {
  const auto blocks = parse_markdown("# A\n```m531x\n" + lines + "```\n", "a.md");
  EXPECT_EQ(blocks.size(), 1U);
  EXPECT_TRUE(blocks.at(0).faults.empty()) << blocks.at(0).faults.at(0);
  return play(blocks[0], ways_to_play(blocks[0]).at(0));
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
