// SPDX-License-Identifier: Apache-2.0
#include "mem/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace m531x::mem {
namespace {

template <typename Number>
void expect_written(std::initializer_list<Number> numbers) {
  for (const Number number : numbers) {
    EXPECT_EQ(Text().add(number).view(), std::to_string(number));
  }
}

TEST(Text, WritesNumbersInDecimal) {
  expect_written<std::int32_t>({0, 1, -1, 9, 10, -10, 99, 100, -2'147'483'647,
                                std::numeric_limits<std::int32_t>::max(),
                                std::numeric_limits<std::int32_t>::min()});
  for (std::uint32_t power = 10; power <= 1'000'000'000; power *= 10) {
    expect_written<std::uint32_t>({power - 1, power, power + 1});
    if (power == 1'000'000'000) break;  // the last one
  }
  expect_written<std::uint32_t>({0, 9, 10, 65535, 999'999'999, 1'000'000'000, 4'294'967'294,
                                 std::numeric_limits<std::uint32_t>::max()});
  expect_written<std::uint64_t>({0, 4'294'967'295, 4'294'967'296, 9'999'999'999, 10'000'000'000,
                                 5'000'000'000'000'000'001, 999'999'999'999'999'999,
                                 1'000'000'000'000'000'000, 18'000'000'000'000'000'007U,
                                 4'294'967'295'999'999'999, 4'294'967'296'000'000'000,
                                 std::numeric_limits<std::uint64_t>::max()});
}

TEST(Text, PutsPiecesTogether) {
  const Text text = Text().add("+X:").add(std::uint32_t{1}).add(',').add(Bytes()).add("\0y");
  EXPECT_EQ(Bytes(text), "+X:1,");
  EXPECT_EQ(Text().add(Bytes("\0y", 2)).view(), Bytes("\0y", 2));
}

TEST(Text, CutsOffWhatDoesNotFit) {
  for (const std::size_t filled : {Text::kCapacity - 3, Text::kCapacity - 1, Text::kCapacity}) {
    SCOPED_TRACE(filled);
    const std::string fill(filled, 'x');
    const auto cut = [](std::string whole) { return whole.substr(0, Text::kCapacity); };
    EXPECT_EQ(Text().add(fill).view(), fill);
    EXPECT_EQ(Text().add(fill).add("abcd").view(), cut(fill + "abcd"));
    EXPECT_EQ(Text().add(fill).add('a').add('b').view(), cut(fill + "ab"));
    EXPECT_EQ(Text().add(fill).add(std::uint64_t{12345678901}).view(), cut(fill + "12345678901"));
    EXPECT_EQ(Text().add(fill).add(std::int32_t{-1234}).add('z').view(), cut(fill + "-1234z"));
  }
  EXPECT_EQ(Text().add(std::string(1000, 'x')).view(), std::string(Text::kCapacity, 'x'));
}

TEST(Cuts, NeverReachBeyondTheText) {
  struct Case {
    std::size_t n;
    Bytes first, after;
  };
  for (const Case& c : {Case{0, "", "abc"}, Case{1, "a", "bc"}, Case{3, "abc", ""},
                        Case{4, "abc", ""}, Case{Bytes::npos, "abc", ""}}) {
    EXPECT_EQ(first("abc", c.n), c.first);
    EXPECT_EQ(after("abc", c.n), c.after);
  }
  EXPECT_TRUE(first({}, 1).empty());
  EXPECT_TRUE(after({}, 1).empty());
}

}  // namespace
}  // namespace m531x::mem
