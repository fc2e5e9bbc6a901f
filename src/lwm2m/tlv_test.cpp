// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/tlv.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::lwm2m {
namespace {

struct Limit {
  std::uint16_t id;
  std::size_t length;
  std::size_t header_bytes;
};
constexpr Limit kLimits[] = {{0, 0, 2},       {255, 7, 2},      {256, 7, 3},   {255, 8, 3},
                             {1, 255, 3},     {1, 256, 4},      {1, 65535, 4}, {1, 65536, 5},
                             {65535, 255, 4}, {65535, 65536, 6}};

TEST(Tlv, AHeaderIsAsShortAsCanBeAndReadBack) {
  for (const Limit& limit : kLimits) {
    for (unsigned type = 0; type < 4; ++type) {
      const auto header = tlv_header(static_cast<TlvType>(type), limit.id, limit.length);
      ASSERT_TRUE(header);
      EXPECT_EQ(header->view().size(), limit.header_bytes);
      const std::string bytes = std::string(header->view()) + std::string(limit.length, 'x');
      TlvReader reader(bytes);
      const auto entry = reader.next();
      ASSERT_TRUE(entry);
      EXPECT_EQ(entry->type, static_cast<TlvType>(type));
      EXPECT_EQ(entry->id, limit.id);
      EXPECT_EQ(entry->value.size(), limit.length);
      EXPECT_FALSE(reader.next());
      EXPECT_FALSE(reader.malformed());
    }
  }
}

TEST(Tlv, AValueHasAtMost24BitsOfLength) {
  EXPECT_TRUE(tlv_header(TlvType::resource, 1, kMaxTlvValueBytes));
  EXPECT_FALSE(tlv_header(TlvType::resource, 1, kMaxTlvValueBytes + 1));
}

TEST(Tlv, WhatIsCutShortAnywhereIsMalformed) {
  const std::string bytes =
      std::string(tlv_header(TlvType::resource, 5500, 9)->view()) + "123456789";
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    TlvReader reader(Bytes(bytes).substr(0, size));
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.malformed());
    EXPECT_FALSE(reader.next());
  }
}

TEST(Tlv, EntriesComeInOrder) {
  TlvReader reader(
      "\xc1\x01"
      "a"
      "\xe1\x15\x7c"
      "b");
  EXPECT_EQ(reader.next()->value, "a");
  EXPECT_EQ(reader.next()->id, 5500);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

}  // namespace
}  // namespace m531x::lwm2m
