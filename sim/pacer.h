// SPDX-License-Identifier: Apache-2.0
// How many bytes a line of some rate has had time for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "m531x/bytes.h"

namespace m531x::sim {

class Pacer {
 public:
  // `bits` of the line go for each byte. A rate of 0 is any: then everything is allowed at once.
  void set_rate(std::uint32_t bits_per_second, std::uint32_t bits);
  // Bytes wait, and the first begins to pass at `begin`, which may be later than now. Ignored while
  // bytes pass already.
  void begin(Millis begin);
  // No more bytes wait.
  void rest() { passes_ = false; }
  // How many bytes may be taken now. Those that are not taken in time are not made up for beyond
  // kMostLate.
  [[nodiscard]] std::size_t allowed(Millis now) const;
  // So many of the allowed bytes have been taken.
  void took(std::size_t byte_count, Millis now);
  // When the next byte will have passed; nullopt when none passes, or any may.
  [[nodiscard]] std::optional<Millis> next() const;

  // A timer that is late by no more than this costs no time on the line.
  static constexpr Millis kMostLate{100};

 private:
  [[nodiscard]] std::uint64_t passed(Millis now) const;

  std::uint64_t rate_ = 0;  // bits a second
  std::uint64_t bits_ = 10;
  bool passes_ = false;
  Millis begin_{0};
  std::uint64_t taken_ = 0;  // since begin_
};

}  // namespace m531x::sim
