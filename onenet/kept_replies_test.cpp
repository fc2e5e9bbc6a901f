// SPDX-License-Identifier: Apache-2.0
#include "onenet/kept_replies.h"

#include <gtest/gtest.h>

namespace m531x::onenet {
namespace {

using std::chrono::milliseconds;

TEST(KeptReplies, AReplyIsOfItsIdAndItsToken) {
  KeptReplies replies;
  replies.keep(1, "a", {kCoapCreated, {"rd", "7"}}, Millis(0));
  replies.keep(1, "b", {kCoapChanged, {}}, Millis(0));
  ASSERT_NE(replies.find(1, "a", Millis(0)), nullptr);
  EXPECT_EQ(replies.find(1, "a", Millis(0))->location.back(), "7");
  EXPECT_EQ(replies.find(1, "b", Millis(0))->code, kCoapChanged);
  EXPECT_EQ(replies.find(1, "", Millis(0)), nullptr);
  EXPECT_EQ(replies.find(2, "a", Millis(0)), nullptr);
}

TEST(KeptReplies, AReplyIsKeptForItsTime) {
  KeptReplies replies;
  const Millis begin{1000};
  replies.keep(1, "a", {kCoapCreated, {}}, begin);
  replies.keep(2, "a", {kCoapCreated, {}}, begin + milliseconds(1));
  EXPECT_NE(replies.find(1, "a", begin + kCoapExchangeLifetime - milliseconds(1)), nullptr);
  EXPECT_EQ(replies.find(1, "a", begin + kCoapExchangeLifetime), nullptr);
  EXPECT_NE(replies.find(2, "a", begin + kCoapExchangeLifetime), nullptr);
  EXPECT_EQ(replies.find(2, "a", begin + kCoapExchangeLifetime + milliseconds(1)), nullptr);
}

TEST(KeptReplies, SoManyAreKept) {
  KeptReplies replies;
  for (CoapId id = 0; id < kMaxKeptReplies; ++id)
    replies.keep(id, "", {kCoapChanged, {}}, Millis(0));
  EXPECT_NE(replies.find(0, "", Millis(0)), nullptr);
  replies.keep(kMaxKeptReplies, "", {kCoapChanged, {}}, Millis(0));
  EXPECT_EQ(replies.find(0, "", Millis(0)), nullptr);
  EXPECT_NE(replies.find(1, "", Millis(0)), nullptr);
  EXPECT_NE(replies.find(kMaxKeptReplies, "", Millis(0)), nullptr);
}

}  // namespace
}  // namespace m531x::onenet
