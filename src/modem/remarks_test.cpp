// SPDX-License-Identifier: Apache-2.0
// What the trace is told of a line that fails, whatever +CMEE tells the host.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

using Remarks = std::vector<std::pair<int, std::string>>;

// The code and the words of each remark about `line`.
Remarks remarks_on(TestModem& test, const std::string& line) {
  while (test.modem.next_note()) {
  }
  test.command(line);
  Remarks remarks;
  while (const auto note = test.modem.next_note()) remarks.emplace_back(note->code, note->words);
  return remarks;
}

TEST(Remarks, AnErrorHasTheWordsOfItsNumber) {
  TestModem test;
  EXPECT_EQ(remarks_on(test, "AT"), Remarks());
  EXPECT_EQ(remarks_on(test, "AT+NOSUCH"), (Remarks{{0, "operation not supported"}}));
  EXPECT_EQ(remarks_on(test, "AT+HTTPCREATE=:"), (Remarks{{0, "Incorrect parameters"}}));
  EXPECT_EQ(remarks_on(test, "AT+HTTPCLOSE=0"), (Remarks{{0, "operation not allowed"}}));
}

TEST(Remarks, ANumberThatTheHostIsToldStandsBesideItsWords) {
  TestModem test;
  test.command("AT+CMEE=1");
  EXPECT_EQ(remarks_on(test, "AT+HTTPCLOSE=0"), (Remarks{{3, "operation not allowed"}}));
  test.command("AT+CMEE=2");
  EXPECT_EQ(remarks_on(test, "AT+HTTPCLOSE=0"), (Remarks{{0, "operation not allowed"}}));
}

TEST(Remarks, WhatHasNoNumberOfItsOwnIsExplained) {
  TestModem test;
  test.command(R"(AT+HTTPCREATE=a;+HTTPHEADER=0,"no colon")");
  EXPECT_EQ(remarks_on(test, "AT+HTTPSEND=0,0,/"),
            (Remarks{{0, "the header block cannot be sent"}, {0, "unknown"}}));
  EXPECT_EQ(remarks_on(test, "AT" + std::string(40'001, ';')),
            (Remarks{{0, "the line is longer than the limit, or there is no memory left for it"},
                     {0, "unknown"}}));
}

}  // namespace
}  // namespace m531x
