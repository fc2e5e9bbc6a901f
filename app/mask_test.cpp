// SPDX-License-Identifier: Apache-2.0
// What a journal hides, and that the modem does the same with what is left.
#include "app/mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/test_secret_lines.h"
#include "stand/bench.h"

namespace m531x::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string masked(std::string_view line, HostMask& mask) {
  std::string text(line);
  mask.hide(text);
  return text;
}
std::string masked(std::string_view line) {
  HostMask mask;
  return masked(line, mask);
}

TEST(HostMask, ShowsWhatIsHarmless) {
  for (const std::string_view line :
       {"AT\r", "ATE0V1\r", "AT+CSQ;+CEREG=1\r", "AT+HTTPCREATE=\"http://a.b:80\"\r",
        "AT+HTTPSEND=0,0,\"/a?page=2\"\r", "AT+HTTPCFG=0,6,512\r", "AT+HTTPCFG=0,3\r", "\nAT\r",
        "AT+HTTPHEADER=0,\"Host: a.b\\r\\nAccept: */*\\r\\n\"\r", "A/", "A/AT\r", "\r",
        "AT+HTTPHEADER=0,\"486f73743a20610d0a\",1\r", "AT+CPIN?\r", "AT+HTTPHEADER=?\r"}) {
    EXPECT_EQ(masked(line), line);
  }
}

TEST(HostMask, KnowsWhereALineEnds) {
  for (const std::string_view line :
       {"AT\r", "A/", "a/", "xxA/", "AA/", "\r", "x/\r", "AT+X=A/\r"}) {
    EXPECT_EQ(HostMask::line_size(std::string(line) + "AT\r"), line.size()) << line;
    EXPECT_EQ(HostMask::line_size(line.substr(0, line.size() - 1)), 0U) << line;
  }
}

TEST(HostMask, HidesWithTheSameLength) {
  const std::vector<std::pair<std::string_view, std::string_view>> kLines = {
      {"AT+HTTPCREATE=\"http://a.b\",\"joe\",\"s3c:ret\"\r",
       "AT+HTTPCREATE=\"http://a.b\",\"***\",\"***:***\"\r"},
      {"AT+HTTPCREATE=a.b,joe,1234\r", "AT+HTTPCREATE=a.b,***,9999\r"},
      {"AT+MIPLCREATEEX=\"a.b:5684\",1,\"\",\"s3cret\",\"id\"\r",
       "AT+MIPLCREATEEX=\"a.b:5684\",1,\"\",\"******\",\"**\"\r"},
      {"AT+MIPLCREATE=72,"
       "130048f10003f2003a04001100000000000000000e622e6578616d706c653a35363834001b41757468436f64653"
       "a7333637265743b50534b3a7333637265743bf30008c800000000,0,72,0\r",
       "AT+MIPLCREATE=72,"
       "130048f10003f2003a04001100000000000000000e622e6578616d706c653a35363834001b41757468436f64653"
       "a2a2a2a2a2a2a3b50534b3a2a2a2a2a2a2a3bf30008c800000000,0,72,0\r"},
      {"AT+MIPLCREATE=6,733363726574,0,6,0\r", "AT+MIPLCREATE=6,732a2a2a2a2a,0,6,0\r"},
      {"AT+MIPLCREATE=12,733363726574,1,6,1\r", "AT+MIPLCREATE=12,2a2a2a2a2a2a,1,6,1\r"},
      {"AT+HTTPCREATE=\"http://joe:pw@a.b/\"\r", "AT+HTTPCREATE=\"http://***:**@a.b/\"\r"},
      {"AT+HTTPSEND=0,0,\"/a?token=s3cret&b=1\"\r", "AT+HTTPSEND=0,0,\"/a?token=******&b=1\"\r"},
      {"AT+HTTPHEADER=0,\"Host: a\\r\\nX-Key: a\\x41\\101\\41\\\"\\r\\n\"\r",
       "AT+HTTPHEADER=0,\"Host: a\\r\\nX-Key: *\\x2a\\052\\52\\?\\r\\n\"\r"},
      {"AT+HTTPHEADER=0,\"4b65793a20610d0a\",1\r", "AT+HTTPHEADER=0,\"4b65793a202a0d0a\",1\r"},
      {"AT+HTTPCONTENT=0,\"{\"a\":\"b\"}\",0\r", "AT+HTTPCONTENT=0,\"*\"*\":\"*\"*\",0\r"},
      {"AT+HTTPCFG=0,3,\"-----BEGIN\\r\\nMII=\",0\r",
       "AT+HTTPCFG=0,3,\"**********\\r\\n****\",0\r"},
      {"AT+HTTPCREATE=\"http://a.b?x=1:2\"\r", "AT+HTTPCREATE=\"http://a.b?***:*\"\r"},
      {"AT+HTTPCONTENT=0,\"a\",2\r", "AT+HTTPCONTENT=0,\"*\",9\r"},
      {"AT+CPIN=1234\r", "AT+CPIN=9999\r"},
      {"AT+HTTPCREATX=a,\"s3cret\"\r", "AT+HTTPCREATX=*,\"******\"\r"},
      {"AT+HTTPCREATE=a.b,u,pq\b\bs3\r", "AT+HTTPCREATE=a.b,*,**\b\b**\r"},
      {"AT+CSQ\b\b\bHTTPCREATE=a.b,u,s3\r", "AT+***\b\b\bHTTPCREATE=a.b,*,**\r"},
      {"s3cret\r", "******\r"},
      {"xxAT+CSQ\r", "**AT+CSQ\r"},
      {"AT s3cret!\r", "AT *******\r"},
  };
  for (const auto& [line, shown] : kLines) EXPECT_EQ(masked(line), shown) << line;
}

// As in the trace, by the same names.
class TheMaskHides : public testing::TestWithParam<std::string_view> {};

TEST_P(TheMaskHides, AtTheSameLength) {
  HostMask mask;
  std::string shown;
  for (Bytes rest = GetParam(); !rest.empty();) {
    const Bytes line = rest.substr(0, rest.find('\r') + 1);
    shown += masked(line, mask);
    rest.remove_prefix(line.size());
  }
  EXPECT_EQ(shown.size(), GetParam().size());
  EXPECT_THAT(shown, Not(HasSubstr(kSecret)));
  EXPECT_THAT(shown, Not(HasSubstr(kSecretHex)));
  EXPECT_THAT(shown, Not(HasSubstr("cret"))) << shown;
}

INSTANTIATE_TEST_SUITE_P(Masked, TheMaskHides, testing::ValuesIn(kSecretLines));

// What the modem answers, and what it would send.
struct Told {
  std::size_t heard;
  std::string results;
  std::size_t sent;
  std::vector<std::string> hosts;
  bool operator==(const Told&) const = default;
};

Told play(const Model& model, const std::vector<std::string>& lines) {
  Settings settings = default_settings(model);
  settings.variant.echo = true;
  settings.boot.text = false;
  stand::Bench bench(model, settings);
  Told told{};
  for (const std::string& line : lines) {
    bench.host_sends(line);
    static_cast<void>(bench.certificates_are(true));
    if (bench.connecting(0)) bench.server_accepts(0);
    const std::string heard = std::exchange(bench.host_heard(), {});
    told.heard += heard.size();
    told.results += heard.find("ERROR") != std::string::npos ? "E" : "O";
  }
  told.sent = bench.server_heard(0).size();
  for (const stand::TakenAction& action : bench.actions()) told.hosts.push_back(action.host);
  return told;
}

TEST(HostMask, TheModemDoesTheSame) {
  const std::vector<std::string> kLines = {
      "AT+HTTPCREATE=\"https://a.example:8443\",\"joe\",\"pass, \"word\"\r",
      "AT+HTTPHEADER=0,\"Authorization: Bearer a\\x41\\101\"\r",
      "AT+HTTPHEADER=0,\"\\67b\\\\\\\"c\\r\\nAccept: b\\r\\n\"\r",
      "AT+HTTPHEADER=0,\"4b65793a20610d0a\",1\r",
      "AT+HTTPHEADER=0,\"4b65793a20610d0\",1\r",
      "AT+HTTPHEADER=0,\"Key: \\q\"\r",
      "AT+HTTPHEADER=0,\"Key: \\777\"\r",
      "AT+HTTPCONTENT=0,\"{\"a\",\"b\":1}\\r\\n\\t\\x00\\xff\"\r",
      "AT+HTTPCONTENT=0,plain text\r",
      "AT+HTTPCONTENT=0,\"a\",2\r",
      "AT+HTTPCREATE=\"http://a.example?x=1:2\"\r",
      "AT+MIPLCREATE=72,"
      "130048f10003f2003a04001100000000000000000e622e6578616d706c653a35363834001b41757468436f64653a"
      "7333637265743b50534b3a7333637265743bf30008c8000000,0,71,0\r",
      "AT+MIPLCREATE=72,"
      "130048f10003f2003a04001100000000000000000e622e6578616d706c653a35363834001b41757468436f64653a"
      "7333637265743b50534b3a7333637265743bf30008c800000000,0,72,0\r",
      "AT+MIPLOPEN=0,100\r",
      "AT+MIPLCLOSE=0;+MIPLDELETE=0\r",
      "AT+MIPLCREATEEX=\"a.example:5684\",0,\"code\",\"key\"\r",
      "AT+MIPLOPEN=0,100\r",
      "AT+HTTPCONTENT=0\r",
      "AT+HTTPCFG=0,3,\"-----BEGIN\\r\\nMII=\\r\\n\"\r",
      "AT+HTTPCFG=0,3,\"00ff0d0a7f20\",1\r",
      "AT+HTTPCFG=0,6,512;+HTTPCFG=0,9,1\r",
      "AT+CPIN=1234\r",
      "AT+CPIN 1234\r",
      "AT+HTTPCREATE=\"http://joe:pw@a.b/\"\r",
      "AT+HTTPCREATE=\"http://a.b\",\"jo:e\",\"p\"\r",
      "AT+HTTPCREATE=a.b,\"u\",\"\"\r",
      "AT+HTTPCREATE=a.b,,p\r",
      "AT+HTTPCREATE=a.b,u\b\bc,k\r",
      "AT+NOSUCH=1,2\r",
      "AT what\r",
      "nothing\r",
      "A/",
      "AT+HTTPSEND=0,1,\"/a?key=1&b=2\"\r",
      "A/",
  };
  HostMask mask;
  std::vector<std::string> shown;
  for (const std::string& line : kLines) {
    shown.push_back(line);
    mask.hide(shown.back());
  }
  for (const std::string_view name : {"M5310-A", "M5311"}) {
    const Model& model = *find_model(name);
    for (std::size_t i = 1; i <= kLines.size(); ++i) {
      const auto first = [i](const auto& lines) {
        return std::vector(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i));
      };
      const Told as_typed = play(model, first(kLines));
      EXPECT_EQ(play(model, first(shown)), as_typed) << kLines[i - 1] << shown[i - 1];
      const bool all = i == kLines.size() && name == "M5311";
      EXPECT_TRUE(!all || as_typed.sent > 100) << as_typed.results;
    }
  }
}

std::string response_shown(std::string_view bytes, std::size_t step, ResponseMask mask = {}) {
  std::string shown(bytes);
  for (std::size_t at = 0; at < shown.size(); at += step) {
    mask.hide(std::span(shown).subspan(at, std::min(step, shown.size() - at)));
  }
  return shown;
}

TEST(ResponseMask, HidesHeaderValuesInAnyPieces) {
  constexpr std::string_view kResponse =
      "HTTP/1.1 103 Early Hints\r\nLink: s3cret\r\n\r\n"
      "HTTP/1.1 200 OK\r\nSet-Cookie: s3cret; a\r\nDate: now\r\n folded\r\nKey:x\r\n y\r\n\r\n"
      "Host: content\r\nKey: content";
  for (const std::size_t step : {1U, 5U, 1000U}) {
    EXPECT_EQ(
        response_shown(kResponse, step),
        "HTTP/1.1 103 Early Hints\r\nLink: ******\r\n\r\n"
        "HTTP/1.1 200 OK\r\nSet-Cookie: ******* *\r\nDate: now\r\n folded\r\nKey:*\r\n *\r\n\r\n"
        "Host: content\r\nKey: content");
  }
}

TEST(ResponseMask, TheNextResponseHasAHeadAgain) {
  ResponseMask mask;
  std::string first = "HTTP/1.1 200 OK\n\nKey: a";
  mask.hide(first);
  EXPECT_EQ(first, "HTTP/1.1 200 OK\n\nKey: a");
  mask.expect_head();
  std::string second = "HTTP/1.1 200 OK\r\nKey: a\r\n\r\n";
  mask.hide(second);
  EXPECT_EQ(second, "HTTP/1.1 200 OK\r\nKey: *\r\n\r\n");
}

TEST(TypedLine, BasicCommandsAreNoLongerThanTheirLimit) {
  for (const std::size_t size : {63U, 64U, 65U}) {
    EXPECT_EQ(is_basic(std::string(size, 'E')), size <= 64) << size;
    EXPECT_EQ(is_basic(std::string(size, ' ')), size <= 64) << size;
  }
  EXPECT_FALSE(is_basic("E!"));
}

TEST(FieldJudge, ANameIsNoLongerThanItsLimit) {
  for (const std::size_t size : {63U, 64U, 65U}) {
    FieldJudge judge;
    auto last = FieldJudge::Verdict::shown;
    for (std::size_t i = 0; i < size; ++i) last = judge.judge('a');
    EXPECT_EQ(last, size > 64 ? FieldJudge::Verdict::hidden_with_open : FieldJudge::Verdict::open);
  }
}

}  // namespace
}  // namespace m531x::app
