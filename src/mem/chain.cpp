// SPDX-License-Identifier: Apache-2.0
#include "mem/chain.h"

#include <algorithm>
#include <cstring>
#include "mem/text.h"

namespace m531x::mem {

ChainView ChainView::skip(std::uint32_t n) const {
  ChainView view = *this;
  while (n > 0) {
    const std::uint32_t step = std::min<std::uint32_t>(n, view.block->end - view.offset);
    view.offset += step;
    view.size -= step;
    n -= step;
    if (view.offset == view.block->end && view.size > 0) {
      view.block = view.block->next;
      view.offset = view.block->begin;
    }
  }
  return view;
}

void Reader::next_run() {
  if (beyond_ == 0) return;
  block_ = block_->next;
  const std::uint32_t here = block_->end - static_cast<std::uint32_t>(block_->begin);
  const std::uint32_t size = std::min(here, beyond_);
  at_ = block_->data + block_->begin;
  end_ = at_ + size;
  beyond_ -= size;
}

Chain::Chain(Chain&& other) noexcept
    : pool_(other.pool_),
      head_(std::exchange(other.head_, nullptr)),
      tail_(std::exchange(other.tail_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      use_(other.use_) {}

Chain& Chain::operator=(Chain&& other) noexcept {
  if (this != &other) {
    clear();
    pool_ = other.pool_;
    head_ = std::exchange(other.head_, nullptr);
    tail_ = std::exchange(other.tail_, nullptr);
    size_ = std::exchange(other.size_, 0);
    use_ = other.use_;
  }
  return *this;
}

bool Chain::grow() {
  Block* block = pool_->take(use_);
  if (block == nullptr) return false;
  (tail_ == nullptr ? head_ : tail_->next) = block;
  tail_ = block;
  return true;
}

bool Chain::append_slow(Bytes bytes) {
  const std::uint32_t size_before = size_;
  while (true) {
    if (room() == 0 && !grow()) break;
    const std::size_t step = std::min(bytes.size(), room());
    copy_into_tail({bytes.data(), step});
    if (step == bytes.size()) return true;
    bytes.remove_prefix(step);
  }
  truncate(size_before);
  return false;
}

bool Chain::append(ChainView view) {
  Rollback rollback(*this);
  const bool ok = for_each_run(view, [this](Bytes run) { return append(run); });
  if (ok) rollback.keep();
  return ok;
}

void Chain::splice_blocks(Chain& other) {
  if (empty()) clear();
  (tail_ == nullptr ? head_ : tail_->next) = other.head_;
  tail_ = other.tail_;
  size_ += other.size_;
  other.head_ = nullptr;
  other.tail_ = nullptr;
  other.size_ = 0;
}

void Chain::consume_blocks(std::uint32_t n) {
  size_ -= n;
  while (n > 0 || (head_ != nullptr && size_ == 0)) {
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): n <= size()
    const std::uint32_t here = head_->end - static_cast<std::uint32_t>(head_->begin);
    if (n < here) {
      head_->begin = static_cast<std::uint16_t>(head_->begin + n);
      return;
    }
    n -= here;
    Block* block = std::exchange(head_, head_->next);
    pool_->give(block);
  }
  if (head_ == nullptr) tail_ = nullptr;
}

void Chain::truncate(std::uint32_t n) {
  if (n == size_ && n > 0) return;
  if (n == 0) {
    release_from(head_);
    head_ = tail_ = nullptr;
    size_ = 0;
    return;
  }
  Block* block = head_;
  std::uint32_t left = n;
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): n <= size()
  while (left > static_cast<std::uint32_t>(block->end - block->begin)) {
    left -= static_cast<std::uint32_t>(block->end - block->begin);
    block = block->next;
  }
  const auto new_end = static_cast<std::uint16_t>(block->begin + left);
  std::memset(block->data + new_end, 0, static_cast<std::size_t>(block->end - new_end));
  block->end = new_end;
  release_from(std::exchange(block->next, nullptr));
  tail_ = block;
  size_ = n;
}

void Chain::rewind() {
  if (head_ == nullptr) return;
  release_from(std::exchange(head_->next, nullptr));
  std::memset(head_->data, 0, head_->end);
  head_->begin = head_->end = 0;
  tail_ = head_;
  size_ = 0;
}

void Chain::release_from(Block* block) {
  while (block != nullptr) {
    Block* next = block->next;
    pool_->give(block);
    block = next;
  }
}

std::size_t Chain::gather(std::uint32_t offset, std::span<Bytes> views) const {
  std::size_t count = 0;
  ChainView rest = view().skip(offset);
  while (count < views.size() && !rest.empty()) {
    views[count] = rest.front();
    rest = rest.skip(static_cast<std::uint32_t>(views[count].size()));
    ++count;
  }
  return count;
}

void copy_to(ChainView view, char* out) {
  for_each_run(view, [&out](Bytes run) {
    std::memcpy(out, run.data(), run.size());
    out += run.size();
    return true;
  });
}

}  // namespace m531x::mem
