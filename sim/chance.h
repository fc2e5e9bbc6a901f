// SPDX-License-Identifier: Apache-2.0
// Numbers that look like chance and are the same for the same seed on every machine (an xorshift
// generator; the standard library's distributions differ from one to the next).
#pragma once

#include <cstdint>

namespace m531x::sim {

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15U + 1) {
    for (int i = 0; i < kWarmUp; ++i) next();
  }
  // 0 ... `most`, each alike.
  std::uint32_t up_to(std::uint32_t most) {
    return static_cast<std::uint32_t>((next() >> kLowBits) % (std::uint64_t{most} + 1));
  }

 private:
  static constexpr int kWarmUp = 8;
  static constexpr int kLowBits = 20;  // which are the weakest
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

  std::uint64_t state_;
};

}  // namespace m531x::sim
