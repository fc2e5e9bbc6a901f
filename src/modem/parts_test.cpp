// SPDX-License-Identifier: Apache-2.0
// What a core has of the parts that may be left out. For each core that is built.
#include <gtest/gtest.h>

#include "modem/engine.h"
#include "modem/test_modem.h"

namespace m531x {
namespace {

using modem::kHasBase;
using modem::kHasLwm2m;
using modem::kHasRemarks;

constexpr const char* kOk = "\r\nOK\r\n";
constexpr const char* kError = "\r\nERROR\r\n";

// The end of the answer to a line of its own.
std::string answer(std::string_view line) {
  TestModem modem;
  const std::string heard = modem.command(std::string(line));
  const std::size_t end = heard.rfind("\r\n", heard.size() - 3);
  return end == std::string::npos ? heard : heard.substr(end);
}

TEST(Parts, EveryCoreHasAtAndHttp) {
  for (const auto* line : {"AT", "ATE0", "ATV1", "ATQ0", "ATX1", "ATZ", "AT&F", "ATI", "ATS3?",
                           "AT+CMEE=0", "AT+HTTPCREATE=\"http://a\"", "AT+HTTPSEND=?"}) {
    EXPECT_EQ(answer(line), kOk) << line;
  }
}

TEST(Parts, ACommandIsThereWithItsPart) {
  for (const auto* line : {"AT+CSQ", "AT+CGATT?", "AT+CGSN=?", "AT+NATSPEED?", "AT&W", "AT&V"}) {
    EXPECT_EQ(answer(line), kHasBase ? kOk : kError) << line;
  }
  for (const auto* line : {"AT+MIPLCREATE", "AT+MIPLVER?"}) {
    EXPECT_EQ(answer(line), kHasLwm2m ? kOk : kError) << line;
  }
  EXPECT_EQ(modem::commands().size(), 19U + (kHasBase ? 46U : 0U) + (kHasLwm2m ? 16U : 0U));
}

TEST(Parts, ARequestGoesOutAndItsResponseIsReported) {
  TestModem modem;
  modem.command("AT+HTTPCREATE=\"http://a\"");
  modem.command("AT+HTTPSEND=0,0,\"/\"");
  modem.accept(modem.wanted().value());
  EXPECT_EQ(modem.sent[0], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  modem.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(modem.heard,
            "\r\nOK\r\n\r\nCONNECT OK\r\n"
            "\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 5\r\n\r\n"
            "\r\n+HTTPNMIC:0,0,5,5,5\r\nhello\r\n");
}

TEST(Parts, WithoutCoverageARequestWaitsForIt) {
  TestModem modem;
  modem.command("AT+HTTPCREATE=\"http://a\"");
  modem.modem.set_coverage(false, modem.now);
  modem.command("AT+HTTPSEND=0,0,\"/\"");
  modem.advance(Millis(900));
  EXPECT_FALSE(modem.modem.status(modem.now).attached);
  modem.modem.set_coverage(true, modem.now);
  modem.settle();
  EXPECT_TRUE(modem.modem.status(modem.now).attached);
  EXPECT_TRUE(modem.wanted().has_value());
}

TEST(Parts, AResetForgetsTheInstances) {
  TestModem modem;
  modem.command("AT+HTTPCREATE=\"http://a\"");
  modem.modem.reset(ResetCause::pin, modem.now);
  modem.settle();
  EXPECT_TRUE(modem.command("AT+HTTPCLOSE=0").ends_with(kError));
  EXPECT_EQ(modem.modem.status(modem.now).counters.restarts, 1U);
}

TEST(Parts, RemarksAreToldWhereThereIsSomebodyToReadThem) {
  TestModem modem;
  modem.command("AT+HTTPCLOSE=7");
  EXPECT_EQ(modem.modem.next_note().has_value(), kHasRemarks);
}

}  // namespace
}  // namespace m531x
