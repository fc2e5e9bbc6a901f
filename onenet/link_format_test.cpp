// SPDX-License-Identifier: Apache-2.0
#include "onenet/link_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace m531x::onenet {
namespace {

using lwm2m::Path;
using testing::ElementsAre;

TEST(LinkFormat, APayloadOfARegistrationGivesItsInstances) {
  const auto paths = paths_of(R"(</>;rt="oma.lwm2m",</3200/0>,</3/0>,</3303>)");
  ASSERT_TRUE(paths);
  EXPECT_THAT(*paths, ElementsAre(Path{3200, 0}, Path{3, 0}, Path{3303}));
}

TEST(LinkFormat, ACommaInQuotesEndsNoLink) {
  const auto paths = paths_of(R"(</3/0>;title="a,b\",<c>",</4/0>;pmin=1)");
  ASSERT_TRUE(paths);
  EXPECT_THAT(*paths, ElementsAre(Path{3, 0}, Path{4, 0}));
}

TEST(LinkFormat, NothingIsNoLinks) {
  const auto paths = paths_of("");
  ASSERT_TRUE(paths);
  EXPECT_TRUE(paths->empty());
}

TEST(LinkFormat, WhatIsNoneIsRefused) {
  for (const Bytes text : {"3200/0", "</3200/0", "</3200/0>,", "</3200/0>x", "</3>;t=\"open",
                           "</3>,,</4>", "</3> ;a"}) {
    EXPECT_FALSE(paths_of(text)) << text;
  }
}

TEST(LinkFormat, HasSoManyLinks) {
  const auto of = [](std::size_t count) {
    std::string text;
    for (std::size_t at = 0; at < count; ++at) {
      text += (at == 0 ? "</3200/" : ",</3200/") + std::to_string(at) + ">";
    }
    return paths_of(text);
  };
  ASSERT_TRUE(of(kMaxLinks - 1));
  ASSERT_TRUE(of(kMaxLinks));
  EXPECT_EQ(of(kMaxLinks)->size(), kMaxLinks);
  EXPECT_FALSE(of(kMaxLinks + 1));
}

}  // namespace
}  // namespace m531x::onenet
