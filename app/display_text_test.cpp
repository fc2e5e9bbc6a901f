// SPDX-License-Identifier: Apache-2.0
#include "app/display_text.h"

#include <gmock/gmock.h>

namespace m531x::app {
namespace {

using testing::ElementsAre;

TEST(DisplayText, AChineseCharacterTakesTwoColumns) {
  EXPECT_EQ(columns_of("water"), 5U);
  EXPECT_EQ(columns_of("水表"), 4U);
  EXPECT_EQ(columns_of("a\xcc\x81"), 1U);  // with a combining accent
}

TEST(DisplayText, TextIsCutBetweenCharacters) {
  EXPECT_THAT(wrapped("水表12号", 5), ElementsAre("水表1", "2号"));
  EXPECT_THAT(wrapped("水表12号", 4), ElementsAre("水表", "12号"));
  EXPECT_THAT(wrapped("水表12号", 3), ElementsAre("水", "表1", "2号"));
  EXPECT_THAT(wrapped("水表", 1), ElementsAre("水", "表"));
  EXPECT_THAT(wrapped("a\xcc\x81"
                      "b",
                      1),
              ElementsAre("a\xcc\x81", "b"));
  EXPECT_THAT(wrapped("", 5), ElementsAre(""));
}

TEST(DisplayText, WordsStayWholeUnlessTheyWouldLeaveHalfEmpty) {
  EXPECT_THAT(wrapped("read 12345 now", 10), ElementsAre("read 12345", " now"));
  EXPECT_THAT(wrapped("observed 12345 3200", 16), ElementsAre("observed 12345 ", "3200"));
  EXPECT_THAT(wrapped("a 234567890123", 10), ElementsAre("a 23456789", "0123"));
  EXPECT_THAT(wrapped("12345 789012345", 10), ElementsAre("12345 ", "789012345"));
  EXPECT_THAT(wrapped("1234 6789012345", 10), ElementsAre("1234 67890", "12345"));
}

TEST(DisplayText, WhatATerminalWouldActUponIsNotShown) {
  EXPECT_EQ(shown("a\x1b[1mb\r\n"), "a?[1mb??");
  EXPECT_EQ(shown("\xe6\xb0"), "??");
  EXPECT_EQ(shown("水\xff"), "水?");
}

TEST(DisplayText, WhatDoesNotFitIsToldInBytes) {
  EXPECT_EQ(fitted("0123456789", 10, 10), "0123456789");
  EXPECT_EQ(fitted("0123456789abcdefg", 17, 16), "0 ... (17 bytes)");
  EXPECT_EQ(fitted("水0123456789abcdef", 18, 17), "水 ... (18 bytes)");
  EXPECT_EQ(fitted("水0123456789abcdef", 18, 16), " ... (18 bytes)");
}

}  // namespace
}  // namespace m531x::app
