// SPDX-License-Identifier: Apache-2.0
#include "m531x/pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "mem/test_memory.h"

namespace m531x::mem {
namespace {

std::size_t take_all(BlockPool& pool, Use use) {
  std::size_t count = 0;
  while (pool.take(use) != nullptr) ++count;
  return count;
}

TEST(BlockPool, KeepsTheReserveForOutput) {
  struct Case {
    std::size_t blocks, reserve, for_storage, then_for_output;
  };
  for (const Case c : {Case{0, 0, 0, 0}, Case{0, 4, 0, 0}, Case{3, 4, 0, 3}, Case{4, 4, 0, 4},
                       Case{5, 4, 1, 4}, Case{7, 0, 7, 0}, Case{7, 2, 5, 2}}) {
    SCOPED_TRACE(testing::Message() << c.blocks << " blocks, reserve " << c.reserve);
    TestPool pool(c.blocks, c.reserve);
    EXPECT_EQ(pool.free_count(Use::storage), c.for_storage);
    EXPECT_EQ(pool.free_count(Use::output), c.blocks);
    EXPECT_EQ(take_all(pool, Use::storage), c.for_storage);
    EXPECT_EQ(pool.free_count(Use::storage), 0U);
    EXPECT_EQ(pool.free_count(Use::output), c.then_for_output);
    EXPECT_EQ(take_all(pool, Use::output), c.then_for_output);
    EXPECT_EQ(pool.used_count(), c.blocks);
  }
}

TEST(BlockPool, OutputUsesUpWhatStorageMayTake) {
  TestPool pool(6, 4);
  ASSERT_NE(pool.take(Use::output), nullptr);
  EXPECT_EQ(pool.free_count(Use::storage), 1U);
  ASSERT_NE(pool.take(Use::output), nullptr);
  EXPECT_EQ(pool.free_count(Use::storage), 0U);
  EXPECT_EQ(pool.take(Use::storage), nullptr);
}

TEST(BlockPool, ABlockComesEmptyHoweverItWasGiven) {
  TestPool pool(2);
  Block* const block = pool.take(Use::storage);
  ASSERT_NE(block, nullptr);
  block->begin = 3;
  block->end = Block::kCapacity;
  block->next = block;
  pool.give(block);
  for (int i = 0; i < 2; ++i) {
    const Block* const taken = pool.take(Use::storage);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->next, nullptr);
    EXPECT_EQ(taken->begin, 0);
    EXPECT_EQ(taken->end, 0);
  }
}

TEST(BlockPool, WipesWhatIsGivenBack) {
  TestPool pool(1);
  Block* const block = pool.take(Use::storage);
  ASSERT_NE(block, nullptr);
  std::memset(block->data, 'x', Block::kCapacity);
  block->begin = 200;  // what was consumed is wiped too
  block->end = Block::kCapacity;
  pool.give(block);
  EXPECT_EQ(Bytes(block->data, Block::kCapacity), std::string(Block::kCapacity, '\0'));
}

TEST(BlockPool, HandsOutEachBlockOnce) {
  TestPool pool(5);
  std::vector<Block*> taken;
  while (Block* const block = pool.take(Use::storage)) taken.push_back(block);
  pool.give(taken[1]);
  pool.give(taken[3]);
  taken[1] = pool.take(Use::storage);
  taken[3] = pool.take(Use::storage);
  std::ranges::sort(taken);
  EXPECT_EQ(std::ranges::adjacent_find(taken), taken.end());
  EXPECT_EQ(taken.size(), 5U);
}

TEST(BlockPool, RemembersThePeak) {
  TestPool pool(4);
  EXPECT_EQ(pool.peak_count(), 0U);
  Block* const first_block = pool.take(Use::storage);
  Block* const second_block = pool.take(Use::storage);
  pool.give(first_block);
  pool.give(second_block);
  EXPECT_EQ(pool.peak_count(), 2U);
  EXPECT_EQ(take_all(pool, Use::storage), 4U);
  EXPECT_EQ(pool.take(Use::storage), nullptr);
  EXPECT_EQ(pool.peak_count(), 4U);
}

TEST(BlockPool, FailsAfterTheNthTakeUntilSetAgain) {
  for (std::size_t n = 0; n < 4; ++n) {
    SCOPED_TRACE(n);
    TestPool pool(16);
    pool.fail_after(n);
    EXPECT_EQ(take_all(pool, Use::output), n);
    EXPECT_EQ(pool.take(Use::output), nullptr);
    EXPECT_EQ(pool.used_count(), n);
    pool.fail_after(1);
    EXPECT_EQ(take_all(pool, Use::storage), 1U);
    pool.fail_after(BlockPool::kNeverFail);
    EXPECT_EQ(take_all(pool, Use::storage), 16 - n - 1);
  }
}

TEST(BlockPool, TouchesABlockOnlyWhenItIsFirstTaken) {
  std::vector<Block> storage(3);
  std::memset(static_cast<void*>(storage.data()), 0x5a, storage.size() * sizeof(Block));
  const std::vector<Block> before = storage;
  BlockPool pool(storage, {}, 0);
  Block* const block = pool.take(Use::storage);
  ASSERT_NE(block, nullptr);
  pool.give(block);
  int untouched_count = 0;
  for (std::size_t i = 0; i < storage.size(); ++i) {
    untouched_count += std::memcmp(&storage[i], &before[i], sizeof(Block)) == 0 ? 1 : 0;
  }
  EXPECT_EQ(untouched_count, 2);
}

}  // namespace
}  // namespace m531x::mem
