// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/path.h"

#include <gtest/gtest.h>

namespace m531x::lwm2m {
namespace {

TEST(Path, NamesAnObjectAnInstanceOrAResource) {
  EXPECT_EQ(parse_path("3200"), (Path{3200, Path::kAll, Path::kAll}));
  EXPECT_EQ(parse_path("3200/0"), (Path{3200, 0, Path::kAll}));
  EXPECT_EQ(parse_path("3200/0/5500"), (Path{3200, 0, 5500}));
}

TEST(Path, HasIdsUpToTheLimit) {
  EXPECT_EQ(parse_path("65534/65535/65535"), (Path{65534, 65535, 65535}));
  for (const Bytes text : {"65536", "0/65536", "0/0/65536", "99999999999999999999"}) {
    EXPECT_FALSE(parse_path(text)) << text;
  }
}

TEST(Path, IsRefusedWhenItIsNone) {
  for (const Bytes text : {"", "/", "/3200", "3200/", "3200//1", "a", "3a", "-1", "+1", "1/2/3/4",
                           "1/2/3/", "00/0", "01", "3200/00", "3200/0/05500"}) {
    EXPECT_FALSE(parse_path(text)) << text;
  }
}

TEST(Path, IsWrittenAsItIsRead) {
  for (const Bytes text : {"0", "3200/0", "65535/65535/65535"}) {
    EXPECT_EQ(text_of(parse_path(text).value_or(Path())).view(), text);
  }
  static_assert(Bytes("65535/65535/65535").size() == kMaxPathBytes);
}

}  // namespace
}  // namespace m531x::lwm2m
