// SPDX-License-Identifier: Apache-2.0
#include "mem/text.h"

#include <algorithm>
#include <bit>

namespace m531x::mem {
namespace {

// "00" to "99".
constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  }
  return pairs;
}();

constexpr std::array<std::uint32_t, 10> kPowersOfTen = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// A bit is log10(2) = 1233 / 4096 of a digit.
std::size_t digit_count(std::uint32_t number) {
  const auto least = static_cast<std::uint32_t>(std::bit_width(number)) * 1233 >> 12;
  return least + (number >= kPowersOfTen[least] ? 1 : 0);
}

}  // namespace

Text& Text::add_what_fits(Bytes bytes) { return add(first(bytes, kCapacity - size_)); }

Text& Text::add(std::int32_t number) {
  if (number >= 0) return add(static_cast<std::uint32_t>(number));
  return add('-').add(0U - static_cast<std::uint32_t>(number));
}

// Two digits at a time, from the last ones on.
Text& Text::add_digits(std::uint32_t number) {
  const std::size_t end = size_ + digit_count(number);
  char* at = data_.data() + end;
  for (; number >= 10; number /= 100) {
    at -= 2;
    std::memcpy(at, kPairs.data() + std::size_t{number % 100} * 2, 2);
  }
  if (at > data_.data() + size_) *--at = static_cast<char>('0' + number);
  size_ = std::min(end, kCapacity);
  return *this;
}

Text& Text::add(std::uint64_t number) {
  constexpr std::uint32_t kBillion = 1'000'000'000;
  if (number <= UINT32_MAX) return add(static_cast<std::uint32_t>(number));
  add(number / kBillion);
  auto rest = static_cast<std::uint32_t>(number % kBillion);
  for (std::uint32_t unit = kBillion / 10; unit > 0; rest %= unit, unit /= 10) {
    add(static_cast<char>('0' + rest / unit));
  }
  return *this;
}

Text& Text::add_hex(std::uint32_t number, std::uint32_t digit_count) {
  while (digit_count-- > 0) add("0123456789ABCDEF"[number >> 4 * digit_count & 15]);
  return *this;
}

}  // namespace m531x::mem
