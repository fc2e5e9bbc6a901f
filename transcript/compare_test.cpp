// SPDX-License-Identifier: Apache-2.0
#include "transcript/compare.h"

#include <gtest/gtest.h>

namespace m531x::transcript {

namespace {

using Pieces = std::vector<Expected::Piece>;

TEST(Compare, BytesFitAsFarAsTheyGo) {
  const Pieces pieces = {{false, "abc"}, {false, "de"}};
  EXPECT_EQ(fit("", pieces), Fit::begun);
  EXPECT_EQ(fit("abcd", pieces), Fit::begun);
  EXPECT_EQ(fit("abcde", pieces), Fit::whole);
  EXPECT_EQ(fit("abcdef", pieces), Fit::differs);
  EXPECT_EQ(fit("abd", pieces), Fit::differs);
  EXPECT_EQ(fit("", {}), Fit::whole);
  EXPECT_EQ(fit("a", {}), Fit::differs);
}

TEST(Compare, AnythingFitsBetweenItsNeighbours) {
  const Pieces pieces = {{false, "a"}, {true, ""}, {false, "z"}};
  EXPECT_EQ(fit("az", pieces), Fit::whole);
  EXPECT_EQ(fit("abcz", pieces), Fit::whole);
  EXPECT_EQ(fit("azb", pieces), Fit::begun);
  EXPECT_EQ(fit("a", pieces), Fit::begun);
  EXPECT_EQ(fit("bz", pieces), Fit::differs);
}

TEST(Compare, ADifferenceShowsBothSides) {
  Expected expected;
  expected.dte = {{false, "\r\n+X:1\r\n"}, {false, "\r\nOK\r\n"}};
  expected.actions = {"net 0 close"};
  Outcome outcome;
  outcome.dte = "\r\n+X:2\r\n\r\nOK\r\n";
  outcome.actions = expected.actions;
  EXPECT_FALSE(is_expected(outcome, expected));
  EXPECT_EQ(difference(expected, outcome),
            "      << \\r\\n\n    - << +X:1\\r\\n\n    + << +X:2\\r\\n\n      << \\r\\n\n"
            "      << OK\\r\\n\n      net 0 close\n");
  outcome.dte = "\r\n+X:1\r\n\r\nOK\r\n";
  EXPECT_TRUE(is_expected(outcome, expected));
  outcome.net[0] = "a";
  EXPECT_FALSE(is_expected(outcome, expected));
}

}  // namespace

}  // namespace m531x::transcript
