// SPDX-License-Identifier: Apache-2.0
#include "app/mask_lwm2m.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::app {
namespace {

using namespace std::string_literals;

std::string hidden(std::string bytes, void (*hide)(std::span<char>)) {
  hide(bytes);
  return bytes;
}

const std::string kConfig =
    "\x13\x00\x4c\xf1\x00\x03\xf2\x00\x3e\x04\x00\x11\x80\x00\x03"
    "apn\x00\x01u\x00\x02pw\x00\x09"
    "a.b:56841\x00\x1e"
    "AuthCode:abc;PSK:secret;X:y;12\xf3\x00\x08\xc8\x00\x00\x00\x00"s;

TEST(MaskLwm2m, AConfigurationKeepsItsFrameAndItsServer) {
  ASSERT_EQ(kConfig.size(), 0x4cU);
  const std::string masked = hidden(kConfig, hide_configuration);
  EXPECT_EQ(masked,
            "\x13\x00\x4c\xf1\x00\x03\xf2\x00\x3e\x04\x00\x11\x80\x00\x03"
            "***\x00\x01*\x00\x02**\x00\x09"
            "a.b:56841\x00\x1e"
            "AuthCode:***;PSK:******;X:y;12\xf3\x00\x08\xc8\x00\x00\x00\x00"s);
}

TEST(MaskLwm2m, WhatIsNoConfigurationIsHidden) {
  for (std::size_t size = 0; size < kConfig.size(); ++size) {
    const std::string masked = hidden(kConfig.substr(0, size), hide_configuration);
    EXPECT_EQ(masked, size == 0 ? "" : "\x13" + std::string(size - 1, '*')) << size;
  }
}

const std::string kAccount =
    "\xc8\x00\x10"
    "coap://127.0.0.1\xc1\x01\x00\xc1\x02\x00\xc2\x03me\xc3\x05key"s;

TEST(MaskLwm2m, AnAccountKeepsItsUriAndItsMode) {
  const std::string masked =
      "\xc8\x00\x10"
      "coap://127.0.0.1\xc1\x01\x00\xc1\x02\x00\xc2\x03**\xc3\x05***"s;
  EXPECT_EQ(hidden(kAccount, hide_account), masked);
  const std::string head = "\x08\x01"s + static_cast<char>(kAccount.size());
  EXPECT_EQ(hidden(head + kAccount, hide_account), head + masked) << "in its instance";
}

TEST(MaskLwm2m, AnAccountThatIsCutShowsNoKey) {
  for (std::size_t size = 0; size <= kAccount.size(); ++size) {
    const std::string masked = hidden(kAccount.substr(0, size), hide_account);
    EXPECT_EQ(masked.size(), size);
    EXPECT_EQ(masked.find("me"), std::string::npos) << size;
    EXPECT_EQ(masked.find('k'), std::string::npos) << size;
  }
}

TEST(MaskLwm2m, ARequestOfObjectZeroShowsAnAccountAtMost) {
  const auto shown = [](Bytes path, ContentFormat format, std::string query, std::string payload) {
    CoapMessage head = {.id = 1, .code = kCoapPut, .format = format};
    head.path = path;
    hide_security(head, query, payload);
    return query + " " + payload;
  };
  const std::string masked = hidden(kAccount, hide_account);
  const std::string nothing(kAccount.size(), '*');
  EXPECT_EQ(shown("0/0", ContentFormat::tlv, "key=a", kAccount), "***** " + masked);
  EXPECT_EQ(shown("0", ContentFormat::none, "", kAccount), " " + masked);
  EXPECT_EQ(shown("0/0", ContentFormat::text, "", kAccount), " " + nothing);
  EXPECT_EQ(shown("0/0/5", ContentFormat::tlv, "", kAccount), " " + nothing);
  EXPECT_EQ(shown("00/0", ContentFormat::tlv, "", kAccount), " " + nothing);
}

}  // namespace
}  // namespace m531x::app
