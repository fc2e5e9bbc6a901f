// SPDX-License-Identifier: Apache-2.0
#include "http/field_name.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::http {
namespace {

constexpr FieldName kEight = "x-header";
constexpr FieldName kTen = "connection";
constexpr FieldName kSixteen = "proxy-connection";
constexpr FieldName kSeventeen = "transfer-encoding";

TEST(FieldName, CaseDoesNotCount) {
  EXPECT_TRUE(kEight.is("X-Header"));
  EXPECT_TRUE(kTen.is("connection"));
  EXPECT_TRUE(kTen.is("CONNECTION"));
  EXPECT_TRUE(kSixteen.is("Proxy-Connection"));
  EXPECT_TRUE(kSeventeen.is("tRANSFER-eNCODING"));
}

template <typename Name>
void expect_every_byte_counts(const Name& name, const std::string& text) {
  ASSERT_TRUE(name.is(text.data()));
  ASSERT_EQ(name.size(), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string other = text;
      other[i] = static_cast<char>(byte);
      EXPECT_EQ(name.is(other.data()), equal_ignoring_case(other, text)) << i << ' ' << byte;
    }
  }
}

TEST(FieldName, EveryByteCounts) {
  expect_every_byte_counts(kEight, "x-header");
  expect_every_byte_counts(kTen, "connection");
  expect_every_byte_counts(kSixteen, "proxy-connection");
  expect_every_byte_counts(kSeventeen, "transfer-encoding");
}

}  // namespace
}  // namespace m531x::http
