// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/value.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::lwm2m {
namespace {

using enum ValueType;

std::string bytes(ValueType type, Bytes text) {
  const auto found = scalar_bytes(type, text);
  return found ? std::string(found->view()) : "none";
}

std::string text(ValueType type, Bytes of) {
  const auto found = scalar_text(type, of);
  return found ? std::string(found->view()) : "none";
}

std::string raw(std::initializer_list<int> values) {
  std::string result;
  for (const int value : values) result += static_cast<char>(value);
  return result;
}

struct Pair {
  Bytes text;
  std::string bytes;
};

TEST(Value, AnIntegerHasTheFewestBytes) {
  const Pair kPairs[] = {
      {"0", raw({0})},
      {"-12", raw({0xf4})},
      {"127", raw({0x7f})},
      {"128", raw({0, 0x80})},
      {"-128", raw({0x80})},
      {"-129", raw({0xff, 0x7f})},
      {"32767", raw({0x7f, 0xff})},
      {"32768", raw({0, 0, 0x80, 0})},
      {"-32769", raw({0xff, 0xff, 0x7f, 0xff})},
      {"2147483647", raw({0x7f, 0xff, 0xff, 0xff})},
      {"2147483648", raw({0, 0, 0, 0, 0x80, 0, 0, 0})},
      {"9223372036854775807", raw({0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})},
      {"-9223372036854775808", raw({0x80, 0, 0, 0, 0, 0, 0, 0})},
  };
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(bytes(integer, pair.text), pair.bytes) << pair.text;
    EXPECT_EQ(text(integer, pair.bytes), pair.text);
  }
  for (const Bytes bad : {"", "-", "+1", "1.0", " 1", "1 ", "a", "9223372036854775808"}) {
    EXPECT_EQ(bytes(integer, bad), "none") << bad;
  }
  for (const std::size_t size : {0U, 3U, 5U, 7U, 9U}) {
    EXPECT_EQ(text(integer, std::string(size, '\1')), "none") << size;
  }
}

TEST(Value, AFloatingNumberHasFourBytesIfTheyHoldIt) {
  const Pair kPairs[] = {
      {"0", raw({0, 0, 0, 0})},
      {"1.5", raw({0x3f, 0xc0, 0, 0})},
      {"-12", raw({0xc1, 0x40, 0, 0})},
      {"0.1", raw({0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a})},
      {"23.456789", raw({0x40, 0x37, 0x74, 0xf0, 0x1f, 0xb8, 0x2c, 0x2c})},
  };
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(bytes(floating, pair.text), pair.bytes) << pair.text;
    EXPECT_EQ(text(floating, pair.bytes), pair.text);
  }
  for (const Bytes bad : {"", "-", ".", ".5", "5.", "1.2.3", "1e3", "nan", "+1", " 1"}) {
    EXPECT_EQ(bytes(floating, bad), "none") << bad;
  }
  EXPECT_EQ(bytes(floating, std::string(kMaxFloatDigits, '1')).size(), 8U);
  EXPECT_EQ(bytes(floating, std::string(kMaxFloatDigits + 1, '1')), "none");
}

TEST(Value, AFloatingNumberIsShownWithSixDigits) {
  EXPECT_EQ(text(floating, bytes(floating, "0.0000004")), "0");
  EXPECT_EQ(text(floating, bytes(floating, "-0.0000004")), "0");
  EXPECT_EQ(text(floating, bytes(floating, "0.0000005")), "0.000001");
  EXPECT_EQ(text(floating, bytes(floating, "-2.9999999")), "-3");
  EXPECT_EQ(text(floating, bytes(floating, "-999999999.123456")), "-999999999.123456");
  EXPECT_EQ(text(floating, bytes(floating, "1000000000.4")), "1000000000");
  EXPECT_EQ(text(floating, bytes(floating, "999999999999999")), "999999999999999");
  EXPECT_EQ(text(floating, bytes(floating, "1000000000000000")), "none");
  EXPECT_EQ(text(floating, raw({0x7f, 0x80, 0, 0})), "none");  // infinity
  EXPECT_EQ(text(floating, raw({0x7f, 0xc0, 0, 0})), "none");  // not a number
  EXPECT_EQ(text(floating, raw({1, 2, 3})), "none");
}

TEST(Value, ABooleanIsZeroOrOne) {
  EXPECT_EQ(bytes(boolean, "0"), raw({0}));
  EXPECT_EQ(bytes(boolean, "1"), raw({1}));
  EXPECT_EQ(text(boolean, raw({0})), "0");
  EXPECT_EQ(text(boolean, raw({1})), "1");
  for (const Bytes bad : {"", "2", "01", "true"}) EXPECT_EQ(bytes(boolean, bad), "none") << bad;
  EXPECT_EQ(text(boolean, raw({2})), "none");
  EXPECT_EQ(text(boolean, raw({0, 1})), "none");
}

TEST(Value, StringsAndOpaqueBytesAreNoScalars) {
  for (const ValueType type : {string, opaque}) {
    EXPECT_FALSE(is_scalar(type));
    EXPECT_EQ(bytes(type, "1"), "none");
    EXPECT_EQ(text(type, "1"), "none");
  }
  EXPECT_TRUE(is_value_type(1) && is_value_type(5));
  EXPECT_FALSE(is_value_type(0) || is_value_type(6));
}

}  // namespace
}  // namespace m531x::lwm2m
