// SPDX-License-Identifier: Apache-2.0
// The corpus of responses: each case whole, to the byte; byte by byte and cut in two at every
// place, by its meaning. One test for each file: Responses.<file>.
#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <tuple>

#include "tests/response/case.h"
#include "tests/response/meaning.h"
#include "tests/response/play.h"
#include "transcript/notation.h"

namespace m531x::response {

namespace {

constexpr std::size_t kLeastCases = 300;
constexpr std::size_t kShortestWhy = 20;

std::string spelled(const Outcome& outcome) {
  return transcript::render(outcome.heard, "<< ") + (outcome.closes ? "close\n" : "");
}

// Where the header lines of the response begin that is reported: behind the status lines.
bool has_header(const Case& c, const std::string& header) {
  for (std::size_t at = c.sent.find('\n'); at != std::string::npos;
       at = c.sent.find('\n', at + 1)) {
    if (c.sent.compare(at + 1, header.size(), header) == 0) return true;
  }
  return header.empty();
}

// Where the header is not whole, how much of it went out before the fault depends on the reads.
void expect_same(const Case& c, const Outcome& whole, const Outcome& split) {
  Meaning expected = read_reports(whole.heard);
  const Meaning meaning = read_reports(split.heard);
  if (!expected.header_is_whole) {
    EXPECT_TRUE(has_header(c, meaning.header)) << meaning;
    expected.header = meaning.header;
  }
  EXPECT_EQ(meaning, expected);
  EXPECT_EQ(split.closes, whole.closes);
}

void play_all_ways(const Case& c) {
  const Outcome whole = play(c, {});
  ASSERT_EQ(spelled(whole), spelled({c.heard, c.closes}));
  ASSERT_EQ(read_reports(whole.heard).nonsense, "");
  for (std::size_t cut = 1; cut < c.sent.size(); ++cut) {
    SCOPED_TRACE("cut behind byte " + std::to_string(cut));
    expect_same(c, whole, play(c, {cut}));
    if (::testing::Test::HasFailure()) return;
  }
  SCOPED_TRACE("byte by byte");
  std::vector<std::size_t> cuts(c.sent.size());
  std::iota(cuts.begin(), cuts.end(), 1U);
  expect_same(c, whole, play(c, cuts));
}

class FileTest : public ::testing::Test {
 public:
  explicit FileTest(const File& file) : file_(file) {}
  void TestBody() override {
    EXPECT_FALSE(file_.cases.empty());
    for (const Case& c : file_.cases) {
      SCOPED_TRACE(c.file + ":" + std::to_string(c.line) + ": " + c.heading);
      for (const std::string& fault : c.faults) ADD_FAILURE() << fault;
      if (c.faults.empty()) play_all_ways(c);
      if (HasFailure()) return;
    }
  }

 private:
  const File& file_;
};

bool register_all() {
  for (const File& file : corpus()) {
    ::testing::RegisterTest("Responses", file.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [&file]() -> ::testing::Test* { return new FileTest(file); });
  }
  return true;
}

const bool kRegistered = register_all();

TEST(ResponseCorpus, HasEnoughCasesAndEachItsReason) {
  std::size_t count = 0;
  for (const File& file : corpus()) {
    std::set<std::string> headings;
    for (const Case& c : file.cases) {
      SCOPED_TRACE(c.file + ":" + std::to_string(c.line));
      EXPECT_GE(c.why.size(), kShortestWhy);
      EXPECT_FALSE(c.curl.empty());
      EXPECT_TRUE(headings.insert(c.heading).second) << "two cases of one name";
      ++count;
    }
  }
  EXPECT_GE(count, kLeastCases);
}

TEST(ResponseCorpus, NoCaseStandsTwice) {
  std::set<std::tuple<int, std::string, End, std::uint32_t, std::uint32_t>> seen;
  for (const File& file : corpus()) {
    for (const Case& c : file.cases) {
      const Limits& limits = c.settings.modem.limits;
      EXPECT_TRUE(seen.insert({c.method, c.sent, c.end, limits.response_header_bytes,
                               limits.response_line_bytes})
                      .second)
          << c.file << ":" << c.line << ": " << c.heading;
    }
  }
}

// curl's word and the expected reports go together: what it accepts is whole, what it refuses is
// an error.
TEST(ResponseCorpus, CurlsWordIsThatOfTheReports) {
  for (const File& file : corpus()) {
    for (const Case& c : file.cases) {
      SCOPED_TRACE(c.file + ":" + std::to_string(c.line));
      const Meaning meaning = read_reports(c.heard);
      if (c.curl == "accepts") {
        EXPECT_TRUE(meaning.is_whole);
        EXPECT_TRUE(meaning.error == 0 || c.end == End::reset) << "a reset behind the response";
      }
      if (c.curl == "refuses") {
        EXPECT_FALSE(meaning.is_whole);
        EXPECT_NE(meaning.error, 0);
      }
      EXPECT_TRUE(meaning.is_whole || meaning.disconnected);
    }
  }
}

TEST(ReadReports, NoticesWhatIsOutOfTurn) {
  const std::string header = "\r\n+HTTPNMIH:0,0,0\r\n\r\n";
  const std::string last = "\r\n+HTTPNMIC:0,0,1,1,1\r\na\r\n";
  EXPECT_EQ(read_reports(header + last).nonsense, "");
  EXPECT_EQ(read_reports(header + last).content, "a");
  const std::vector<std::string> all = {last,
                                        header + header,
                                        header + last + last,
                                        header + "\r\n+HTTPNMIC:0,0,1,2,1\r\na\r\n",
                                        std::string("\r\n+HTTPERR:0,-4\r\n\r\n+HTTPERR:0,-4\r\n"),
                                        header + "\r\n+HTTPERR:0,-4\r\n" + last,
                                        "\r\n+HTTPDISCON:0\r\n" + header,
                                        std::string("\r\nOK\r\n"),
                                        header + "a",
                                        header + "\r\n+HTTPNMIC:0,1,1,0,0\r\n\r\n",
                                        header + "\r\n+HTTPNMIC:0,0,1,1,2\r\na\r\n"};
  for (const std::string& wrong : all) {
    EXPECT_NE(read_reports(wrong).nonsense, "") << wrong;
  }
}

TEST(Case, IsReadOrSaidToBeWrong) {
  const auto cases = parse_cases(
      "# A\n## B\nC d.\n\n```response\ncurl accepts\nmethod HEAD\nset limits.response_line=64\n"
      "> a\n>> b\\r\nreset\n< c\n<< d\\n\nclose\n```\n",
      "a.md");
  ASSERT_EQ(cases.size(), 1U);
  const Case& c = cases[0];
  EXPECT_TRUE(c.faults.empty());
  EXPECT_EQ(c.heading, "B");
  EXPECT_EQ(c.why, "C d.");
  EXPECT_EQ(c.method, 4);
  EXPECT_EQ(c.settings.modem.limits.response_line_bytes, 64U);
  EXPECT_EQ(c.sent, "a\r\nb\r");
  EXPECT_EQ(c.end, End::reset);
  EXPECT_EQ(c.heard, "\r\nc\r\nd\n");
  EXPECT_TRUE(c.closes);
  for (const std::string wrong :
       {"curl", "curl differs: ", "method PATCH", "set a=b", "set a", "open", ">> \\q", ">x"}) {
    EXPECT_EQ(parse_cases("```response\n" + wrong + "\n```\n", "a.md").at(0).faults.size(), 1U)
        << wrong;
  }
}

}  // namespace

}  // namespace m531x::response
