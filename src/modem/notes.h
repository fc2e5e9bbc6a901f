// SPDX-License-Identifier: Apache-2.0
// Remarks for the trace: a short ring, of which the oldest is overwritten.
#pragma once

#include <array>
#include <optional>

#include "m531x/action.h"

namespace m531x::modem {

class Notes {
 public:
  static constexpr std::size_t kCapacity = 8;

  void add(Note note) {
    ring_[(first_ + size_) % kCapacity] = note;
    if (size_ < kCapacity) {
      ++size_;
    } else {
      first_ = (first_ + 1) % kCapacity;
    }
  }
  std::optional<Note> take() {
    if (size_ == 0) return std::nullopt;
    const Note note = ring_[first_];
    first_ = (first_ + 1) % kCapacity;
    --size_;
    return note;
  }

 private:
  std::array<Note, kCapacity> ring_{};
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace m531x::modem
