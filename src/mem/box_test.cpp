// SPDX-License-Identifier: Apache-2.0
#include "mem/box.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "mem/test_memory.h"

namespace m531x::mem {
namespace {

struct Counted {
  Counted(int& live_count, const char* word) : live(live_count) {
    ++live;
    std::strncpy(text.data(), word, text.size());
  }
  ~Counted() { --live; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int& live;
  std::array<char, 32> text{};
};

TEST(Box, OwnsOneObjectInOneBlock) {
  TestPool pool(2);
  int live = 0;
  {
    Box<Counted> box;
    EXPECT_FALSE(box);
    EXPECT_EQ(box.get(), nullptr);
    ASSERT_TRUE(box.emplace(pool, live, "first"));
    EXPECT_TRUE(box);
    EXPECT_STREQ(box->text.data(), "first");
    ASSERT_TRUE(box.emplace(pool, live, "second"));
    EXPECT_STREQ((*box).text.data(), "second");
    EXPECT_EQ(live, 1);
    EXPECT_EQ(pool.used_count(), 1U);
    EXPECT_EQ(pool.peak_count(), 1U);
  }
  EXPECT_EQ(live, 0);
  EXPECT_EQ(pool.used_count(), 0U);
}

TEST(Box, SaysWhenThePoolHasNoBlock) {
  TestPool pool(5, 4);
  int live = 0;
  Box<Counted> box;
  Box<Counted> other;
  ASSERT_TRUE(box.emplace(pool, live, "fits"));
  EXPECT_FALSE(other.emplace(pool, live, "does not"));
  EXPECT_FALSE(other);
  EXPECT_EQ(live, 1);
  box.reset();
  box.reset();
  EXPECT_EQ(live, 0);
  EXPECT_TRUE(other.emplace(pool, live, "fits"));
}

TEST(Box, Moves) {
  TestPool pool;
  int live = 0;
  Box<Counted> first_box;
  Box<Counted> second_box;
  ASSERT_TRUE(first_box.emplace(pool, live, "first"));
  ASSERT_TRUE(second_box.emplace(pool, live, "second"));
  second_box = std::move(first_box);
  EXPECT_EQ(live, 1);
  EXPECT_STREQ(second_box->text.data(), "first");
  EXPECT_FALSE(first_box);
  const Box<Counted> third_box(std::move(second_box));
  EXPECT_FALSE(second_box);
  EXPECT_STREQ(third_box->text.data(), "first");
  EXPECT_EQ(pool.used_count(), 1U);
}

TEST(Box, LeavesNothingOfTheObjectInThePool) {
  TestPool pool;
  int live = 0;
  Box<Counted> box;
  ASSERT_TRUE(box.emplace(pool, live, "OpenSesame"));
  ASSERT_TRUE(pool.contains("OpenSesame"));
  box.reset();
  EXPECT_FALSE(pool.contains("OpenSesame"));
}

template <typename T>
void expect_aligned() {
  TestPool pool;
  Box<T> box;
  ASSERT_TRUE(box.emplace(pool));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(box.get()) % alignof(T), 0U);
  const auto* const begin = reinterpret_cast<const char*>(box.get());
  EXPECT_GE(begin, pool.blocks[0].data);
  EXPECT_LE(begin + sizeof(T), pool.blocks[0].data + Block::kCapacity);
  EXPECT_EQ(box.block(), &pool.blocks[0]);
}

TEST(Box, AlignsTheObject) {
  struct Large {
    std::array<double, (Block::kCapacity - 12) / 8> numbers;
  };
  expect_aligned<char>();
  expect_aligned<std::uint64_t>();
  expect_aligned<Large>();
}

}  // namespace
}  // namespace m531x::mem
