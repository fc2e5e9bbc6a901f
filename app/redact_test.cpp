// SPDX-License-Identifier: Apache-2.0
#include "app/redact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/redact_url.h"
#include "app/test_secret_lines.h"
#include "modem/engine.h"

namespace m531x::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Text that no test may find again.

std::string host_line(Bytes line) { return HostRedactor().show(line); }

// All that a redactor of the modem's output shows of `output`, given what the host has typed.
std::string modem_shows(Bytes output, bool echo, Bytes typed = {}, std::size_t step = 1) {
  HostRedactor host;
  static_cast<void>(host.take(typed));
  ModemRedactor modem(echo);
  transcript::ModemRecords records;
  std::string shown;
  for (std::size_t at = 0; at < output.size(); at += step) {
    for (const transcript::ModemRecord& record : records.take(output.substr(at, step))) {
      shown += modem.show(record, host);
    }
  }
  return shown;
}

std::string wire_shows(WireRedactor::Side side, Bytes bytes, std::size_t step) {
  WireRedactor wire(side);
  std::string shown;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    for (const std::string& piece : wire.take(bytes.substr(at, step))) shown += piece;
  }
  return shown;
}

TEST(Escaped, ControlBytesAndBadUtf8) {
  EXPECT_EQ(escaped("AT\r\n\t\\"), "AT\\r\\n\\t\\\\");
  EXPECT_EQ(escaped(Bytes("\0\x1a\x7f\xff", 4)), "\\x00\\x1a\\x7f\\xff");
  EXPECT_EQ(escaped("水 é 😀"), "水 é 😀");
  EXPECT_EQ(escaped("\xe6\xb0"), "\\xe6\\xb0");           // cut off
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(HostRedactor, ShowsWhatIsHarmless) {
  for (const std::string_view line :
       {"AT\r", "at+csq\r", "ATE0V1;+CMEE=2\r", "AT&F\r", "ATS3=13\r",
        "AT+HTTPCREATE=\"http://a.b/\"\r", "AT+HTTPSEND=0,0,\"/a?page=2\"\r", "AT+HTTPCLOSE=0",
        "AT+HTTPHEADER=0\r", "AT+HTTPHEADER=?\r", "AT+HTTPCFG=0,6,512\r", "AT+HTTPCFG=0,3\r",
        "AT+HTTPHEADER=0,\"Host: a.b\\r\\nAccept: */*\\r\\n\"\r", "\r", "\nAT\r", "A/AT\r"}) {
    EXPECT_EQ(host_line(line), line);
  }
}

TEST(HostRedactor, HidesUserAndPassword) {
  EXPECT_EQ(host_line("AT+HTTPCREATE=\"http://a.b\",\"u\",\"s3cret\"\r"),
            "AT+HTTPCREATE=\"http://a.b\",***,***\r");
  EXPECT_EQ(host_line("AT+HTTPCREATE=a.b,u,s3cret"), "AT+HTTPCREATE=a.b,***,***");
  EXPECT_EQ(host_line("AT+MIPLCREATEEX=\"a.b:5684\",1,\"\",\"s3cret\",\"id\""),
            "AT+MIPLCREATEEX=\"a.b:5684\",1,<0 bytes>,<6 bytes>,<2 bytes>");
  EXPECT_EQ(host_line("AT+MIPLCREATEEX=\"a.b:5683,0,\"c0de\",\"s3cret\""),
            "AT+MIPLCREATEEX=<16 bytes>,<6 bytes>");
  EXPECT_EQ(host_line("AT+MIPLCREATEEX=[::1]:5683,0"), "AT+MIPLCREATEEX=[::1]:5683,0");
  EXPECT_EQ(host_line("AT+HTTPCREATE=\"http://u:s3cret@a.b\""), "AT+HTTPCREATE=\"http://***@a.b\"");
}

TEST(HostRedactor, ALineThatOtherCharactersEndOrEditFromTheStartIsHidden) {
  for (const LineCharacters& characters :
       {LineCharacters{.terminator = '!'}, LineCharacters{.formatting = ' '},
        LineCharacters{.editing = 'x'}}) {
    HostRedactor host(characters);
    EXPECT_TRUE(host.is_unsure());
    EXPECT_EQ(host.show("AT+HTTPSEND=0,0,/!AT+HTTPCREATE=a.b,u,s3cret\r").find("s3cret"),
              std::string::npos);
  }
  EXPECT_FALSE(HostRedactor(LineCharacters()).is_unsure());
}

// The modem forgets the first part at a restart, or has not heard it while it booted.
TEST(HostRedactor, ASecretAfterADroppedBeginningIsHidden) {
  for (const std::string_view dropped :
       {"AT+NPING=", "AT+CMDNS=", "AT+NPING=\"", "AT+CSQ;+NPING=\"a", "AT+HTTPSEND=0,0,\"/",
        "AT+HTTPCFG=0,6,", "AT+HTTPHEADER=0,\"Host: a", "AT+HTTPCREATE=", "AT+HTTP", "AT+CG", "AT",
        "AT+NPING=at", "AT+NPING=AT\b\b", "AT+CSQ?", "s3"}) {
    for (const std::string_view line :
         {"AT+HTTPCREATE=\"http://h\",\"joe\",\"s3cret\"\r", "at + httpcreate=h,joe,s3cret\r",
          "ATE0;+HTTPCREATE=\"h\",\"joe\",\"s3cret\"\r", "AT+HTTPCREATE=\"h;a\",u,\"x;s3cret\r",
          "AT+NPING=\"a;+NPING=\";+CPIN=\"s3cret\"\r", "AT\b\b\b+HTTPCREATE=h,joe,s3cret\r",
          "AT+CPIN=s3cret\r", "AT+HTTPHEADER=0,\"Key: s3cret\"\r",
          "AT+HTTPHEADER=0,\"Key: \"\rAT+HTTPHEADER=0,\"Host: s3cret\\r\\n\"\r"}) {
      const std::string typed = std::string(dropped) + std::string(line);
      HostRedactor host;
      std::string shown;
      for (const std::string& part : host.take(typed)) shown += part;
      EXPECT_THAT(shown, Not(HasSubstr(kSecret))) << typed;
      EXPECT_THAT(modem_shows(typed + "\r\nOK\r\n", true), Not(HasSubstr(kSecret))) << typed;
    }
  }
}

TEST(HostRedactor, WhatALineAfterADroppedBeginningSetsIsNoticed) {
  for (const std::string_view dropped :
       {"AT+NPING=", "AT+CG", "AT+NPING=\"a", "AT+NPING=xx\b", "AT+HTTPSEND=0,0,/a/"}) {
    for (const std::string_view line : {"ATE1\r", "ate 1\r", "ATV1;E01\r", "ATV1E001+CSQ\r"}) {
      HostRedactor host;
      static_cast<void>(host.take(std::string(dropped) + std::string(line)));
      EXPECT_TRUE(host.wants_echo()) << dropped << line;
    }
    for (const std::string_view line : {"ATS3=33\r", "at s 5 = 120\r", "ATV1;S4=1\r"}) {
      HostRedactor host;
      static_cast<void>(host.take(std::string(dropped) + std::string(line)));
      EXPECT_TRUE(host.is_unsure()) << dropped << line;
    }
  }
}

TEST(HostRedactor, TheLettersATInHarmlessParametersHideNothing) {
  for (const std::string_view line :
       {"AT+NPING=\"data.site1.at\"\r", "AT+CGATT=1;+CGATT?\r", "AT+CMDNS=\"at\";+CSQ\r",
        "AT+CGATT=1;+HTTPCREATE=\"http://data.at/\"\r", "AT+HTTPSEND=0,0,\"/stat?items3=a%20b\"\r",
        "AT+HTTPSEND=0,0,/data?status3=1\r", "AT+NATSPEED=9600,30,1;+CFGRATPRIO=1\r"}) {
    HostRedactor host;
    EXPECT_EQ(host.show(line), line);
    EXPECT_FALSE(host.wants_echo() || host.is_unsure()) << line;
  }
}

TEST(HostRedactor, AnEchoIsAskedForWithAnyZerosBeforeTheOne) {
  for (const std::string_view line : {"ATE1\r", "ATE01\r", "atq0e 001v1\r"}) {
    HostRedactor host;
    static_cast<void>(host.take(line));
    EXPECT_TRUE(host.wants_echo()) << line;
  }
  HostRedactor host;
  static_cast<void>(host.take("ATE0V1\r"));
  EXPECT_FALSE(host.wants_echo());
}

TEST(HostRedactor, APinOfAnyLengthIsHiddenInBothDirections) {
  for (const std::string_view pin : {"1234", "12345", "123456", "1234567", "12345678"}) {
    const std::string text(pin);
    for (const std::string& rest :
         {"=" + text, "=\"" + text + "\"", "=" + text + ",8765", "=\"" + text + R"(","8765")",
          " = " + text + " ;+CSQ", " " + text, ":" + text}) {
      const std::string line = "AT+CPIN" + rest + '\r';
      for (const std::string& shown : {host_line(line), modem_shows(line + "\r\nOK\r\n", true),
                                       modem_shows(line + "\r\nOK\r\n", false, "ATE1\r")}) {
        EXPECT_THAT(shown, Not(HasSubstr(pin)));
        EXPECT_THAT(shown, Not(HasSubstr("8765")));
        EXPECT_THAT(shown, HasSubstr("AT+"));
      }
    }
  }
  for (const std::string_view line : {"AT+CPIN?\r", "AT+CPIN=?\r"})
    EXPECT_EQ(host_line(line), line);
}

TEST(HostRedactor, KnowsEveryCommandOfTheTable) {
  std::vector<std::string_view> known(harmless_commands().begin(), harmless_commands().end());
  known.insert(known.end(), secret_bearing_commands().begin(), secret_bearing_commands().end());
  std::vector<std::string> rows;
  for (const modem::CommandRow& row : modem::commands()) {
    const std::string name(row.name.view());
    if (name.starts_with('+')) rows.push_back(name);
    // A basic command takes a number, which is shown.
    EXPECT_TRUE(name.starts_with('+') || name.size() <= 2) << name;
    if (name.starts_with('+')) continue;
    HostRedactor host;
    static_cast<void>(host.take("AT+NPING=AT" + name + (name.size() == 2 ? "E1\r" : "0E1\r")));
    EXPECT_TRUE(host.wants_echo()) << name;
  }
  EXPECT_THAT(known, testing::UnorderedElementsAreArray(rows));
}

class HidesTheSecret : public testing::TestWithParam<std::string_view> {};

TEST_P(HidesTheSecret, InTheHostsLine) {
  HostRedactor host;
  std::string shown;
  for (const char byte : GetParam()) {
    for (const std::string& line : host.take(Bytes(&byte, 1))) shown += line;
  }
  EXPECT_FALSE(shown.empty());
  EXPECT_THAT(shown, Not(HasSubstr(kSecret)));
}

TEST_P(HidesTheSecret, InTheEcho) {
  EXPECT_THAT(modem_shows(std::string(GetParam()) + "\r\nOK\r\n", true), Not(HasSubstr(kSecret)));
}

INSTANTIATE_TEST_SUITE_P(Lines, HidesTheSecret, testing::ValuesIn(kSecretLines));

TEST(HostRedactor, TakesLinesInAnyPieces) {
  HostRedactor host;
  EXPECT_THAT(host.take("AT+HTTPCREATE=a.b,"), ElementsAre());
  EXPECT_THAT(host.take("u,s3cret\rAT\r\nAT+C"),
              ElementsAre("AT+HTTPCREATE=a.b,***,***\r", "AT\r"));
  EXPECT_THAT(host.take("SQ\r"), ElementsAre("\nAT+CSQ\r"));
}

TEST(HostRedactor, ShowsHexHeadersAsALength) {
  EXPECT_EQ(host_line("AT+HTTPHEADER=0,\"486f73743a20610d0a\",1\r"),
            "AT+HTTPHEADER=0,<18 bytes>,1\r");
}

TEST(HostRedactor, ALineWithoutEndDoesNotGrowForEver) {
  HostRedactor host;
  const std::string much(1 << 20, 'x');
  EXPECT_THAT(host.take(much), ElementsAre());
  EXPECT_THAT(host.take(much), ElementsAre());
  EXPECT_THAT(host.take("\rAT\r"), ElementsAre("<2097153 bytes>", "AT\r"));
}

constexpr std::string_view kResponse =
    "\r\nOK\r\n"
    "\r\n+HTTPNMIH:0,1,25\r\nDate: now\r\nSet-Cookie: s3\r\n"
    "\r\n+HTTPNMIH:0,0,17\r\ncret\r\nServer: x\r\n\r\n"
    "\r\n+HTTPNMIC:0,0,7,7,7\r\n\r\nOK\r\n1\r\n"
    "\r\n+HTTPDISCON:0\r\n";

TEST(ModemRedactor, HidesHeaderValuesAlsoWhenASegmentCutsThem) {
  for (const std::size_t step : {1U, 7U, 1000U}) {
    EXPECT_EQ(modem_shows(kResponse, false, {}, step),
              "\r\nOK\r\n"
              "\r\n+HTTPNMIH:0,1,25\r\nDate: now\r\nSet-Cookie:***\r\n"
              "\r\n+HTTPNMIH:0,0,17\r\n\r\nServer: x\r\n\r\n"
              "\r\n+HTTPNMIC:0,0,7,7,7\r\n\r\nOK\r\n1\r\n"
              "\r\n+HTTPDISCON:0\r\n");
  }
}

TEST(ModemRedactor, HexHeadersAreALength) {
  EXPECT_EQ(
      modem_shows("\r\n+HTTPNMIH:0,0,3\r\n413a42\r\n\r\n+HTTPNMIC:0,0,1,1,1\r\n41\r\n", false),
      "\r\n+HTTPNMIH:0,0,3\r\n<3 bytes>\r\n\r\n+HTTPNMIC:0,0,1,1,1\r\n41\r\n");
}

TEST(ModemRedactor, AFailedResponseLeavesNothingBehind) {
  EXPECT_EQ(modem_shows("\r\n+HTTPNMIH:0,1,8\r\nServer: \r\n\r\n+HTTPERR:0,-14\r\n"
                        "\r\n+HTTPNMIH:0,0,9\r\nKey: s3\r\n\r\n",
                        false),
            "\r\n+HTTPNMIH:0,1,8\r\nServer: \r\n\r\n+HTTPERR:0,-14\r\n"
            "\r\n+HTTPNMIH:0,0,9\r\nKey:***\r\n\r\n");
}

TEST(ModemRedactor, HidesTheValuesOfTheHeaderQuery) {
  EXPECT_EQ(modem_shows("\r\n+HTTPHEADER:0,22\r\nHost: a\r\nKey: s3cret\r\n\r\nOK\r\n", false),
            "\r\n+HTTPHEADER:0,22\r\nHost: a\r\nKey:***\r\n\r\nOK\r\n");
}

TEST(ModemRedactor, AnEchoThatAReportCutsIsHidden) {
  EXPECT_THAT(
      modem_shows("AT+HTTPCREATE=a.b,u,s3\r\n+HTTPNMIC:0,0,0,0,0\r\n\r\ns3cret\r\r\nOK\r\n", true),
      Not(HasSubstr("s3")));
}

TEST(ModemRedactor, AnEchoThatTheHostAskedForIsHidden) {
  EXPECT_THAT(modem_shows("noise s3cret\r\r\nOK\r\n", false, "ATE1\r"), Not(HasSubstr(kSecret)));
}

TEST(ModemRedactor, OtherAnswersAreShown) {
  constexpr std::string_view kAnswers =
      "\r\n+CME ERROR: 50\r\n\r\n+HTTPERR:0,404\r\n404 Not Found\r\n\r\nM5310-A\r\n\r\nHi2115\r\n";
  EXPECT_EQ(modem_shows(kAnswers, false), kAnswers);
  constexpr std::string_view kErrors = "\r\n+CME ERROR: 50\r\n\r\n+CME ERROR:SIM failure\r\n";
  EXPECT_EQ(modem_shows(kErrors, true, "AT+NOBODY\r"), kErrors);
}

TEST(WireRedactor, HidesValuesInRequestsOfAnyPieces) {
  constexpr std::string_view kRequests =
      "POST /a?token=s3cret HTTP/1.1\r\nHost: a.b\r\nAuthorization: Basic s3cret\r\n"
      "Content-Length: 4\r\n\r\nabcd"
      "GET / HTTP/1.1\r\nX-Key: s3cret\r\nAccept: b\r\n\r\n";
  for (const std::size_t step : {1U, 5U, 1000U}) {
    EXPECT_EQ(wire_shows(WireRedactor::Side::request, kRequests, step),
              "POST /a?token=*** HTTP/1.1\r\nHost: a.b\r\nAuthorization:***\r\n"
              "Content-Length: 4\r\n\r\n<4 bytes>"
              "GET / HTTP/1.1\r\nX-Key:***\r\nAccept: b\r\n\r\n");
  }
}

TEST(WireRedactor, HidesValuesInResponsesOfAnyPieces) {
  constexpr std::string_view kResponses =
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nDate: now\r\n\r\nHost: content";
  for (const std::size_t step : {1U, 5U, 1000U}) {
    EXPECT_EQ(wire_shows(WireRedactor::Side::response, kResponses, step),
              "HTTP/1.1 100 Continue\r\n\r\n"
              "HTTP/1.1 200 OK\r\nSet-Cookie:***\r\nDate: now\r\n\r\nHost: content");
  }
}

TEST(WireRedactor, TheNextResponseHasAHeadAgain) {
  WireRedactor wire(WireRedactor::Side::response);
  static_cast<void>(wire.take("HTTP/1.1 200 OK\r\n\r\ncontent"));
  wire.expect_head();
  EXPECT_THAT(wire.take("HTTP/1.1 200 OK\r\nKey: s3cret\r\n\r\n"),
              ElementsAre("HTTP/1.1 200 OK\r\nKey:***\r\n\r\n"));
}

TEST(HideQueryKeys, OnlyWhatTells) {
  EXPECT_EQ(hide_query_keys("/a?b=1&Access_Token=2&c=3 x"), "/a?b=1&Access_Token=***&c=3 x");
  EXPECT_EQ(hide_query_keys("/plain"), "/plain");
  EXPECT_EQ(hide_query_keys("/a?sig=1&PSK=2&pin=3&spin=4&design=5&credential=6"),
            "/a?sig=***&PSK=***&pin=***&spin=4&design=***&credential=***");
}

}  // namespace
}  // namespace m531x::app
