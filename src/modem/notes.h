// SPDX-License-Identifier: Apache-2.0
// Remarks for the trace: a short ring, of which the oldest is overwritten.
#pragma once

#include <array>
#include <optional>

#include "m531x/action.h"
#include "modem/parts.h"
#include "modem/stand_ins.h"

namespace m531x::modem {

class NoteRing {
 public:
  static constexpr std::size_t kCapacity = 8;

  void add(Note note) {
    ring_[(first_ + size_) % kCapacity] = {
        note.words.data(), static_cast<std::uint16_t>(note.words.size()), note.code, note.instance};
    if (size_ < kCapacity) {
      ++size_;
    } else {
      first_ = static_cast<std::uint8_t>((first_ + 1) % kCapacity);
    }
  }
  std::optional<Note> take() {
    if (size_ == 0) return std::nullopt;
    const Kept& kept = ring_[first_];
    const Note note{kept.instance, kept.code, {kept.words, kept.size}};
    first_ = static_cast<std::uint8_t>((first_ + 1) % kCapacity);
    --size_;
    return note;
  }

 private:
  // As small as a note can be: every modem has the ring.
  struct Kept {
    const char* words;
    std::uint16_t size;
    std::int16_t code;
    std::int8_t instance;
  };
  std::array<Kept, kCapacity> ring_{};
  std::uint8_t first_ = 0;
  std::uint8_t size_ = 0;
};

using Notes = Chosen<kHasRemarks, NoteRing, NoNotes>;

}  // namespace m531x::modem
