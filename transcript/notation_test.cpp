// SPDX-License-Identifier: Apache-2.0
#include "transcript/notation.h"

#include <gtest/gtest.h>

namespace m531x::transcript {

namespace {

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

}  // namespace

}  // namespace m531x::transcript
