// SPDX-License-Identifier: Apache-2.0
#include "fleet/variables.h"

#include <gtest/gtest.h>

namespace m531x::fleet {
namespace {

// Whether the last digit is the check digit of those before (ISO/IEC 7812-1 annex B).
bool is_checked(std::string_view digits) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const auto digit = static_cast<unsigned>(digits[digits.size() - 1 - i] - '0');
    const unsigned value = i % 2 == 1 ? 2 * digit : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

TEST(FleetVariables, AreReplaced) {
  const Identity identity;
  const Variables all{.identity = identity, .number = 7, .server = "http://a/", .path = "/b"};
  EXPECT_EQ(expand("${n} ${server}${path} ${imei} $n ${", all),
            "7 http://a//b " + std::string(identity.imei.view()) + " $n ${");
  EXPECT_EQ(unknown_variable("${n} ${nn} ${o}"), "nn");
  EXPECT_EQ(unknown_variable("${imsi} ${iccid}"), std::nullopt);
}

TEST(FleetVariables, IdentitiesCountUp) {
  EXPECT_EQ(counted_up("0998", 5), "1003");
  EXPECT_EQ(counted_up("99", 1), "00");
  const Identity first;
  EXPECT_EQ(identity_of(first, 0).imei, first.imei);
  const Identity other = identity_of(first, 12);
  EXPECT_EQ(other.imei.view(), "868663000000139");
  EXPECT_EQ(other.imsi.view(), "460040000000029");
  for (const std::size_t number : {1U, 9U, 10U, 9'999U}) {
    EXPECT_TRUE(is_checked(identity_of(first, number).imei.view())) << number;
    EXPECT_TRUE(is_checked(identity_of(first, number).iccid.view())) << number;
  }
}

}  // namespace
}  // namespace m531x::fleet
