// SPDX-License-Identifier: Apache-2.0
// The name of a command (V.250 5.4.1): of a fixed size, so that names are compared and hashed by
// words.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace m531x::at {

class Name {
 public:
  static constexpr std::size_t kCapacity = 24;

  constexpr Name() = default;
  // At most kCapacity bytes, none of them NUL; longer text does not compile.
  // NOLINTNEXTLINE(google-explicit-constructor): rows are written with plain text.
  constexpr Name(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) bytes_[i] = text[i];
  }
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr Name(const char* text) : Name(std::string_view(text)) {}

  // Where the bytes go while a name is read; what is not used stays NUL.
  [[nodiscard]] constexpr char* data() { return bytes_.data(); }

  [[nodiscard]] constexpr std::string_view view() const {
    std::size_t size = 0;
    while (size < kCapacity && bytes_[size] != '\0') ++size;
    return {bytes_.data(), size};
  }
  // NOLINTNEXTLINE(google-explicit-constructor): wherever text is wanted, a name will do.
  constexpr operator std::string_view() const { return view(); }

  [[nodiscard]] constexpr bool operator==(const Name& other) const {
    const Words mine = words();
    const Words theirs = other.words();
    return mine[0] == theirs[0] && mine[1] == theirs[1] && mine[2] == theirs[2];
  }
  // Spreads names over an index.
  [[nodiscard]] constexpr std::uint32_t hash() const {
    const auto [first, second, third] = words();
    return static_cast<std::uint32_t>(
        (first ^ (second + third) * 0x9e3779b97f4a7c15U) * 0xd6e8feb86659fd93U >> 32);
  }

 private:
  using Words = std::array<std::uint64_t, 3>;
  [[nodiscard]] constexpr Words words() const {
    if (std::is_constant_evaluated()) return std::bit_cast<Words>(bytes_);
    Words words;
    std::memcpy(words.data(), bytes_.data(), sizeof words);
    return words;
  }

  alignas(std::uint64_t) std::array<char, kCapacity> bytes_{};
};

}  // namespace m531x::at
