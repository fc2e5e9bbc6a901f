// SPDX-License-Identifier: Apache-2.0
// A short text of bounded size that is put together on the stack.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "m531x/bytes.h"

namespace m531x::mem {

// Holds up to N bytes; what does not fit is cut off, so N is the sum of what a caller puts in.
template <std::size_t N>
class Text {
 public:
  Text& add(Bytes bytes) {
    const std::size_t step = bytes.size() < N - size_ ? bytes.size() : N - size_;
    std::memcpy(data_.data() + size_, bytes.data(), step);
    size_ += step;
    return *this;
  }
  Text& add(char byte) { return add(Bytes(&byte, 1)); }
  // In decimal.
  Text& add(std::int32_t number) {
    if (number < 0) add('-');
    return add(number < 0 ? 0U - static_cast<std::uint32_t>(number)
                          : static_cast<std::uint32_t>(number));
  }
  Text& add(std::uint32_t number) { return add_digits<10>(number); }
  Text& add(std::uint64_t number) { return add_digits<20>(number); }

  [[nodiscard]] Bytes view() const { return {data_.data(), size_}; }
  operator Bytes() const { return view(); }

 private:
  template <std::size_t kMostDigits, typename Number>
  Text& add_digits(Number number) {
    std::array<char, kMostDigits> digits;
    std::size_t at = digits.size();
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return add(Bytes(digits.data() + at, digits.size() - at));
  }

  std::array<char, N> data_;
  std::size_t size_ = 0;
};

}  // namespace m531x::mem
