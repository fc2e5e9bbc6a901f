// SPDX-License-Identifier: Apache-2.0
#include "transcript/modem_records.h"

#include <gtest/gtest.h>

namespace m531x::transcript {
namespace {

using RecordKind = ModemRecord::Kind;

std::vector<ModemRecord> cut(Bytes bytes, std::size_t step) {
  ModemRecords records;
  std::vector<ModemRecord> all;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    for (ModemRecord& record : records.take(bytes.substr(at, step)))
      all.push_back(std::move(record));
  }
  return all;
}

TEST(ModemRecords, CutsAnswersReportsAndEchoes) {
  constexpr std::string_view kOutput =
      "AT\r\r\nOK\r\n"
      "\r\n+HTTPNMIH:1,0,4\r\nA:\r\n\r\n"
      "\r\n+HTTPNMIC:1,1,9,2,2\r\n\r\n\r\n"
      "\r\n+HTTPNMIC:1,1,9,3,1\r\n0D\r\n"
      "\r\n+HTTPNMIC:1,0,9,3,0\r\n\r\n"
      "\r\n+HTTPERR:0,404\r\n404 Not Found\r\n"
      "\r\nERROR\r\n";
  for (const std::size_t step : {1U, 3U, 1000U}) {
    const auto records = cut(kOutput, step);
    ASSERT_EQ(records.size(), 9U);
    EXPECT_EQ(records[0].line, "AT\r");
    EXPECT_EQ(records[1].text(), "OK");
    EXPECT_EQ(records[2].kind, RecordKind::header);
    EXPECT_EQ(records[2].data, "A:\r\n");
    EXPECT_EQ(records[3].kind, RecordKind::content);
    EXPECT_EQ(records[3].data, "\r\n");
    EXPECT_EQ(records[3].numbers, (std::vector<std::size_t>{1, 1, 9, 2, 2}));
    EXPECT_TRUE(records[4].hex);
    EXPECT_EQ(records[4].data, "0D");
    EXPECT_EQ(records[5].data, "");
    EXPECT_EQ(records[6].text(), "+HTTPERR:0,404");
    EXPECT_EQ(records[7].text(), "404 Not Found");
    EXPECT_EQ(records[8].text(), "ERROR");
  }
}

}  // namespace
}  // namespace m531x::transcript
