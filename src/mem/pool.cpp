// SPDX-License-Identifier: Apache-2.0
#include "m531x/pool.h"

#include <cstring>

namespace m531x {

Block* BlockPool::take(Use use) {
  if (free_count(use) == 0) return nullptr;
  if (takes_left_ != kNeverFail && takes_left_-- == 0) {
    takes_left_ = 0;
    return nullptr;
  }
  Block* block = free_;
  if (block != nullptr) {
    free_ = block->next;
  } else {
    block = &storage_[fresh_index_++];
  }
  block->next = nullptr;
  block->begin = 0;
  block->end = 0;
  ++used_count_;
  if (used_count_ > peak_count_) peak_count_ = used_count_;
  return block;
}

void BlockPool::give(Block* block) {
  std::memset(block->data, 0, block->end);
  block->next = free_;
  free_ = block;
  --used_count_;
}

std::size_t BlockPool::free_count(Use use) const {
  const std::size_t free = storage_.size() - used_count_;
  if (use == Use::output) return free;
  return free > reserve_count_ ? free - reserve_count_ : 0;
}

}  // namespace m531x
