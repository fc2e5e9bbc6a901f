// SPDX-License-Identifier: Apache-2.0
// Numbers among the parameters, and the table rows that calls are for.
#include <gtest/gtest.h>

#include <vector>

#include "at/command.h"

namespace m531x::at {
namespace {

using namespace std::string_literals;

constexpr std::uint32_t kMost = 0xffff'ffff;

struct ArgsCase {
  std::string text;
  std::uint32_t low, high;
  std::optional<std::uint32_t> value;
};

TEST(Args, Numbers) {
  for (const ArgsCase& c : std::vector<ArgsCase>{
           {"0", 0, kMost, 0},
           {"7", 0, 9, 7},
           {"007", 0, 9, 7},
           {"0000000000000000000000000001", 0, 9, 1},
           {"4294967295", 0, kMost, kMost},
           {"04294967295", 0, kMost, kMost},
           {"4294967296", 0, kMost, {}},
           {"4294967297", 0, kMost, {}},
           {"42949672950", 0, kMost, {}},
           {"18446744073709551616", 0, kMost, {}},
           {"18446744073709551623", 0, 9, {}},
           {"99999999999999999999999999999999", 0, kMost, {}},
           {"2", 3, 5, {}},
           {"3", 3, 5, 3},
           {"5", 3, 5, 5},
           {"6", 3, 5, {}},
           {"0", 0, 0, 0},
           {"1", 0, 0, {}},
           {"", 0, 9, {}},
           {" ", 0, 9, {}},
           {"-0", 0, 9, {}},
           {"-1", 0, 9, {}},
           {"+1", 0, 9, {}},
           {"1 ", 0, 9, {}},
           {"1 2", 0, 99, {}},
           {"1.0", 0, 9, {}},
           {"1a", 0, 99, {}},
           {"a1", 0, 99, {}},
           {"0x1", 0, 99, {}},
           {"/", 0, 99, {}},
           {":", 0, 99, {}},
           {"1\0"s, 0, 99, {}},
           {"\xb1", 0, 99, {}},
       }) {
    SCOPED_TRACE(testing::PrintToString(c.text));
    Args args;
    ASSERT_TRUE(args.add_value(c.text));
    ASSERT_TRUE(args.add_string(c.text));
    EXPECT_EQ(args.number(0, c.low, c.high), c.value);
    EXPECT_EQ(args.number(1, c.low, c.high), std::nullopt) << "a string is no number";
    EXPECT_EQ(args.number(2, c.low, c.high), std::nullopt) << "missing";
  }
}

TEST(Args, HoldsSixteen) {
  Args args;
  for (std::size_t i = 0; i < kMaxParameters; ++i) {
    EXPECT_TRUE(i % 2 == 0 ? args.add_string({}) : args.add_value({}));
  }
  EXPECT_FALSE(args.add_string({}));
  EXPECT_FALSE(args.add_value({}));
  EXPECT_EQ(args.size(), kMaxParameters);
  EXPECT_TRUE(args[0].quoted);
  EXPECT_FALSE(args[kMaxParameters - 1].quoted);
  args.clear();
  EXPECT_EQ(args.size(), 0U);
  EXPECT_EQ(args.number(0, 0, 9), std::nullopt);
}

TEST(Forms, AreABitSet) {
  constexpr Forms kForms = Form::read | Form::set;
  static_assert(has(kForms, Form::read) && has(kForms, Form::set));
  static_assert(!has(kForms, Form::basic) && !has(kForms, Form::test) &&
                !has(kForms, Form::action) && !has(kForms, Form::malformed));
  EXPECT_EQ(only(Form::read) | only(Form::set), kForms);
}

struct NoContext {};
constexpr Command<NoContext> row(std::string_view name) {
  return {name, 1, Style::own, only(Form::set), nullptr, "", ""};
}
constexpr auto kRows = std::to_array<Command<NoContext>>(
    {row("&F"), row("+A"), row("+HTTPCFG"), row("+HTTPCLOSE"), row("+HTTPCONTENT"),
     row("+HTTPCREATE"), row("+HTTPHEADER"), row("+HTTPSEND"), row("E"), row("S3"), row("S4")});
static_assert(sorted_unique(kRows));
constexpr Index kRowIndex(kRows);

const Command<NoContext>* find(std::string_view name) { return kRowIndex.find(kRows, name); }

TEST(Index, FindsEachRowAndNothingElse) {
  for (const auto& wanted : kRows) EXPECT_EQ(find(wanted.name), &wanted) << wanted.name.view();
  for (const auto* const name : {"", "+", "&", "F", "+a", "+B", "+HTTPCF", "+HTTPCFGS", "+HTTPSENT",
                                 "+HTTPCREATE ", "e", "S", "S5", "S33", "ZZZZZZZZZZZZZZZZ"}) {
    EXPECT_EQ(find(name), nullptr) << name;
  }
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = "+N" + std::to_string(i);
    ASSERT_EQ(find(name), nullptr) << name;
  }
}

TEST(SortedUnique, SeesDisorderAndDoubles) {
  constexpr auto kDisorder = std::to_array<Command<NoContext>>({row("+B"), row("+A")});
  constexpr auto kDouble = std::to_array<Command<NoContext>>({row("+A"), row("+A")});
  constexpr auto kOne = std::to_array<Command<NoContext>>({row("+A")});
  static_assert(!sorted_unique(kDisorder));
  static_assert(!sorted_unique(kDouble));
  static_assert(sorted_unique(kOne));
}

}  // namespace
}  // namespace m531x::at
