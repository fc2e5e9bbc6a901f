// SPDX-License-Identifier: Apache-2.0
// A short text that is a plain value: no pointer, no heap, a fixed most.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "m531x/bytes.h"

namespace m531x {

// At most kMost bytes; what does not fit is cut off. Bytes behind the end are 0, so that equal
// texts are equal values.
template <std::size_t kMost>
class ShortText {
  static_assert(kMost <= 255);

 public:
  static constexpr std::size_t kCapacity = kMost;

  constexpr ShortText() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a text is written where one is wanted.
  constexpr ShortText(Bytes text) : size_(static_cast<std::uint8_t>(std::min(text.size(), kMost))) {
    std::copy_n(text.begin(), size_, data_.begin());
  }
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr ShortText(const char* text) : ShortText(Bytes(text)) {}

  [[nodiscard]] constexpr Bytes view() const { return {data_.data(), size_}; }
  // NOLINTNEXTLINE(google-explicit-constructor): wherever bytes are wanted, a text will do.
  constexpr operator Bytes() const { return view(); }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  constexpr bool operator==(const ShortText&) const = default;

 private:
  std::uint8_t size_ = 0;
  std::array<char, kMost> data_{};
};

}  // namespace m531x
