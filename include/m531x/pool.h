// SPDX-License-Identifier: Apache-2.0
// Memory is lent: lines, headers, contents and queued output live in chains of blocks taken from a
// pool whose storage belongs to the owner of the modems. One pool may serve any number of modems
// of one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace m531x {

inline constexpr std::size_t kBlockBytes = 512;

struct alignas(8) Block {
  Block* next;
  std::uint16_t begin;  // first byte in use
  std::uint16_t end;    // one past the last byte in use
  static constexpr std::size_t kCapacity = kBlockBytes - sizeof(Block*) - 2 * sizeof(std::uint16_t);
  char data[kCapacity];
};
static_assert(sizeof(Block) == kBlockBytes);

// Who asks. The last `reserve_count` free blocks are kept for output, so that answers and reports
// get out, whatever hosts and servers have filled the pool with. A modem's own first block of
// output is taken when it is made and kept, so that an idle one can say ERROR when not even those
// are left.
enum class Use : std::uint8_t { storage, output };

class BlockPool {
 public:
  // As many as the longest report takes.
  static constexpr std::size_t kReserveCount = 8;

  // Borrows `storage` and `scratch`, which must outlive the pool and every modem on it. Blocks are
  // touched only when they are first taken, so that a large reserved mapping costs what is used of
  // it. `scratch` is where a command line that does not fit in one block is put together while it
  // is executed: a line that fits in neither is too long.
  explicit BlockPool(std::span<Block> storage, std::span<char> scratch = {},
                     std::size_t reserve_count = kReserveCount)
      : storage_(storage), scratch_(scratch), reserve_count_(reserve_count) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // Returns an empty block, or nullptr when none may be taken for `use`.
  [[nodiscard]] Block* take(Use use);
  // Takes a block back and wipes what was in it: it may have held a password or a key.
  void give(Block* block);

  [[nodiscard]] std::size_t free_count(Use use) const {
    const std::size_t free = storage_.size() - used_count_;
    if (use == Use::output) return free;
    return free > reserve_count_ ? free - reserve_count_ : 0;
  }
  [[nodiscard]] std::span<char> scratch() const { return scratch_; }
  [[nodiscard]] std::size_t used_count() const { return used_count_; }
  [[nodiscard]] std::size_t peak_count() const { return peak_count_; }

  // For tests: from the n-th take on (0 = the next) every take fails, until set again.
  void fail_after(std::size_t n) { takes_left_ = n; }
  static constexpr std::size_t kNeverFail = static_cast<std::size_t>(-1);

 private:
  std::span<Block> storage_;
  std::span<char> scratch_;
  std::size_t reserve_count_;
  std::size_t fresh_index_ = 0;  // storage_[fresh_index_...] has never been taken
  Block* free_ = nullptr;
  std::size_t used_count_ = 0;
  std::size_t peak_count_ = 0;
  std::size_t takes_left_ = kNeverFail;
};

}  // namespace m531x
