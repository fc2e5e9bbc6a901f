// SPDX-License-Identifier: Apache-2.0
// For unit tests: a pool that brings its memory, and chains with block borders where a test wants
// them.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "mem/test_text.h"
#include "mem/text.h"

namespace m531x::mem {

struct TestMemory {
  TestMemory(std::size_t block_count, std::size_t scratch_bytes)
      : count(block_count),
        blocks(std::make_unique<Block[]>(block_count)),
        scratch_area(scratch_bytes, '\0') {}

  // Whether `needle` lies in one block, in use or not, or in the scratch area.
  [[nodiscard]] bool contains(Bytes needle) const {
    const Bytes all(reinterpret_cast<const char*>(blocks.get()), count * sizeof(Block));
    return all.find(needle) != Bytes::npos || scratch_area.find(needle) != std::string::npos;
  }

  std::size_t count;
  std::unique_ptr<Block[]> blocks;
  std::string scratch_area;
};

class TestPool : public TestMemory, public BlockPool {
 public:
  explicit TestPool(std::size_t block_count = 64, std::size_t reserve_count = 0,
                    std::size_t scratch_bytes = 0)
      : TestMemory(block_count, scratch_bytes),
        BlockPool({blocks.get(), count}, scratch_area, reserve_count) {}
};

inline Chain chain_of(BlockPool& pool, Bytes text) {
  Chain chain(pool);
  EXPECT_TRUE(chain.append(text));
  return chain;
}

// `text` with a block border in front of byte `cut`.
inline Chain chain_cut(BlockPool& pool, Bytes text, std::size_t cut) {
  Chain chain = chain_of(pool, first(text, cut));
  chain.splice(chain_of(pool, after(text, cut)));
  return chain;
}

// `text` with `piece_bytes` in each block.
inline Chain chain_in_pieces(BlockPool& pool, Bytes text, std::size_t piece_bytes) {
  Chain chain(pool);
  for (; !text.empty(); text = after(text, piece_bytes)) {
    chain.splice(chain_of(pool, first(text, piece_bytes)));
  }
  return chain;
}

// `size` bytes, of which no two neighbouring blocks hold the same.
inline std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i % 251);
  return text;
}

}  // namespace m531x::mem
