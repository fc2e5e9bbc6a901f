// SPDX-License-Identifier: Apache-2.0
#include "http/status.h"

#include <gtest/gtest.h>

namespace m531x::http {
namespace {

TEST(ReasonPhrase, OfTheManualsStatuses) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(505), "HTTP Version Not Supported");
  EXPECT_EQ(reason_phrase(600), "Unparseable Response Headers");
}

TEST(ReasonPhrase, IsEmptyForOthers) {
  for (const int status : {0, 99, 103, 199, 299, 418, 508, 599, 601, 999, 65535}) {
    EXPECT_EQ(reason_phrase(static_cast<std::uint16_t>(status)), "") << status;
  }
}

TEST(ReasonPhrase, FitsInALine) {
  for (unsigned status = 0; status < 1000; ++status) {
    const auto reason = reason_phrase(static_cast<std::uint16_t>(status));
    EXPECT_LE(reason.size(), 40U) << status;
    EXPECT_EQ(reason.find_first_of("\r\n"), std::string_view::npos) << status;
  }
}

}  // namespace
}  // namespace m531x::http
