// SPDX-License-Identifier: Apache-2.0
// Byte sequences in chains of pool blocks: a queue that owns them, a view into one, and a reader.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "m531x/bytes.h"
#include "m531x/pool.h"

namespace m531x::mem {

// A run of bytes inside a chain. Valid while the chain is neither consumed past its start nor
// cleared; appending to the chain keeps it valid.
struct ChainView {
  const Block* block;
  std::uint32_t offset;  // of the first byte in block->data
  std::uint32_t size;

  // The bytes that lie in one piece at the start; empty only when the view is.
  [[nodiscard]] Bytes front() const {
    if (size == 0) return {};
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a view that is not empty has a block.
    const std::uint32_t here = block->end - offset;
    return {block->data + offset, here < size ? here : size};
  }
  // The view without its first `n` bytes, n <= size.
  [[nodiscard]] ChainView skip(std::uint32_t n) const;
  [[nodiscard]] ChainView first(std::uint32_t n) const { return {block, offset, n}; }
  [[nodiscard]] bool empty() const { return size == 0; }
};

// Calls `visit(Bytes)` for each contiguous run of the view; stops when it returns false.
template <typename Visit>
bool for_each_run(ChainView view, Visit&& visit) {
  while (true) {
    const Bytes run = view.front();
    if (!run.empty() && !visit(run)) return false;
    if (run.size() == view.size) return true;
    view = view.skip(static_cast<std::uint32_t>(run.size()));
  }
}

// Reads a view byte by byte.
class Reader {
 public:
  explicit Reader(ChainView view) : block_(view.block) {
    const Bytes run = view.front();
    at_ = run.data();
    end_ = run.data() + run.size();
    beyond_ = view.size - static_cast<std::uint32_t>(run.size());
  }

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
  [[nodiscard]] ChainView rest() const {
    if (at_ == end_) return {};
    return {block_, static_cast<std::uint32_t>(at_ - block_->data),
            static_cast<std::uint32_t>(end_ - at_) + beyond_};
  }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  void next_run();

  const Block* block_;
  const char* at_;
  const char* end_;
  std::uint32_t beyond_;  // bytes of the view behind this run
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
    if (bytes.size() > room() && (head_ != nullptr || bytes.size() > Block::kCapacity || !grow())) {
      return append_slow(bytes);
    }
    copy_into_tail(bytes);
    return true;
  }
  [[nodiscard]] bool append(ChainView view);
  // The same for a few bytes, where there is room most of the time.
  template <std::size_t kSize>
  [[nodiscard]] bool append(const std::array<char, kSize>& bytes) {
    if (kSize > room()) [[unlikely]]
      return append_slow(Bytes(bytes.data(), kSize));
    std::memcpy(tail_->data + tail_->end, bytes.data(), kSize);
    tail_->end = static_cast<std::uint16_t>(tail_->end + kSize);
    size_ += static_cast<std::uint32_t>(kSize);
    return true;
  }
  [[nodiscard]] bool append_byte(char byte) { return append(Bytes(&byte, 1)); }
  // Appends the other chain's blocks, which must be of the same pool; it is empty afterwards.
  void splice(Chain&& other) {
    if (!other.empty()) splice_blocks(other);
  }
  // Drops the first n bytes, n <= size(). Blocks that become empty go back to the pool.
  void consume(std::uint32_t n) {
    if (head_ != nullptr && n < size_ &&
        n < head_->end - static_cast<std::uint32_t>(head_->begin)) {
      head_->begin = static_cast<std::uint16_t>(head_->begin + n);
      size_ -= n;
    } else {
      consume_blocks(n);
    }
  }
  // Drops all but the first n bytes, n <= size().
  void truncate(std::uint32_t n);
  void clear() {
    if (head_ != nullptr) truncate(0);
  }
  // clear(), but the first block is kept for what comes next.
  void rewind();
  // Takes the first block before it is needed, if the pool has one.
  void prime() {
    if (head_ == nullptr) static_cast<void>(grow());
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] ChainView view() const {
    return {head_, head_ == nullptr ? 0U : head_->begin, size_};
  }
  [[nodiscard]] BlockPool& pool() const { return *pool_; }
  // How many bytes fit without another block.
  [[nodiscard]] std::size_t room() const {
    return tail_ == nullptr ? 0 : Block::kCapacity - tail_->end;
  }

  // Fills `views` with the contiguous runs from byte `offset` on; returns how many it filled.
  std::size_t gather(std::uint32_t offset, std::span<Bytes> views) const;

 private:
  void splice_blocks(Chain& other);
  void consume_blocks(std::uint32_t n);
  void copy_into_tail(Bytes bytes) {
    if (bytes.empty()) return;
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): where there is room there is a block.
    std::memcpy(tail_->data + tail_->end, bytes.data(), bytes.size());
    tail_->end = static_cast<std::uint16_t>(tail_->end + bytes.size());
    size_ += static_cast<std::uint32_t>(bytes.size());
  }
  bool append_slow(Bytes bytes);
  bool grow();
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

// The bytes of a view in one piece: where they are, or copied to `scratch`, which has room for
// them.
[[nodiscard]] inline Bytes in_one_piece(ChainView view, std::span<char> scratch) {
  const Bytes front = view.front();
  if (front.size() == view.size) return front;
  copy_to(view, scratch.data());
  return {scratch.data(), view.size};
}

}  // namespace m531x::mem
