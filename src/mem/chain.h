// SPDX-License-Identifier: Apache-2.0
// Byte sequences in chains of pool blocks: a queue that owns them, a view into one, and a reader.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "m531x/bytes.h"
#include "m531x/pool.h"

namespace m531x::mem {

// A run of bytes inside a chain. Valid while the chain is neither consumed past its start nor
// cleared; appending to the chain keeps it valid.
struct ChainView {
  const Block* block = nullptr;
  std::uint32_t offset = 0;  // of the first byte in block->data
  std::uint32_t size = 0;

  // The bytes that lie in one piece at the start; empty only when the view is.
  [[nodiscard]] Bytes front() const;
  // The view without its first `n` bytes, n <= size.
  [[nodiscard]] ChainView skip(std::uint32_t n) const;
  [[nodiscard]] ChainView first(std::uint32_t n) const { return {block, offset, n}; }
  [[nodiscard]] bool empty() const { return size == 0; }
};

// Calls `visit(Bytes)` for each contiguous run of the view; stops when it returns false.
template <typename Visit>
bool for_each_run(ChainView view, Visit&& visit) {
  while (!view.empty()) {
    const Bytes run = view.front();
    if (!visit(run)) return false;
    view = view.skip(static_cast<std::uint32_t>(run.size()));
  }
  return true;
}

// Reads a view byte by byte.
class Reader {
 public:
  explicit Reader(ChainView view) : rest_(view) { refill(); }

  static constexpr int kEnd = -1;
  // The next byte as 0 ... 255, or kEnd.
  [[nodiscard]] int peek() const { return at_ == end_ ? kEnd : static_cast<unsigned char>(*at_); }
  int get() {
    if (at_ == end_) return kEnd;
    const int byte = static_cast<unsigned char>(*at_++);
    if (at_ == end_) next_run();
    return byte;
  }
  // The bytes in one piece from here on, and the step over `n` of them.
  [[nodiscard]] Bytes run() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  void skip(std::size_t n) {
    at_ += n;
    if (at_ == end_) next_run();
  }
  // What has not been read.
  [[nodiscard]] ChainView rest() const;
  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  void refill();
  void next_run();
  ChainView rest_;  // from the start of the current run on
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

// Owns blocks; grows at the back, shrinks at the front. Move-only.
class Chain {
 public:
  explicit Chain(BlockPool& pool, Use use = Use::storage) : pool_(&pool), use_(use) {}
  Chain(Chain&& other) noexcept;
  Chain& operator=(Chain&& other) noexcept;
  ~Chain() { clear(); }

  // Appends all bytes, or, when the pool has too few blocks, none: then false.
  [[nodiscard]] bool append(Bytes bytes) {
    if (tail_ != nullptr && bytes.size() <= Block::kCapacity - tail_->end) {
      copy_into_tail(bytes);
      return true;
    }
    return append_slow(bytes);
  }
  [[nodiscard]] bool append(ChainView view);
  [[nodiscard]] bool append_byte(char byte) { return append(Bytes(&byte, 1)); }
  // Appends the other chain's blocks, which must be of the same pool; it is empty afterwards.
  void splice(Chain&& other);
  // Drops the first n bytes, n <= size(). Blocks that become empty go back to the pool.
  void consume(std::uint32_t n);
  // Drops all but the first n bytes, n <= size().
  void truncate(std::uint32_t n);
  void clear() { truncate(0); }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ChainView view() const {
    return {head_, head_ == nullptr ? 0U : head_->begin, size_};
  }
  [[nodiscard]] BlockPool& pool() const { return *pool_; }

  // Fills `views` with the contiguous runs from byte `offset` on; returns how many it filled.
  std::size_t gather(std::uint32_t offset, std::span<Bytes> views) const;

 private:
  void copy_into_tail(Bytes bytes);
  bool append_slow(Bytes bytes);
  void release_from(Block* block);

  BlockPool* pool_;
  Block* head_ = nullptr;
  Block* tail_ = nullptr;
  std::uint32_t size_ = 0;
  Use use_;
};

// Undoes what was appended to a chain since construction, unless keep() was called.
class Rollback {
 public:
  explicit Rollback(Chain& chain) : chain_(chain), size_(chain.size()) {}
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;
  ~Rollback() {
    if (!kept_) chain_.truncate(size_);
  }
  void keep() { kept_ = true; }

 private:
  Chain& chain_;
  std::uint32_t size_;
  bool kept_ = false;
};

// Copies a view to `out`, which has room for it.
void copy_to(ChainView view, char* out);

}  // namespace m531x::mem
