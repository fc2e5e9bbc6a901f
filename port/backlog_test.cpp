// SPDX-License-Identifier: Apache-2.0
#include "port/backlog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace m531x::port {
namespace {

// Fills all the room there is, or `most` bytes; returns how many.
std::size_t fill(Backlog& backlog, LentBuffer& buffer, char byte,
                 std::size_t most = kBacklogBytes) {
  auto room = backlog.room(buffer);
  room = room.first(std::min(most, room.size()));
  std::ranges::fill(room, byte);
  backlog.add(room.size());
  return room.size();
}

class BacklogTest : public testing::Test {
 protected:
  std::unique_ptr<LentBuffer> buffer_ = std::make_unique<LentBuffer>();
  Backlog backlog_;
};

TEST_F(BacklogTest, TakesUpToItsLimitAndNotAByteMore) {
  EXPECT_EQ(fill(backlog_, *buffer_, 'a', kBacklogBytes - 1), kBacklogBytes - 1);
  EXPECT_EQ(backlog_.room(*buffer_).size(), 1U);
  EXPECT_EQ(fill(backlog_, *buffer_, 'b'), 1U);
  EXPECT_TRUE(backlog_.room(*buffer_).empty());
  EXPECT_EQ(backlog_.view(), std::string(kBacklogBytes - 1, 'a') + 'b');
}

TEST_F(BacklogTest, GivesTheBufferBackWithItsLastByte) {
  fill(backlog_, *buffer_, 'a', 3);
  backlog_.consume(2);
  EXPECT_EQ(buffer_->holder, &backlog_);
  EXPECT_EQ(backlog_.view(), "a");
  backlog_.consume(1);
  EXPECT_EQ(buffer_->holder, nullptr);
  EXPECT_TRUE(backlog_.empty());
  EXPECT_EQ(backlog_.room(*buffer_).size(), kBacklogBytes);
}

TEST_F(BacklogTest, KeepsWhatIsLeftWhenAnotherNeedsTheBuffer) {
  fill(backlog_, *buffer_, 'a', 3);
  fill(backlog_, *buffer_, 'b', 2);
  backlog_.consume(1);
  backlog_.end_turn();
  EXPECT_FALSE(backlog_.is_kept());
  Backlog other;
  fill(other, *buffer_, 'x');
  EXPECT_TRUE(backlog_.is_kept());
  EXPECT_EQ(backlog_.view(), "aabb");
  EXPECT_EQ(other.view(), std::string(kBacklogBytes, 'x'));
  EXPECT_TRUE(backlog_.room(*buffer_).empty()) << "first what is kept";
  backlog_.end_turn();
  backlog_.consume(4);
  EXPECT_FALSE(backlog_.is_kept());
}

TEST_F(BacklogTest, StaysInTheBufferFromTurnToTurnWhileNobodyElseNeedsIt) {
  fill(backlog_, *buffer_, 'a', 3);
  backlog_.end_turn();
  EXPECT_EQ(fill(backlog_, *buffer_, 'b', 2), 2U);
  backlog_.end_turn();
  EXPECT_FALSE(backlog_.is_kept());
  EXPECT_EQ(backlog_.view(), "aaabb");
}

TEST_F(BacklogTest, WhatWaitsMovesToTheFrontWhenThatGivesRoom) {
  constexpr std::size_t kHalf = kBacklogBytes / 2;
  fill(backlog_, *buffer_, 'a', kHalf);
  backlog_.consume(kHalf - 1);
  EXPECT_EQ(backlog_.room(*buffer_).size(), kHalf) << "there is enough";
  fill(backlog_, *buffer_, 'b', 1);
  EXPECT_EQ(backlog_.room(*buffer_).size(), kBacklogBytes - 2);
  EXPECT_EQ(backlog_.view(), "ab");
  fill(backlog_, *buffer_, 'c');
  backlog_.consume(kHalf - 1);
  EXPECT_TRUE(backlog_.room(*buffer_).empty()) << "more waits than has gone";
  backlog_.consume(1);
  EXPECT_EQ(backlog_.room(*buffer_).size(), kHalf);
  EXPECT_EQ(backlog_.view(), std::string(kHalf, 'c'));
}

TEST_F(BacklogTest, WithNothingLeftNothingIsKept) {
  EXPECT_FALSE(backlog_.room(*buffer_).empty());
  backlog_.end_turn();
  EXPECT_EQ(buffer_->holder, nullptr);
  EXPECT_FALSE(backlog_.is_kept());
}

TEST_F(BacklogTest, OneHasTheBufferInItsTurn) {
  fill(backlog_, *buffer_, 'a', 1);
  Backlog other;
  EXPECT_TRUE(other.room(*buffer_).empty());
  Backlog moved = std::move(backlog_);
  EXPECT_EQ(buffer_->holder, &moved);
  EXPECT_EQ(moved.view(), "a");
  EXPECT_TRUE(other.room(*buffer_).empty());
  moved = Backlog();
  EXPECT_EQ(buffer_->holder, nullptr);
  {
    Backlog gone;
    fill(gone, *buffer_, 'a', 1);
  }
  EXPECT_EQ(buffer_->holder, nullptr);
  EXPECT_FALSE(other.room(*buffer_).empty());
}

}  // namespace
}  // namespace m531x::port
