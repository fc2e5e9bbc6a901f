// SPDX-License-Identifier: Apache-2.0
#include "m531x/pool.h"

#include <algorithm>
#include <cstring>

namespace m531x {

Block* BlockPool::take(Use use) {
  if (free_count(use) == 0 || takes_left_ == 0) return nullptr;
  if (takes_left_ != kNeverFail) --takes_left_;
  Block* block = free_;
  if (block != nullptr) {
    free_ = block->next;
  } else {
    block = &storage_[fresh_index_++];
  }
  block->next = nullptr;
  block->begin = block->end = 0;
  peak_count_ = std::max(peak_count_, ++used_count_);
  return block;
}

void BlockPool::give(Block* block) {
  std::memset(block->data, 0, block->end);
  block->next = free_;
  free_ = block;
  --used_count_;
}

}  // namespace m531x
