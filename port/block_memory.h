// SPDX-License-Identifier: Apache-2.0
// The memory that a BlockPool lends: address space at first, and real memory as it is touched.
#pragma once

#include <cstddef>
#include <span>

#include "m531x/pool.h"

namespace m531x::port {

class BlockMemory {
 public:
  // Reserves `byte_count` bytes, rounded down to whole blocks, and a scratch for lines of up to
  // `line_bytes`. Throws UserError when there is no room for them.
  BlockMemory(std::size_t byte_count, std::size_t line_bytes);
  ~BlockMemory();
  BlockMemory(const BlockMemory&) = delete;
  BlockMemory& operator=(const BlockMemory&) = delete;

  [[nodiscard]] std::span<Block> blocks() const { return blocks_; }
  [[nodiscard]] std::span<char> scratch() const { return scratch_; }

 private:
  std::span<Block> blocks_;
  std::span<char> scratch_;  // behind the blocks
};

}  // namespace m531x::port
