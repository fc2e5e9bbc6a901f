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
  const auto room = backlog.room(buffer).first(std::min(most, backlog.room(buffer).size()));
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
  EXPECT_TRUE(buffer_->lent);
  EXPECT_EQ(backlog_.view(), "a");
  backlog_.consume(1);
  EXPECT_FALSE(buffer_->lent);
  EXPECT_TRUE(backlog_.empty());
  EXPECT_EQ(backlog_.room(*buffer_).size(), kBacklogBytes);
}

TEST_F(BacklogTest, KeepsWhatIsLeftWhenTheTurnEnds) {
  fill(backlog_, *buffer_, 'a', 3);
  fill(backlog_, *buffer_, 'b', 2);
  backlog_.consume(1);
  backlog_.keep();
  EXPECT_FALSE(buffer_->lent);
  EXPECT_TRUE(backlog_.is_kept());
  Backlog other;
  fill(other, *buffer_, 'x');
  EXPECT_EQ(backlog_.view(), "aabb");
  EXPECT_TRUE(backlog_.room(*buffer_).empty()) << "first what is kept";
  backlog_.keep();
  backlog_.consume(4);
  EXPECT_FALSE(backlog_.is_kept());
}

TEST_F(BacklogTest, WithNothingLeftNothingIsKept) {
  EXPECT_FALSE(backlog_.room(*buffer_).empty());
  backlog_.keep();
  EXPECT_FALSE(buffer_->lent);
  EXPECT_FALSE(backlog_.is_kept());
}

TEST_F(BacklogTest, OneHasTheBufferAtATime) {
  fill(backlog_, *buffer_, 'a', 1);
  Backlog other;
  EXPECT_TRUE(other.room(*buffer_).empty());
  Backlog moved = std::move(backlog_);
  EXPECT_TRUE(buffer_->lent);
  EXPECT_EQ(moved.view(), "a");
  moved = Backlog();
  EXPECT_FALSE(buffer_->lent);
  {
    Backlog gone;
    fill(gone, *buffer_, 'a', 1);
  }
  EXPECT_FALSE(buffer_->lent);
  EXPECT_FALSE(other.room(*buffer_).empty());
}

}  // namespace
}  // namespace m531x::port
