// SPDX-License-Identifier: Apache-2.0
#include "http/line_cut.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace m531x::http {
namespace {

using namespace std::string_literals;

struct CutCase {
  std::string bytes;
  std::string text;
  std::size_t size;
  bool ended;
  bool cr;
  bool bad;
};

void expect_cut(const CutCase& c) {
  SCOPED_TRACE(testing::PrintToString(c.bytes));
  const LineCut cut = cut_line(c.bytes);
  EXPECT_EQ(cut.text, c.text);
  EXPECT_EQ(cut.size, c.size);
  EXPECT_EQ(cut.ended, c.ended);
  EXPECT_EQ(cut.cr, c.cr);
  EXPECT_EQ(cut.bad, c.bad);
}

TEST(LineCut, EndsAtItsLineFeed) {
  expect_cut({"ab\r\ncd\r\n", "ab", 4, true, true, false});
  expect_cut({"ab\ncd\r\n", "ab", 3, true, false, false});
  expect_cut({"\r\nab", "", 2, true, true, false});
  expect_cut({"\nab", "", 1, true, false, false});
}

TEST(LineCut, NeedNotBeWhole) {
  expect_cut({"", "", 0, false, false, false});
  expect_cut({"ab", "ab", 2, false, false, false});
  expect_cut({"ab\r", "ab", 3, false, true, false});
  expect_cut({"\r", "", 1, false, true, false});
}

TEST(LineCut, HasNoNulAndNoBareCr) {
  expect_cut({"a\0b\r\nc"s, "a\0b"s, 5, true, true, true});
  expect_cut({"a\rb\r\nc", "a\rb", 5, true, true, true});
  expect_cut({"a\r\r\nc", "a\r", 4, true, true, true});
  expect_cut({"a\rb\nc", "a\rb", 4, true, false, true});
  expect_cut({"a\0b"s, "a\0b"s, 3, false, false, true});
  expect_cut({"\0"s, "\0"s, 1, false, false, true});
  expect_cut({"a\rb\r", "a\rb", 4, false, true, true});
}

// Whatever the size and wherever the end lies in a word of eight bytes.
TEST(LineCut, MayHaveAnyOtherByteAtAnyPlace) {
  std::string text;
  for (int c = 0; c < 256; ++c) {
    if (c != '\0' && c != '\r' && c != '\n') text += static_cast<char>(c);
  }
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t size = 0; size <= std::min<std::size_t>(20, text.size() - begin); ++size) {
      const std::string line = text.substr(begin, size);
      expect_cut({line + "\r\nxxxxxxxx", line, size + 2, true, true, false});
      expect_cut({line + "\r\n", line, size + 2, true, true, false});
      expect_cut({line, line, size, false, false, false});
    }
  }
}

}  // namespace
}  // namespace m531x::http
