// SPDX-License-Identifier: Apache-2.0
#include "settings/words.h"

#include <gtest/gtest.h>

#include <vector>

namespace m531x::settings {
namespace {

TEST(Words, InQuotesNotTooMuchIsShown) {
  EXPECT_EQ(in_quotes(""), "\"\"");
  EXPECT_EQ(in_quotes("nope"), "\"nope\"");
  const std::string most(40, 'x');
  EXPECT_EQ(in_quotes(most.substr(1)), '"' + most.substr(1) + '"');
  EXPECT_EQ(in_quotes(most), '"' + most + '"');
  EXPECT_EQ(in_quotes(most + 'x'), '"' + most + "...\"");
}

TEST(Words, InQuotesNoByteMovesATerminal) {
  EXPECT_EQ(in_quotes("\x1b[2J\r\n"), R"("\x1b[2J\x0d\x0a")");
  EXPECT_EQ(in_quotes(std::string(1, '\0') + "\x1f \x7e\x7f"), R"("\x00\x1f ~\x7f")");
  EXPECT_EQ(in_quotes("\xc3\xa4"), "\"\xc3\xa4\"") << "a letter stays";
}

TEST(Words, ListedAsInASentence) {
  using Names = std::vector<std::string_view>;
  EXPECT_EQ(listed(Names{}), "");
  EXPECT_EQ(listed(Names{"a"}), "a");
  EXPECT_EQ(listed(Names{"a", "b"}), "a or b");
  EXPECT_EQ(listed(Names{"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace m531x::settings
