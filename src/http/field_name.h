// SPDX-License-Identifier: Apache-2.0
// A field's name that is looked for, compared by words of eight bytes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "m531x/ascii.h"
#include "m531x/bytes.h"

namespace m531x::http {

// A name of 8 to 16 bytes has its first eight and its last eight compared, a longer one all
// between.
template <std::size_t kSize>
class FieldName {
  static constexpr std::size_t kWord = sizeof(std::uint64_t);
  static_assert(kSize >= kWord);

 public:
  // In small letters.
  // NOLINTNEXTLINE(google-explicit-constructor): names are written as plain text.
  consteval FieldName(const char (&text)[kSize + 1]) {
    for (std::size_t i = 0; i < kWords; ++i) {
      std::array<char, kWord> letters{};
      std::array<char, kWord> cases{};
      for (std::size_t j = 0; j < kWord; ++j) {
        letters[j] = text[place(i) + j];
        cases[j] = is_letter(letters[j]) ? kCaseBit : '\0';
      }
      letters_[i] = std::bit_cast<std::uint64_t>(letters);
      cases_[i] = std::bit_cast<std::uint64_t>(cases);
    }
  }

  static constexpr std::size_t size() { return kSize; }

  // `name` has this size.
  [[nodiscard]] bool is(const char* name) const {
    std::uint64_t differences = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, name + place(i), kWord);
      differences |= (word | cases_[i]) ^ letters_[i];
    }
    return differences == 0;
  }

 private:
  static constexpr std::size_t kWords = (kSize + kWord - 1) / kWord;
  static constexpr char kCaseBit = 0x20;
  static constexpr std::size_t place(std::size_t i) {
    return i + 1 < kWords ? i * kWord : kSize - kWord;
  }

  std::array<std::uint64_t, kWords> letters_{};
  std::array<std::uint64_t, kWords> cases_{};  // the bits that are set in small letters only
};
template <std::size_t kLiteral>
FieldName(const char (&)[kLiteral]) -> FieldName<kLiteral - 1>;

}  // namespace m531x::http
