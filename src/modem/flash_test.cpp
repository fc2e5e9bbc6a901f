// SPDX-License-Identifier: Apache-2.0
#include "m531x/flash.h"

#include <gtest/gtest.h>

namespace m531x {
namespace {

Flash used() {
  Flash flash;
  flash.has_profile = true;
  flash.profile.echo = true;
  flash.profile.error_numbers = 2;
  flash.profile.rate = 460'800;
  flash.profile.framing = {6, 3};
  flash.baud = 57'600;
  flash.functionality = 4;
  flash.config = 0x0105;
  flash.sleep_locked = true;
  flash.operator_mode = 2;
  flash.bands = {8, 5, 85};
  flash.dual_mode = {0, 1};
  flash.rat_priority = 4;
  flash.power_saving = {true, "11100000", "00000101"};
  flash.edrx = {2, "0010", "0011"};
  flash.contexts = {PdpContext{0, 3, "a.very.long.access.point.name.32"}, PdpContext{7, 1, ""}};
  flash.name_servers = {"255.255.255.255", "1.1.1.1"};
  return flash;
}

TEST(Flash, ComesBackAsItWas) {
  for (const Flash& flash : {Flash(), used()}) {
    Flash read = used();
    read.baud = 1;
    ASSERT_TRUE(decode(encode(flash), read));
    EXPECT_EQ(read, flash);
  }
}

TEST(Flash, AnyDamagedByteIsFoundAndChangesNothing) {
  const FlashImage good = encode(used());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      FlashImage image = good;
      image[at] = static_cast<char>(image[at] ^ (1 << bit));
      Flash read;
      EXPECT_FALSE(decode(image, read)) << "byte " << at << ", bit " << bit;
      EXPECT_EQ(read, Flash());
    }
  }
}

TEST(Flash, AnyOtherLengthIsRefused) {
  const FlashImage image = encode(used());
  std::array<char, kFlashImageBytes + 1> longer{};
  std::ranges::copy(image, longer.begin());
  for (std::size_t size = 0; size <= longer.size(); ++size) {
    Flash read;
    EXPECT_EQ(decode(std::span(longer).first(size), read), size == kFlashImageBytes) << size;
  }
}

// A value of which no command knows the meaning, under a good check sum.
TEST(Flash, ValuesOutOfRangeAreRefused) {
  Flash flash = used();
  flash.functionality = 5;
  Flash read;
  EXPECT_FALSE(decode(encode(flash), read));
  flash = used();
  flash.profile.characters.editing = static_cast<char>(0x80);
  EXPECT_FALSE(decode(encode(flash), read));
  EXPECT_EQ(read, Flash());
}

}  // namespace
}  // namespace m531x
