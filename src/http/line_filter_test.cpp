// SPDX-License-Identifier: Apache-2.0
// What is shown of lines, however they come in pieces.
#include "http/line_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "m531x/ascii.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

using namespace std::string_literals;
using Kind = LineFilter::Kind;

struct Shown {
  std::string text;  // of all lines, each with its LF
  bool bad = false;  // one of the lines, or a coding
  bool operator==(const Shown&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Shown& shown) {
  return out << testing::PrintToString(shown.text) << (shown.bad ? ", bad" : "");
}

class Showing {
 public:
  explicit Showing(Kind kind) : kind_(kind) {}

  // A piece with no LF in it, or only one at its end.
  void piece(Bytes text) {
    const bool ends = text.ends_with('\n');
    if (ends) text.remove_suffix(1);
    empty_ = empty_ && text.empty();
    while (const auto edit = filter_.next(kind_, text)) {
      ASSERT_LE(edit->at + edit->size, text.size());
      shown_.text += mem::first(text, edit->at);
      shown_.text += edit->instead;
      text = mem::after(text, edit->at + edit->size);
    }
    shown_.bad = shown_.bad || filter_.line_is_bad();
    if (!filter_.hides_line()) {
      shown_.text += text;
      if (ends) shown_.text += '\n';
    }
    if (ends && !std::exchange(empty_, true) && !filter_.end_line()) shown_.bad = true;
  }

  [[nodiscard]] Shown shown() const {
    return {shown_.text, shown_.bad || !filter_.codings_are_good()};
  }

 private:
  Kind kind_;
  LineFilter filter_;
  bool empty_ = true;  // the line so far
  Shown shown_;
};

// The lines are cut at their ends and at `cut`; 0 cuts them everywhere.
Shown show(Kind kind, Bytes lines, std::size_t cut) {
  Showing showing(kind);
  std::size_t begin = 0;
  for (std::size_t at = 1; at <= lines.size(); ++at) {
    if (cut != 0 && at != cut && at != lines.size() && lines[at - 1] != '\n') continue;
    showing.piece(mem::first(mem::after(lines, begin), at - begin));
    begin = at;
  }
  return showing.shown();
}

struct FilterCase {
  const char* name;
  std::string lines;
  std::string shown = {};  // NOLINT(readability-redundant-member-init): GCC warns without it
};

void expect_at_every_cut(Kind kind, const FilterCase& c, bool bad) {
  SCOPED_TRACE(c.name);
  for (std::size_t cut = 0; cut <= c.lines.size(); ++cut) {
    SCOPED_TRACE(testing::Message() << "cut at " << cut);
    const Shown shown = show(kind, c.lines, cut);
    ASSERT_EQ(shown.bad, bad) << shown;
    if (!bad) {
      ASSERT_EQ(shown.text, c.shown);
    }
  }
}

void expect_shown(Kind kind, const std::vector<FilterCase>& cases) {
  for (const FilterCase& c : cases) expect_at_every_cut(kind, c, false);
}

void expect_bad(Kind kind, const std::vector<FilterCase>& cases) {
  for (const FilterCase& c : cases) expect_at_every_cut(kind, c, true);
}

void expect_as_it_is(Kind kind, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    expect_at_every_cut(kind, {.name = line.c_str(), .lines = line, .shown = line}, false);
  }
}

TEST(LineFilter, AStatusHasASpaceOnEachSide) {
  expect_as_it_is(Kind::status, {"HTTP/1.1 200 OK\n", "HTTP/1.1 200\n", "HTTP/1.1 200 \n",
                                 "HTTP/1.1 200  a\tb \n", "HTTP/1.0 404 Not Found\n", "hello\n",
                                 "\n", "HTTP/1.1\t200 OK\n"});
  expect_shown(Kind::status,
               {
                   {"two spaces before it", "HTTP/1.1  200 OK\n", "HTTP/1.1 200 OK\n"},
                   {"many", "HTTP/1.1      200 OK\n", "HTTP/1.1 200 OK\n"},
                   {"a tab behind it", "HTTP/1.1 200\tOK\n", "HTTP/1.1 200 OK\n"},
                   {"a tab and more", "HTTP/1.1 200\t\tOK\n", "HTTP/1.1 200 \tOK\n"},
                   {"nothing behind it", "HTTP/1.1 200OK 1\n", "HTTP/1.1 200 OK 1\n"},
               });
}

TEST(LineFilter, AStatusHasThreeDigits) {
  expect_bad(Kind::status, {
                               {"four", "HTTP/1.1 0200 OK\n"},
                               {"four, behind spaces", "HTTP/1.1   2000\n"},
                           });
}

void expect_hidden(Kind kind, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    expect_at_every_cut(kind, {.name = line.c_str(), .lines = line}, false);
  }
}

TEST(LineFilter, FieldsThatDoNotFrameAreHidden) {
  expect_hidden(Kind::field, {"A: b\n", "Date: (a) \x01\x7f\xff, b\n", "Content-Type:\tc\n",
                              "Content-Lengths: 5, 6\n", "Content-Lengt: 5, 6\n",
                              "X-Transfer-Encoding: foo\n", "Upgrade: a, b\n",
                              "Proxy-Connection: close, a\n", std::string(300, 'n') + ": b\n"});
  expect_as_it_is(Kind::field, {"\n"});
  expect_shown(Kind::field,
               {{"between others", "A: b\nConnection: close\nC: d\n\n", "n: close\n\n"}});
}

TEST(LineFilter, NamesThatFrameAreShownAsTheirLastLetters) {
  expect_shown(Kind::field, {
                                {"Connection", "Connection: close\n", "n: close\n"},
                                {"Content-Length", "CONTENT-LENGTH:5\n", "h:5\n"},
                                {"Transfer-Encoding", "transfer-encoding: gzip\n", "g: gzip\n"},
                            });
}

TEST(LineFilter, FieldsHaveAColon) {
  expect_bad(Kind::field, {
                              {"no colon", "no-colon\n"},
                              {"none behind much", std::string(300, 'n') + "\n"},
                              {"odd bytes without a colon", "A B\n"},
                              {"a name that frames without one", "Content-Length\n"},
                          });
}

TEST(LineFilter, NamesMayHaveOddBytes) {
  expect_hidden(Kind::field, {"A B: c d\n", "A : b\n", ": b\n", ":\n", "\xe5\xa5\xbd\t: \xe5\n",
                              "X Content-Length: 5, 6\n", "Content\xffLength: 5, 6\n",
                              "Connection : close\n", "\x01: b\n"});
}

TEST(LineFilter, NamesOfTheFramingAreExact) {
  expect_bad(Kind::field, {
                              {"a space", "Content-Length : 5\n"},
                              {"a tab", "transfer-encoding\t: chunked\n"},
                              {"in the middle", "Content\x80-Length: 5\n"},
                              {"in front", "\x01TRANSFER-ENCODING: chunked\n"},
                          });
}

TEST(LineFilter, TrailersAreHidden) {
  expect_hidden(Kind::trailer, {"Content-Length: 5, x\n", "Transfer-Encoding: foo\n x\n",
                                "Connection:close\n", "Content-Length : 5\n", "A: b\n"});
}

// What a look finds is what next() would show.
TEST(LineFilter, ALookIsEnoughForMostLines) {
  const struct {
    Bytes line;
    Bytes shown;
    LineFilter::Field field = LineFilter::Field::other;
  } cases[] = {
      {"A: b", ""},
      {"A:", ""},
      {":", ""},
      {": b", ""},
      {"123456789: x", ""},
      {"1234567890: x", ""},
      {"A B: c", ""},
      {"\x01: b", ""},
      {"Content-Type: a, b", ""},
      {"Content\xffType: a, b", ""},
      {"Connection: close", "n: close", LineFilter::Field::connection},
      {"CONNECTION:", "N:", LineFilter::Field::connection},
      {"Connection: close, a", "", LineFilter::Field::none},
      {"content-length: 5", "h: 5", LineFilter::Field::content_length},
      {"Content-Length:12345678901234567890123", "h:12345678901234567890123",
       LineFilter::Field::content_length},
  };
  for (const auto& c : cases) {
    LineFilter filter;
    const auto shown = filter.look_at_field(c.line);
    EXPECT_EQ(filter.field(), c.field) << c.line;
    ASSERT_EQ(shown.has_value(), c.field != LineFilter::Field::none) << c.line;
    if (!shown) continue;
    EXPECT_EQ(*shown, c.shown);
    const std::string next = show(Kind::field, std::string(c.line) + "\n", c.line.size() + 1).text;
    EXPECT_TRUE(equal_ignoring_case(std::string(*shown) + (shown->empty() ? "" : "\n"), next))
        << next;
  }
}

TEST(LineFilter, ALookLeavesOddLinesToOthers) {
  for (const std::string line :
       {" A: b", "\tA: b", "no-colon", "no-colon-but-long", "Connection: a,", "Connection: a\tb",
        "Connection:,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Content-Length:\t5", "Content-Length : 5",
        "Content\x80-Length: 5", "Transfer-Encoding: chunked", "Content-Encoding: gzip",
        "X-Connection: 5", "Content-Type : a"}) {
    LineFilter filter;
    EXPECT_FALSE(filter.look_at_field(line)) << line;
    EXPECT_EQ(filter.field(), LineFilter::Field::none);
  }
  for (const Bytes line : {"HTTP/1.1 200", "HTTP/1.1  200 OK", "HTTP/1.1 0200 OK",
                           "HTTP/1.1 200\tOK", "HTTP/1.1\t200 OK", "hello", ""}) {
    EXPECT_FALSE(LineFilter::stands_as_status(line)) << line;
  }
  for (const Bytes line : {"HTTP/1.1 200 ", "HTTP/1.1 200 OK", "FTTP/9.9 abc x"}) {
    EXPECT_TRUE(LineFilter::stands_as_status(line)) << line;
  }
}

TEST(LineFilter, AFoldGoesOnBehindALook) {
  LineFilter filter;
  EXPECT_TRUE(filter.look_at_field("A: b"));
  EXPECT_FALSE(filter.next(Kind::field, " a fold"));
  EXPECT_TRUE(filter.hides_line());
  EXPECT_FALSE(filter.line_is_bad());
  EXPECT_TRUE(filter.end_line());
  EXPECT_TRUE(filter.look_at_field("Connection: a"));
  const auto edit = filter.next(Kind::field, " close");
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->instead, "n:");
  EXPECT_TRUE(filter.end_line());
  EXPECT_TRUE(filter.look_at_field("Content-Length: 5"));
  EXPECT_FALSE(filter.next(Kind::field, " 5"));
  EXPECT_TRUE(filter.line_is_bad());
}

TEST(LineFilter, AListIsALineForEachElement) {
  expect_shown(Kind::field,
               {
                   {"lengths", "Content-Length: 5, 5\n", "h: 5\r\nh: 5\n"},
                   {"an empty element", "content-length:5,\n", "h:5\r\nh:\n"},
                   {"codings", "Transfer-Encoding: gzip,chunked\n", "g: gzip\r\ng:chunked\n"},
                   {"Connection", "Connection: a b,close\n", "n: a b\r\nn:close\n"},
                   {"a tab is a space", "Connection: close\t,\tx\n", "n: close \r\nn: x\n"},
                   {"and of a length", "Content-Length:\t5\t\n", "h: 5 \n"},
               });
}

TEST(LineFilter, CodingsAreKnownAndChunkedIsTheLast) {
  for (const char* const codings :
       {"chunked", "gzip", "x-gzip", "deflate", "identity", "CHUNKED", "gZip, Chunked", ", chunked",
        "chunked,", "chunked, chunked", "", ",", " \t", "gzip ,\tchunked\t"}) {
    for (std::size_t cut = 0; cut < 40; ++cut) {
      EXPECT_FALSE(show(Kind::field, "Transfer-Encoding: "s + codings + "\n", cut).bad) << codings;
    }
  }
  for (const char* const codings :
       {"foo", "chunke", "chunkedd", "identityy", "x chunked", "chunked x", "chunked;q=1",
        "\"chunked\"", "chunked, gzip", "gzip, foo, chunked", "chunked\x0b",
        "identity identity identity"}) {
    expect_bad(Kind::field, {{codings, "Transfer-Encoding: "s + codings + "\nA: b\n"},
                             {codings, "A: b\nTransfer-Encoding:"s + codings + "\n"}});
  }
  expect_bad(Kind::field,
             {{"in two fields", "Transfer-Encoding: chunked\nA: b\nTransfer-Encoding: gzip\n"}});
}

TEST(LineFilter, FoldsGoOnWithAHarmlessValue) {
  expect_hidden(Kind::field, {"A: b\n c\n", "A: b\n\t\n", "A:\n Content-Length: 5, 6\n"});
  expect_shown(Kind::field,
               {
                   {"Connection", "Connection: a\n close\n", "n: a\nn: close\n"},
                   {"a list", "Connection: a\n\tb,close\n \n", "n: a\nn: b\r\nn:close\nn: \n"},
               });
  for (const Kind kind : {Kind::field, Kind::trailer}) {
    expect_bad(kind, {{"before the first field", " A: b\n"}, {"a tab", "\tA: b\n"}});
  }
  expect_bad(Kind::field, {
                              {"a length", "Content-Length: 5\n 5\n"},
                              {"an empty fold", "Content-Length: 5\n \n"},
                              {"a coding", "Transfer-Encoding:\n chunked\n"},
                          });
}

TEST(LineFilter, ANewHeaderKnowsNothingOfTheLast) {
  LineFilter filter;
  filter.start();
  ASSERT_TRUE(filter.next(Kind::field, "Transfer-Encoding: foo"));
  EXPECT_FALSE(filter.next(Kind::field, " foo"));
  EXPECT_TRUE(filter.end_line());
  EXPECT_EQ(filter.field(), LineFilter::Field::transfer_encoding);
  EXPECT_FALSE(filter.codings_are_good());
  filter.start();
  EXPECT_EQ(filter.field(), LineFilter::Field::none);
  EXPECT_TRUE(filter.codings_are_good());
}

TEST(LineFilter, ASizeIsShownAlone) {
  expect_as_it_is(Kind::chunk_size, {"5\n", "0\n", "fFx\n", "\n", "-1\n"});
  expect_shown(Kind::chunk_size, {
                                     {"an extension", "5;a=b\n", "5\n"},
                                     {"white space", "5 \t\n", "5\n"},
                                     {"both", "5 ;\ta = \"b;c\"\n", "5\n"},
                                     {"no size", ";a\n", "\n"},
                                 });
  expect_bad(Kind::chunk_size, {
                                   {"a word", "5 a\n"},
                                   {"another size", "5 5\n"},
                                   {"a space before", " 5\n"},
                               });
}

TEST(LineFilter, ASizeHasSixteenDigitsAtMost) {
  constexpr std::size_t kMost = LineFilter::kMaxSizeDigits;
  const auto digits = [](std::size_t count) { return std::string(count, '0') + ";a\n"; };
  expect_shown(Kind::chunk_size,
               {{"one less", digits(kMost - 1), std::string(kMost - 1, '0') + "\n"},
                {"the most", digits(kMost), std::string(kMost, '0') + "\n"}});
  expect_bad(Kind::chunk_size, {{"one more", digits(kMost + 1)}, {"far more", digits(500)}});
}

TEST(LineFilter, APlainLineIsShownAsItIs) {
  expect_as_it_is(Kind::plain, {"Content-Length : 5, 5\n", " x\n", "5;a\n", "\n"});
}

}  // namespace
}  // namespace m531x::http
