// SPDX-License-Identifier: Apache-2.0
#include "at/line.h"

#include <gtest/gtest.h>

#include <vector>

#include "mem/test_memory.h"

namespace m531x::at {
namespace {

using mem::TestPool;
using namespace std::string_literals;
using Lines = std::vector<std::string>;

constexpr std::uint32_t kNoLimit = 100'000;

// What came of some input: "[body]" for a complete line, "blank" or "lost"; and the echo.
struct Outcome {
  Lines lines;
  std::string echo;
  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  for (const std::string& line : outcome.lines) out << testing::PrintToString(line) << ' ';
  return out << "echo " << testing::PrintToString(outcome.echo);
}

void feed(CommandLine& line, Bytes input, const LineCharacters& characters, std::uint32_t max_bytes,
          Outcome& outcome) {
  while (!input.empty()) {
    const std::size_t before = input.size();
    const CommandLine::Taken taken = line.take(input, characters, max_bytes);
    outcome.echo.append(taken.echo);
    ASSERT_LT(input.size(), before);
    switch (taken.event) {
      case CommandLine::Event::none:
        break;
      case CommandLine::Event::blank:
        outcome.lines.emplace_back("blank");
        break;
      case CommandLine::Event::complete:
        outcome.lines.push_back("[" + text_of(line.body()) + "]");
        break;
      case CommandLine::Event::lost:
        outcome.lines.emplace_back("lost");
        break;
    }
  }
}

Outcome feed_pieces(const std::vector<Bytes>& pieces, const LineCharacters& characters = {},
                    std::uint32_t max_bytes = kNoLimit) {
  TestPool pool;
  CommandLine line(pool);
  Outcome outcome;
  for (const Bytes piece : pieces) feed(line, piece, characters, max_bytes, outcome);
  return outcome;
}

// Feeds `input` whole, split in two at every place, and byte by byte.
void expect_lines(const std::string& input, const Outcome& expected,
                  const LineCharacters& characters = {}, std::uint32_t max_bytes = kNoLimit) {
  EXPECT_EQ(feed_pieces({input}, characters, max_bytes), expected);
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    SCOPED_TRACE(cut);
    const Bytes all = input;
    EXPECT_EQ(feed_pieces({all.substr(0, cut), all.substr(cut)}, characters, max_bytes), expected);
  }
  std::vector<Bytes> bytes;
  for (const char& byte : input) bytes.emplace_back(&byte, 1);
  EXPECT_EQ(feed_pieces(bytes, characters, max_bytes), expected);
}

struct LineCase {
  const char* name;
  std::string input;
  Lines lines;
  const char* echo = nullptr;  // nullptr: all of the input
};

const LineCase kCases[] = {
    {"nothing but AT", "AT\r", {"[]"}},
    {"a command", "AT+X=1\r", {"[+X=1]"}},
    {"lower case", "at+x\r", {"[+x]"}},
    {"either case", "aTE\rAtV\r", {"[E]", "[V]"}},
    {"two lines at once", "ATE\rATV\r", {"[E]", "[V]"}},
    {"LF after CR is neither garbage nor echoed", "AT\r\nATE\r\n", {"[]", "[E]"}, "AT\rATE\r"},
    {"only the first LF is the CR's", "AT\r\n\nAT\r", {"[]", "[]"}, "AT\r\nAT\r"},
    {"LF before the line", "\nAT\r", {"[]"}},
    {"LF inside a line is a byte of it", "AT+X=\"a\nb\"\r", {"[+X=\"a\nb\"]"}},
    {"an empty line", "\r", {"blank"}},
    {"empty lines with LF", "\r\n\r\n", {"blank", "blank"}, "\r\r"},
    {"garbage before AT", "xyz 1+/AT\r", {"[]"}},
    {"garbage of control bytes before AT", "\0\xff\x1a\x11\x13\b\nAT\r"s, {"[]"}},
    {"garbage and no AT", "hello\rAT\r", {"blank", "[]"}},
    {"T without A", "T\r", {"blank"}},
    {"A alone", "A\r", {"blank"}},
    {"A twice", "AAT\r", {"[]"}},
    {"A many times, in either case", "AaAaaAT+X\r", {"[+X]"}},
    {"A, garbage, AT", "ABAT\r", {"[]"}},
    {"A, garbage", "AB\r", {"blank"}},
    {"A, CR, T", "A\rT\r", {"blank", "blank"}},
    {"only the first AT is the prefix", "ATAT\r", {"[AT]"}},
    {"A/ with nothing to repeat", "A/", {"[]"}},
    {"A/ needs no CR", "AT+X\rA/A/", {"[+X]", "[+X]", "[+X]"}},
    {"a/ and its CR", "AT+X\ra/\r", {"[+X]", "[+X]", "blank"}},
    {"A/ after A", "AT+X\rAA/", {"[+X]", "[+X]"}},
    {"A/ after an empty line", "AT+X\r\rA/", {"[+X]", "blank", "[+X]"}},
    {"A/ after garbage", "AT+X\rhello\rA/", {"[+X]", "blank", "[+X]"}},
    {"A/ after an abandoned prefix", "AT+X\rA\rA/", {"[+X]", "blank", "[+X]"}},
    {"A/ repeats an AT alone", "AT+X\rAT\rA/", {"[+X]", "[]", "[]"}},
    {"A/ inside a line is text", "ATA/\r", {"[A/]"}},
    {"backspace takes the last byte", "AT+XY\b\r", {"[+X]"}},
    {"backspace takes several", "ATabc\b\b\bd\r", {"[d]"}},
    {"backspace never eats the prefix", "AT\b\b\b+X\r", {"[+X]"}},
    {"backspace beyond the prefix", "ATab\b\b\b\bcd\r", {"[cd]"}},
    {"backspace between A and T", "A\bT\rA\bAT\r", {"blank", "[]"}},
    {"backspace takes a byte of any value", "AT\0\b\xff\b\x80\bx\r"s, {"[x]"}},
    {"bytes that are special elsewhere",
     "AT\0\x1a\x11\x13\xff\x7f+X\r"s,
     {"[\0\x1a\x11\x13\xff\x7f+X]"s}},
};

TEST(CommandLine, FindsLinesInAnyPieces) {
  for (const LineCase& c : kCases) {
    SCOPED_TRACE(c.name);
    expect_lines(c.input, {c.lines, c.echo == nullptr ? c.input : std::string(c.echo)});
  }
}

TEST(CommandLine, TakesALineOfExactlyTheMaximum) {
  struct Limited {
    const char* name;
    std::uint32_t max_bytes;
    std::string input;
    Lines lines;
  };
  for (const Limited& c : std::vector<Limited>{
           {"exactly", 10, "AT12345678\r", {"[12345678]"}},
           {"one more", 10, "AT123456789\r", {"lost"}},
           {"no body", 2, "AT\r", {"[]"}},
           {"no body allowed", 2, "ATE\r", {"lost"}},
           {"garbage and doubled A do not count", 10, "xxxxxxxxxxAAAAT12345678\r", {"[12345678]"}},
           {"nor does an empty line",
            3,
            "\r\r\r\rATE\r",
            {"blank", "blank", "blank", "blank", "[E]"}},
           {"the next line is well", 10, "AT123456789\rATE\r", {"lost", "[E]"}},
           {"a swallowed AT starts no line", 10, "AT123456789ATE\rATV\r", {"lost", "[V]"}},
           {"nothing to repeat", 10, "ATE\rAT123456789\rA/", {"[E]", "lost", "lost"}},
           {"until the next", 10, "AT123456789\rATE\rA/", {"lost", "[E]", "[E]"}},
           {"edited to the maximum", 10, "AT12345678\b9\r", {"[12345679]"}},
           {"once too long stays lost", 10, "AT123456789\b\b\b\r", {"lost"}},
           {"far too long", 10, "AT" + std::string(2000, 'x') + "\r", {"lost"}},
       }) {
    SCOPED_TRACE(c.name);
    expect_lines(c.input, {c.lines, c.input}, {}, c.max_bytes);
  }
}

TEST(CommandLine, HoldsLinesOfAnySize) {
  constexpr std::size_t kCap = Block::kCapacity;
  for (const std::size_t size : {kCap - 1, kCap, kCap + 1, 2 * kCap, 20 * kCap + 3}) {
    SCOPED_TRACE(size);
    const std::string body(size, 'x');
    const std::string input = "AT" + body + "\rA/";
    const Outcome expected = {{"[" + body + "]", "[" + body + "]"}, input};
    EXPECT_EQ(feed_pieces({input}), expected);
    EXPECT_EQ(feed_pieces({Bytes(input).substr(0, kCap), Bytes(input).substr(kCap)}), expected);
  }
}

TEST(CommandLine, UsesTheCharactersThatTheHostSet) {
  const LineCharacters characters = {.terminator = '#', .formatting = '\n', .editing = '\x7f'};
  expect_lines("AT+X\rY#", {{"[+X\rY]"}, "AT+X\rY#"}, characters);
  expect_lines("ATab\b\x7f#", {{"[ab]"}, "ATab\b\x7f#"}, characters);
  expect_lines("#\nATE#", {{"blank", "[E]"}, "#ATE#"}, characters);
}

TEST(CommandLine, ALineWithoutMemoryIsLost) {
  TestPool pool(2);
  CommandLine line(pool);
  Outcome outcome;
  const std::string long_line = "AT" + std::string(2 * Block::kCapacity + 1, 'x') + "\r";
  feed(line, long_line + "ATE\r", {}, kNoLimit, outcome);
  EXPECT_EQ(outcome, (Outcome{{"lost", "[E]"}, long_line + "ATE\r"}));
}

TEST(CommandLine, WithoutAnyMemoryAtStillWorks) {
  TestPool pool(0);
  CommandLine line(pool);
  Outcome outcome;
  feed(line, "AT\rATE\rA/\rAT\r", {}, kNoLimit, outcome);
  EXPECT_EQ(outcome.lines, (Lines{"[]", "lost", "lost", "blank", "[]"}));
}

TEST(CommandLine, KnowsWhetherALineIsPartlyTyped) {
  struct Typed {
    Bytes input;
    bool partly;
  };
  for (const Typed& c :
       {Typed{"", false}, Typed{"x", false}, Typed{"A", true}, Typed{"Ax", false},
        Typed{"AT", true}, Typed{"AT+X", true}, Typed{"AT+X\r", false}, Typed{"AT\r\n", false},
        Typed{"A/", false}, Typed{"AT\b\b", true}, Typed{"A\r", false}}) {
    SCOPED_TRACE(c.input);
    TestPool pool;
    CommandLine line(pool);
    Outcome outcome;
    feed(line, c.input, {}, kNoLimit, outcome);
    EXPECT_EQ(line.partly_typed(), c.partly);
  }
}

TEST(CommandLine, KeepsTheBodyUntilTheNextPrefix) {
  TestPool pool;
  CommandLine line(pool);
  Outcome outcome;
  feed(line, "AT+X\r", {}, kNoLimit, outcome);
  const mem::ChainView body = line.body();
  feed(line, "\r\ngarbage A", {}, kNoLimit, outcome);
  EXPECT_EQ(text_of(body), "+X");
  feed(line, "T", {}, kNoLimit, outcome);
  EXPECT_TRUE(line.body().empty());
}

}  // namespace
}  // namespace m531x::at
