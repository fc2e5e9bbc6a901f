// SPDX-License-Identifier: Apache-2.0
// Bytes that pass in large pieces: they lie in a buffer that the loop lends, and in memory of their
// own once another has need of that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "m531x/bytes.h"

namespace m531x::port {

// So much is read or written at once, and at most so much waits.
inline constexpr std::size_t kBacklogBytes = 262'144;

class Backlog;

// One for each direction in a loop.
struct LentBuffer {
  std::array<char, kBacklogBytes> bytes;
  Backlog* holder = nullptr;
  bool turn_lasts = false;  // the holder's: until its end no other gets the buffer
};

class Backlog {
 public:
  Backlog() = default;
  Backlog(Backlog&& other) noexcept { *this = std::move(other); }
  Backlog& operator=(Backlog&& other) noexcept;
  ~Backlog() { clear(); }

  // What waits; valid until the next call that is not const, or another's of room().
  [[nodiscard]] Bytes view() const { return {data() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  // Whether it is in memory of its own.
  [[nodiscard]] bool is_kept() const { return kept_ != nullptr; }
  // Room behind what waits. Empty when there is none, when what waits is kept, or when another has
  // the buffer in its turn.
  [[nodiscard]] std::span<char> room(LentBuffer& buffer);
  // So much of that room has been filled.
  void add(std::size_t byte_count) { end_ += static_cast<std::uint32_t>(byte_count); }
  // Drops the first bytes; memory goes back with the last one.
  void consume(std::size_t byte_count);
  void clear();
  // From here on another may have the buffer: what waits is then kept.
  void end_turn();

 private:
  [[nodiscard]] const char* data() const {
    return kept_ ? kept_.get() : lent_ ? lent_->bytes.data() : nullptr;
  }
  void give_back();
  void keep();
  void move_to_the_front();

  LentBuffer* lent_ = nullptr;
  std::unique_ptr<char[]> kept_;  // NOLINT(*-avoid-c-arrays): of the size that is left
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
};

}  // namespace m531x::port
