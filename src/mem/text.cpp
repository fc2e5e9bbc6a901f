// SPDX-License-Identifier: Apache-2.0
#include "mem/text.h"

namespace m531x::mem {

Text& Text::add_what_fits(Bytes bytes) { return add(first(bytes, kCapacity - size_)); }

Text& Text::add(std::int32_t number) {
  if (number >= 0) return add(static_cast<std::uint32_t>(number));
  return add('-').add(0U - static_cast<std::uint32_t>(number));
}

Text& Text::add_digits(std::uint32_t number) {
  std::array<char, 10> digits;
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return add(Bytes(digits.data() + at, digits.size() - at));
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
