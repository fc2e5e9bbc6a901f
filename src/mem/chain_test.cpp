// SPDX-License-Identifier: Apache-2.0
#include "mem/chain.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "mem/test_memory.h"

namespace m531x::mem {
namespace {

constexpr std::uint32_t kBlock = Block::kCapacity;
constexpr std::array<std::uint32_t, 10> kSizes = {0,          1,
                                                  kBlock - 1, kBlock,
                                                  kBlock + 1, 2 * kBlock - 1,
                                                  2 * kBlock, 2 * kBlock + 1,
                                                  3 * kBlock, 3 * kBlock + 7};

constexpr std::uint32_t blocks_for(std::uint32_t size) { return (size + kBlock - 1) / kBlock; }

TEST(Chain, HoldsWhatWasAppendedInAsFewBlocksAsPossible) {
  for (const auto size : kSizes) {
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{7}, std::size_t{kBlock}, 3UL * kBlock}) {
      SCOPED_TRACE(testing::Message() << size << " bytes in steps of " << step);
      TestPool pool;
      Chain chain(pool);
      const std::string text = pattern(size);
      for (Bytes rest = text; !rest.empty(); rest = after(rest, step)) {
        ASSERT_TRUE(chain.append(first(rest, step)));
      }
      EXPECT_EQ(chain.size(), size);
      EXPECT_EQ(chain.empty(), size == 0);
      EXPECT_EQ(text_of(chain.view()), text);
      EXPECT_EQ(pool.used_count(), blocks_for(size));
    }
  }
}

TEST(Chain, AppendingNothingNeedsNoMemory) {
  TestPool pool(0);
  Chain chain(pool);
  EXPECT_TRUE(chain.append(Bytes()));
  EXPECT_TRUE(chain.append(ChainView()));
  EXPECT_TRUE(chain.empty());
}

TEST(Chain, AppendsAllBytesOrNone) {
  for (const auto before : kSizes) {
    SCOPED_TRACE(before);
    TestPool pool(5);
    Chain other = chain_of(pool, pattern(kBlock + 1));
    Chain chain(pool);
    const std::string text = pattern(before);
    const bool fits = blocks_for(before) <= 3;
    ASSERT_EQ(chain.append(text), fits);
    if (!fits) {
      EXPECT_TRUE(chain.empty());
      EXPECT_EQ(pool.used_count(), 2U);
      continue;
    }
    const std::uint32_t room = 3 * kBlock - before;
    EXPECT_FALSE(chain.append(pattern(room + 1)));
    EXPECT_EQ(text_of(chain.view()), text);
    if (room <= kBlock) {
      EXPECT_FALSE(chain.append(other.view()));
      EXPECT_EQ(text_of(chain.view()), text);
    }
    EXPECT_EQ(pool.used_count(), 2 + blocks_for(before));
    EXPECT_TRUE(chain.append(pattern(room)));
    EXPECT_EQ(text_of(chain.view()), text + pattern(room));
  }
}

TEST(Chain, AppendsAView) {
  for (const auto size : kSizes) {
    for (const std::uint32_t skip : {0U, 1U, kBlock - 1, kBlock, kBlock + 1}) {
      if (skip > size) continue;
      SCOPED_TRACE(testing::Message() << skip << " of " << size);
      TestPool pool;
      const std::string text = pattern(size);
      const Chain source = chain_of(pool, text);
      Chain chain = chain_of(pool, "ab");
      ASSERT_TRUE(chain.append(source.view().skip(skip)));
      EXPECT_EQ(text_of(chain.view()), "ab" + text.substr(skip));
      EXPECT_EQ(text_of(source.view()), text);
    }
  }
}

TEST(Chain, ConsumesFromTheFront) {
  for (const auto size : kSizes) {
    for (const auto n : kSizes) {
      if (n > size) continue;
      SCOPED_TRACE(testing::Message() << n << " of " << size);
      TestPool pool;
      const std::string text = pattern(size);
      Chain chain = chain_of(pool, text);
      chain.consume(n);
      EXPECT_EQ(chain.size(), size - n);
      EXPECT_EQ(text_of(chain.view()), text.substr(n));
      EXPECT_EQ(pool.used_count(), n == size ? 0 : blocks_for(size) - n / kBlock);
      ASSERT_TRUE(chain.append("more"));
      EXPECT_EQ(text_of(chain.view()), text.substr(n) + "more");
    }
  }
}

TEST(Chain, TruncatesAtTheBack) {
  for (const auto size : kSizes) {
    for (const auto n : kSizes) {
      for (const std::uint32_t consumed : {0U, 1U, kBlock, kBlock + 1}) {
        if (n + consumed > size) continue;
        SCOPED_TRACE(testing::Message() << n << " of " << size << " - " << consumed);
        TestPool pool;
        const std::string text = pattern(size);
        Chain chain = chain_of(pool, text);
        chain.consume(consumed);
        chain.truncate(n);
        EXPECT_EQ(chain.size(), n);
        EXPECT_EQ(text_of(chain.view()), text.substr(consumed, n));
        EXPECT_EQ(pool.used_count(), n == 0 ? 0 : blocks_for(consumed + n) - consumed / kBlock);
        ASSERT_TRUE(chain.append("more"));
        EXPECT_EQ(text_of(chain.view()), text.substr(consumed, n) + "more");
      }
    }
  }
}

TEST(Chain, SplicesTheOthersBlocks) {
  for (const auto left : kSizes) {
    for (const auto right : kSizes) {
      SCOPED_TRACE(testing::Message() << left << " + " << right);
      TestPool pool;
      Chain chain = chain_of(pool, pattern(left));
      Chain other = chain_of(pool, pattern(right));
      const std::size_t used = pool.used_count();
      chain.splice(std::move(other));
      EXPECT_EQ(pool.used_count(), used);
      EXPECT_EQ(chain.size(), left + right);
      EXPECT_EQ(text_of(chain.view()), pattern(left) + pattern(right));
      EXPECT_TRUE(other.empty());
      ASSERT_TRUE(other.append("other") && chain.append("chain"));
      EXPECT_EQ(text_of(other.view()), "other");
      EXPECT_EQ(text_of(chain.view()), pattern(left) + pattern(right) + "chain");
      chain.consume(left + right);
      EXPECT_EQ(text_of(chain.view()), "chain");
      EXPECT_LE(pool.used_count(), 3U);
    }
  }
}

TEST(Chain, MovesItsBlocks) {
  TestPool pool;
  Chain first_chain = chain_of(pool, pattern(kBlock + 1));
  Chain second_chain(std::move(first_chain));
  EXPECT_EQ(text_of(second_chain.view()), pattern(kBlock + 1));
  Chain third_chain = chain_of(pool, "to be dropped");
  third_chain = std::move(second_chain);
  EXPECT_EQ(text_of(third_chain.view()), pattern(kBlock + 1));
  EXPECT_EQ(pool.used_count(), 2U);
  first_chain = chain_of(pool, "again");
  EXPECT_EQ(text_of(first_chain.view()), "again");
}

TEST(Chain, GivesItsBlocksBackWhenItGoes) {
  TestPool pool;
  { const Chain chain = chain_of(pool, pattern(3 * kBlock)); }
  EXPECT_EQ(pool.used_count(), 0U);
}

TEST(Chain, OnlyOutputMayUseTheReserve) {
  TestPool pool(3, 2);
  Chain storage(pool);
  EXPECT_FALSE(storage.append(pattern(kBlock + 1)));
  EXPECT_TRUE(storage.append(pattern(kBlock)));
  Chain output(pool, Use::output);
  EXPECT_TRUE(output.append(pattern(2 * kBlock)));
  EXPECT_FALSE(output.append_byte('x'));
}

TEST(Chain, RewindsToItsFirstBlock) {
  for (const auto size : kSizes) {
    for (const std::uint32_t consumed : {0U, 1U, kBlock - 1, kBlock, kBlock + 1}) {
      if (consumed > size) continue;
      SCOPED_TRACE(testing::Message() << size << " - " << consumed);
      TestPool pool;
      Chain chain = chain_of(pool, pattern(size));
      chain.consume(consumed);
      const std::size_t kept_count = chain.empty() ? 0 : 1;
      chain.rewind();
      EXPECT_TRUE(chain.empty());
      EXPECT_TRUE(chain.view().empty());
      EXPECT_EQ(pool.used_count(), kept_count);
      ASSERT_TRUE(chain.append(pattern(kBlock)));
      EXPECT_EQ(pool.used_count(), 1U);
      EXPECT_EQ(text_of(chain.view()), pattern(kBlock));
      ASSERT_TRUE(chain.append("more"));
      EXPECT_EQ(text_of(chain.view()), pattern(kBlock) + "more");
      chain.clear();
      EXPECT_EQ(pool.used_count(), 0U);
    }
  }
}

TEST(Chain, ARewoundOneIsAsGoodAsAnEmptyOne) {
  TestPool pool;
  const auto rewound = [&pool] {
    Chain chain = chain_of(pool, "old");
    chain.rewind();
    return chain;
  };
  Chain spliced_to = rewound();
  spliced_to.splice(chain_of(pool, "new"));
  ASSERT_EQ(spliced_to.view().front(), "new");
  EXPECT_EQ(text_of(spliced_to.view()), "new");
  Chain behind = chain_of(pool, "new");
  behind.splice(rewound());
  ASSERT_TRUE(behind.append("er"));
  EXPECT_EQ(text_of(behind.view()), "newer");
  Chain consumed = rewound();
  consumed.consume(0);
  ASSERT_TRUE(consumed.append("new"));
  EXPECT_EQ(text_of(consumed.view()), "new");
}

TEST(Chain, GathersRunsFromAnyOffset) {
  const std::string text = pattern(3 * kBlock + 7);
  TestPool pool;
  const Chain chain = chain_of(pool, text);
  for (const auto offset : kSizes) {
    for (std::size_t most = 0; most <= 5; ++most) {
      SCOPED_TRACE(testing::Message() << most << " views from " << offset);
      std::vector<Bytes> views(most);
      const std::size_t count = chain.gather(offset, views);
      const std::size_t runs = offset == text.size() ? 0 : 4 - offset / kBlock;
      EXPECT_EQ(count, std::min(most, runs));
      std::string gathered;
      for (const Bytes view : std::span(views).first(count)) {
        EXPECT_FALSE(view.empty());
        gathered.append(view);
      }
      EXPECT_EQ(gathered, text.substr(offset, gathered.size()));
      if (most == 5) {
        EXPECT_EQ(gathered.size(), text.size() - offset);
      }
    }
  }
}

TEST(Chain, AnEmptyOneGathersNothing) {
  TestPool pool;
  const Chain chain(pool);
  std::array<Bytes, 2> views;
  EXPECT_EQ(chain.gather(0, views), 0U);
}

TEST(Chain, LeavesNoSecretInThePool) {
  const Bytes secret = "OpenSesame";
  struct Case {
    const char* name;
    void (*drop)(Chain&);
  };
  for (const Case& c : {Case{"clear", [](Chain& chain) { chain.clear(); }},
                        Case{"consume", [](Chain& chain) { chain.consume(chain.size()); }},
                        Case{"truncate", [](Chain& chain) { chain.truncate(1); }},
                        Case{"truncate, then clear",
                             [](Chain& chain) {
                               chain.truncate(4);
                               chain.clear();
                             }},
                        Case{"rewind", [](Chain& chain) { chain.rewind(); }},
                        Case{"move", [](Chain& chain) { const Chain gone(std::move(chain)); }}}) {
    SCOPED_TRACE(c.name);
    TestPool pool;
    Chain chain = chain_of(pool, "user:OpenSesame");
    ASSERT_TRUE(pool.contains(secret));
    c.drop(chain);
    EXPECT_FALSE(pool.contains(secret));
  }
}

}  // namespace
}  // namespace m531x::mem
