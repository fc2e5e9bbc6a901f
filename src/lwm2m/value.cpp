// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/value.h"

#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "m531x/ascii.h"

namespace m531x::lwm2m {
namespace {

constexpr std::size_t kDoubleBytes = sizeof(double);
constexpr std::size_t kFloatBytes = sizeof(float);

ScalarBytes in_network_order(std::uint64_t bits, std::size_t size) {
  std::array<char, kMaxScalarBytes> bytes{};
  for (std::size_t i = size; i-- > 0; bits >>= 8U) bytes[i] = static_cast<char>(bits & 0xffU);
  return Bytes(bytes.data(), size);
}

std::uint64_t bits_of(Bytes bytes) {
  std::uint64_t bits = 0;
  for (const char byte : bytes) bits = bits << 8U | static_cast<unsigned char>(byte);
  return bits;
}

template <typename Narrow>
bool fits(std::int64_t number) {
  return number >= std::numeric_limits<Narrow>::min() &&
         number <= std::numeric_limits<Narrow>::max();
}

std::optional<std::int64_t> parse_integer(Bytes text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || at != end) return std::nullopt;
  return number;
}

// Both steps are exact up to 15 digits; the division rounds once.
std::optional<double> parse_floating(Bytes text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::uint64_t digits = 0;
  double scale = 1;
  std::size_t count = 0;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.' && !fraction && count > 0) {
      fraction = true;
      continue;
    }
    if (!is_digit(c) || ++count > kMaxFloatDigits) return std::nullopt;
    digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
    if (fraction) scale *= 10;
  }
  if (count == 0 || text.back() == '.') return std::nullopt;
  const double number = static_cast<double>(digits) / scale;
  return negative ? -number : number;
}

ScalarBytes bytes_of(std::int64_t number) {
  const std::size_t size = fits<std::int8_t>(number)    ? 1
                           : fits<std::int16_t>(number) ? 2
                           : fits<std::int32_t>(number) ? 4
                                                        : 8;
  return in_network_order(static_cast<std::uint64_t>(number), size);
}

std::optional<std::int64_t> integer_of(Bytes bytes) {
  const std::uint64_t bits = bits_of(bytes);
  switch (bytes.size()) {
    case 1:
      return static_cast<std::int8_t>(bits);
    case 2:
      return static_cast<std::int16_t>(bits);
    case 4:
      return static_cast<std::int32_t>(bits);
    case 8:
      return static_cast<std::int64_t>(bits);
    default:
      return std::nullopt;
  }
}

std::optional<double> floating_of(Bytes bytes) {
  if (bytes.size() == kFloatBytes) {
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits_of(bytes))));
  }
  if (bytes.size() != kDoubleBytes) return std::nullopt;
  return std::bit_cast<double>(bits_of(bytes));
}

// The fraction in millionths, rounded to the nearest, which six digits show whole; or in none.
std::optional<ScalarText> text_of(double number) {
  constexpr std::uint64_t kOne = 1'000'000;
  constexpr std::size_t kFractionDigits = 6;
  const double size = number < 0 ? -number : number;
  if (!(size < kMaxFloat)) return std::nullopt;
  const std::uint64_t parts = size < kMaxFraction ? kOne : 1;
  auto whole = static_cast<std::uint64_t>(size);
  const double scaled = (size - static_cast<double>(whole)) * static_cast<double>(parts);
  auto fraction = static_cast<std::uint64_t>(scaled);
  if (scaled - static_cast<double>(fraction) >= 0.5) ++fraction;
  if (fraction == parts) {
    ++whole;
    fraction = 0;
  }
  std::array<char, kMaxScalarText> text;
  char* end = text.data();
  if (number < 0 && (whole > 0 || fraction > 0)) *end++ = '-';
  end = std::to_chars(end, text.data() + text.size(), whole).ptr;
  if (fraction > 0) {
    *end++ = '.';
    for (std::size_t i = kFractionDigits; i-- > 0; fraction /= 10) {
      end[i] = static_cast<char>('0' + fraction % 10);
    }
    end += kFractionDigits;
    while (end[-1] == '0') --end;
  }
  return Bytes(text.data(), static_cast<std::size_t>(end - text.data()));
}

ScalarText text_of(std::int64_t number) {
  std::array<char, kMaxScalarText> text;
  const char* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return Bytes(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

ScalarBytes floating_bytes(double number) {
  constexpr double kMost = std::numeric_limits<float>::max();
  if (number >= -kMost && number <= kMost) {
    const auto narrow = static_cast<float>(number);
    if (static_cast<double>(narrow) == number) {
      return in_network_order(std::bit_cast<std::uint32_t>(narrow), kFloatBytes);
    }
  }
  return in_network_order(std::bit_cast<std::uint64_t>(number), kDoubleBytes);
}

std::optional<ScalarBytes> scalar_bytes(ValueType type, Bytes text) {
  switch (type) {
    case ValueType::integer:
      if (const auto number = parse_integer(text)) return bytes_of(*number);
      break;
    case ValueType::floating:
      if (const auto number = parse_floating(text)) return floating_bytes(*number);
      break;
    case ValueType::boolean:
      if (text == "0" || text == "1") return in_network_order(text == "1" ? 1 : 0, 1);
      break;
    case ValueType::string:
    case ValueType::opaque:
      break;
  }
  return std::nullopt;
}

std::optional<ScalarText> scalar_text(ValueType type, Bytes bytes) {
  switch (type) {
    case ValueType::integer:
      if (const auto number = integer_of(bytes)) return text_of(*number);
      break;
    case ValueType::floating:
      if (const auto number = floating_of(bytes)) return text_of(*number);
      break;
    case ValueType::boolean:
      if (bytes.size() == 1 && bits_of(bytes) <= 1)
        return ScalarText(bits_of(bytes) == 1 ? "1" : "0");
      break;
    case ValueType::string:
    case ValueType::opaque:
      break;
  }
  return std::nullopt;
}

}  // namespace m531x::lwm2m
