// SPDX-License-Identifier: Apache-2.0
// What is shown of lines, however they come in pieces.
#include "http/line_filter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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
    while (const auto edit = filter_.next(kind_, text)) {
      ASSERT_LE(edit->at + edit->size, text.size());
      shown_.text += mem::first(text, edit->at);
      shown_.text += edit->instead;
      text = mem::after(text, edit->at + edit->size);
    }
    shown_.text += text;
    shown_.bad = shown_.bad || filter_.line_is_bad();
    if (!ends) return;
    shown_.text += '\n';
    filter_.end_line();
  }

  [[nodiscard]] Shown shown() const {
    return {shown_.text, shown_.bad || !filter_.codings_are_good()};
  }

 private:
  Kind kind_;
  LineFilter filter_;
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

TEST(LineFilter, NamesHaveBytesOfNames) {
  expect_as_it_is(Kind::field, {"A: b\n", "Date: (a) \x01\x7f\xff, b\n", "Content-Type:\tc\n",
                                "no-colon\n", ": no name\n", "Content-Lengths: 5, 6\n",
                                "Content-Lengt: 5, 6\n", "X-Transfer-Encoding: foo\n",
                                "Upgrade: a, b\n", "\n", std::string(300, 'n') + ": b, c\n"});
  expect_shown(
      Kind::field,
      {
          {"a space", "A B: c d\n", "A_B: c d\n"},
          {"before the colon", "A : b\n", "A_: b\n"},
          {"several bytes", "\xe5\xa5\xbd\t: \xe5\n", "____: \xe5\n"},
          {"a name that ends like one", "X Content-Length: 5, 6\n", "X_Content-Length: 5, 6\n"},
          {"a name without its hyphen", "Content\xffLength: 5, 6\n", "Content_Length: 5, 6\n"},
          {"Connection", "Connection : close\n", "Connection_: close\n"},
          {"no colon", "A B\n", "A_B\n"},
      });
}

TEST(LineFilter, NamesOfTheFramingAreExact) {
  expect_bad(Kind::field, {
                              {"a space", "Content-Length : 5\n"},
                              {"a tab", "transfer-encoding\t: chunked\n"},
                              {"in the middle", "Content\x80-Length: 5\n"},
                              {"in front", "\x01TRANSFER-ENCODING: chunked\n"},
                              {"a CR", "A\rContent-Length: 5\n"},
                          });
}

TEST(LineFilter, FieldsThatAreNotForTheModemAreHidden) {
  expect_shown(Kind::field,
               {
                   {"of a proxy", "Proxy-Connection: close, a\n", "Proxy-Connection_: close, a\n"},
                   {"with a fold", "Proxy-Connection:\n close\n", "Proxy-Connection_:\n close\n"},
               });
  expect_shown(Kind::trailer,
               {
                   {"a length", "Content-Length: 5, x\n", "Content-Length_: 5, x\n"},
                   {"a coding", "Transfer-Encoding: foo\n x\n", "Transfer-Encoding_: foo\n x\n"},
                   {"Connection", "Connection:close\n", "Connection_:close\n"},
                   {"odd bytes", "Content-Length : 5\n", "Content-Length__: 5\n"},
                   {"another field", "A: b\n", "A: b\n"},
               });
}

TEST(LineFilter, AListIsALineForEachElement) {
  expect_shown(
      Kind::field,
      {
          {"lengths", "Content-Length: 5, 5\n", "Content-Length: 5\r\ncontent-length: 5\n"},
          {"an empty element", "content-length:5,\n", "content-length:5\r\ncontent-length:\n"},
          {"codings", "Transfer-Encoding: gzip,chunked\n",
           "Transfer-Encoding: gzip\r\ntransfer-encoding:chunked\n"},
          {"Connection", "Connection: a b,close\n", "Connection: a b\r\nconnection:close\n"},
          {"a tab is a space", "Connection: close\t,\tx\n",
           "Connection: close \r\nconnection: x\n"},
          {"and of a length", "Content-Length:\t5\t\n", "Content-Length: 5 \n"},
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
  expect_as_it_is(Kind::field, {"A: b\n c\n", "A: b\n\t\n", "A:\n Content-Length: 5, 6\n"});
  expect_shown(Kind::field,
               {
                   {"Connection", "Connection: a\n close\n", "Connection: a\nconnection: close\n"},
                   {"a list", "Connection: a\n\tb,close\n \n",
                    "Connection: a\nconnection: b\r\nconnection:close\nconnection: \n"},
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
  EXPECT_FALSE(filter.next(Kind::field, "Transfer-Encoding: foo"));
  filter.end_line();
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
                                   {"a CR", "5;a\rb\n"},
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
