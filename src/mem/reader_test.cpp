// SPDX-License-Identifier: Apache-2.0
// Views into chains, the reader and the rollback.
#include <gtest/gtest.h>

#include "mem/chain.h"
#include "mem/test_memory.h"

namespace m531x::mem {
namespace {

using namespace std::string_literals;

const std::string kText = "\0\xff\x1a\x11\x13 0123456\r\n"s;

// Calls `check(view, text)` for each part of kText, with blocks of 1, 2, 3 ... bytes.
template <typename Check>
void for_each_part(Check&& check) {
  for (std::size_t piece = 1; piece <= kText.size(); ++piece) {
    TestPool pool;
    const Chain chain = chain_in_pieces(pool, kText, piece);
    for (std::size_t begin = 0; begin <= kText.size(); ++begin) {
      for (std::size_t size = 0; size <= kText.size() - begin; ++size) {
        SCOPED_TRACE(testing::Message() << size << " from " << begin << ", blocks of " << piece);
        const ChainView view = chain.view()
                                   .skip(static_cast<std::uint32_t>(begin))
                                   .first(static_cast<std::uint32_t>(size));
        check(view, kText.substr(begin, size));
      }
    }
  }
}

TEST(ChainView, CutsAtEveryPlace) {
  for_each_part([](ChainView view, const std::string& text) {
    ASSERT_EQ(view.size, text.size());
    ASSERT_EQ(view.empty(), text.empty());
    ASSERT_EQ(text_of(view), text);
    ASSERT_EQ(view.front().empty(), text.empty());
    ASSERT_TRUE(text.starts_with(view.front()));
    std::string copy(text.size(), 'x');
    copy_to(view, copy.data());
    ASSERT_EQ(copy, text);
    std::string scratch(text.size(), 'x');
    ASSERT_EQ(in_one_piece(view, scratch), text);
  });
}

TEST(ChainView, VisitsRunsUntilToldToStop) {
  TestPool pool;
  const Chain chain = chain_in_pieces(pool, "abcdef", 2);
  std::string seen;
  EXPECT_FALSE(for_each_run(chain.view(), [&seen](Bytes run) {
    seen.append(run).append("|");
    return run != "cd";
  }));
  EXPECT_EQ(seen, "ab|cd|");
  EXPECT_TRUE(for_each_run(ChainView(), [](Bytes) { return false; }));
}

TEST(ChainView, CopiesOnlyWhatIsInPieces) {
  TestPool pool;
  const Chain chain = chain_in_pieces(pool, "abcdef", 3);
  std::string scratch = "......";
  EXPECT_EQ(in_one_piece(chain.view().first(3), scratch), "abc");
  EXPECT_EQ(in_one_piece(chain.view().skip(3), {}), "def");
  EXPECT_EQ(scratch, "......");
  EXPECT_EQ(in_one_piece(chain.view(), scratch).data(), scratch.data());
}

TEST(ChainView, StaysValidWhenTheChainGrows) {
  TestPool pool;
  Chain chain = chain_of(pool, "abc");
  const ChainView view = chain.view();
  ASSERT_TRUE(chain.append(pattern(2 * Block::kCapacity)));
  EXPECT_EQ(text_of(view), "abc");
  Reader reader(view);
  for (int i = 0; i < 3; ++i) reader.get();
  EXPECT_EQ(reader.get(), Reader::kEnd);
}

TEST(Reader, ReadsByteByByte) {
  for_each_part([](ChainView view, const std::string& text) {
    Reader reader(view);
    for (std::size_t i = 0; i < text.size(); ++i) {
      ASSERT_FALSE(reader.at_end());
      ASSERT_EQ(text_of(reader.rest()), text.substr(i));
      ASSERT_EQ(reader.peek(), static_cast<unsigned char>(text[i]));
      ASSERT_EQ(reader.get(), static_cast<unsigned char>(text[i]));
    }
    ASSERT_TRUE(reader.at_end());
    ASSERT_EQ(reader.peek(), Reader::kEnd);
    ASSERT_EQ(reader.get(), Reader::kEnd);
    ASSERT_TRUE(reader.rest().empty());
    ASSERT_TRUE(reader.run().empty());
  });
}

TEST(Reader, ReadsRunByRun) {
  for_each_part([](ChainView view, const std::string& text) {
    for (const std::size_t most : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
      Reader reader(view);
      std::string read;
      while (!reader.at_end()) {
        const Bytes run = first(reader.run(), most);
        ASSERT_FALSE(run.empty());
        read.append(run);
        reader.skip(run.size());
        ASSERT_EQ(text_of(reader.rest()), text.substr(read.size()));
      }
      ASSERT_EQ(read, text);
    }
  });
}

TEST(Rollback, UndoesWhatWasAppended) {
  constexpr std::uint32_t kCap = Block::kCapacity;
  for (const std::uint32_t before : {0U, 1U, kCap - 1, kCap, kCap + 1}) {
    for (const std::uint32_t added : {0U, 1U, kCap - 1, kCap, 3 * kCap}) {
      for (const bool keeps : {false, true}) {
        SCOPED_TRACE(testing::Message() << before << " + " << added << (keeps ? " kept" : ""));
        TestPool pool;
        Chain chain = chain_of(pool, pattern(before));
        const std::size_t used = pool.used_count();
        {
          Rollback rollback(chain);
          ASSERT_TRUE(chain.append(pattern(added)));
          if (keeps) rollback.keep();
        }
        EXPECT_EQ(text_of(chain.view()), pattern(before) + (keeps ? pattern(added) : ""));
        if (!keeps) {
          EXPECT_EQ(pool.used_count(), used);
        }
      }
    }
  }
}

}  // namespace
}  // namespace m531x::mem
