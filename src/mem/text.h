// SPDX-License-Identifier: Apache-2.0
// A short text of bounded size that is put together on the stack, and cuts of views.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "m531x/bytes.h"

namespace m531x::mem {

// The first `n` bytes, all of them when there are fewer; and what follows them. In contrast to
// string_view::substr these cannot throw, so they drag nothing into a firmware.
constexpr Bytes first(Bytes bytes, std::size_t n) {
  return {bytes.data(), n < bytes.size() ? n : bytes.size()};
}
constexpr Bytes after(Bytes bytes, std::size_t n) {
  return n < bytes.size() ? Bytes(bytes.data() + n, bytes.size() - n) : Bytes();
}

// Holds up to kCapacity bytes, more than any line that the modem makes up; what does not fit is cut
// off.
class Text {
 public:
  static constexpr std::size_t kCapacity = 240;

  Text& add(Bytes bytes) {
    if (bytes.size() > kCapacity - size_) [[unlikely]]
      return add_what_fits(bytes);
    if (!bytes.empty()) std::memcpy(data_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
    return *this;
  }
  Text& add(char byte) {
    if (size_ < kCapacity) data_[size_++] = byte;
    return *this;
  }
  // In decimal.
  Text& add(std::int32_t number);
  Text& add(std::uint32_t number) {
    return number < 10 ? add(static_cast<char>('0' + number)) : add_digits(number);
  }
  Text& add(std::uint64_t number);
  // In so many upper-case hex digits, the lowest ones.
  Text& add_hex(std::uint32_t number, std::uint32_t digit_count);

  [[nodiscard]] Bytes view() const { return {data_.data(), size_}; }
  // NOLINTNEXTLINE(google-explicit-constructor): wherever bytes are wanted, a text will do.
  operator Bytes() const { return view(); }

 private:
  [[gnu::cold, gnu::noinline]] Text& add_what_fits(Bytes bytes);
  Text& add_digits(std::uint32_t number);

  static constexpr std::size_t kMaxDigits = 10;

  std::size_t size_ = 0;
  std::array<char, kCapacity + kMaxDigits> data_;  // so a number is written before it is cut off
};

}  // namespace m531x::mem
