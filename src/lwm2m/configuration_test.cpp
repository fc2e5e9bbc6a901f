// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/configuration.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::lwm2m {
namespace {

std::string number(std::size_t n) {
  return {static_cast<char>(n >> 8U), static_cast<char>(n & 0xffU)};
}
std::string text(const std::string& bytes) { return number(bytes.size()) + bytes; }
std::string section(char tag, const std::string& bytes) {
  return tag + number(bytes.size() + 3) + bytes;
}

struct Parts {
  char first = '\x13';
  std::string init = section('\xf1', "");
  std::string fixed = std::string("\x04\x00\x11\x00", 4);
  std::string apn{}, user{}, password{};
  std::string server = "183.230.40.39:5683";
  std::string user_data{};
  std::string tail{};  // of the net section
  std::string system = section('\xf3', std::string("\xc8\x00\x00\x00\x00", 5));

  [[nodiscard]] std::string bytes() const {
    const std::string sections = init +
                                 section('\xf2', fixed + text(apn) + text(user) + text(password) +
                                                     text(server) + text(user_data) + tail) +
                                 system;
    return first + number(sections.size() + 3) + sections;
  }
};

TEST(Configuration, TheLayoutOfTheFamily) {
  const std::string bytes = Parts().bytes();
  EXPECT_EQ(bytes.size(), 49U);
  const auto config = parse_configuration(bytes);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->server, "183.230.40.39:5683");
  EXPECT_FALSE(config->bootstraps);
  EXPECT_EQ(config->auth_code, "");
  EXPECT_EQ(config->key, "");
}

TEST(Configuration, BootstrapIsOneBit) {
  for (unsigned value = 0; value < 256; ++value) {
    Parts parts;
    parts.fixed[3] = static_cast<char>(value);
    const auto config = parse_configuration(parts.bytes());
    ASSERT_TRUE(config) << value;
    EXPECT_EQ(config->bootstraps, value >= 128) << value;
  }
}

TEST(Configuration, UserData) {
  const auto parse = [](const std::string& user_data) {
    Parts parts;
    parts.user_data = user_data;
    const std::string bytes = parts.bytes();
    const auto config = parse_configuration(bytes);
    EXPECT_TRUE(config) << user_data;
    return std::pair(std::string(config->auth_code), std::string(config->key));
  };
  using Both = std::pair<std::string, std::string>;
  EXPECT_EQ(parse("AuthCode:abc;PSK:k;"), Both("abc", "k"));
  EXPECT_EQ(parse("PSK:k"), Both("", "k")) << "the last semicolon may be missing";
  EXPECT_EQ(parse("PSK:k;AuthCode:abc"), Both("abc", "k")) << "in any order";
  EXPECT_EQ(parse("AuthCode:;PSK:;"), Both("", ""));
  EXPECT_EQ(parse("Other:1;;PSK:a:b;"), Both("", "a:b")) << "what is not known is passed over";
  EXPECT_EQ(parse("psk:k;"), Both("", ""));
}

TEST(Configuration, NetworksTextsArePassedOver) {
  Parts parts;
  parts.apn = "cmnbiot";
  parts.user = "user";
  parts.password = std::string(300, 'p');
  const std::string bytes = parts.bytes();
  const auto config = parse_configuration(bytes);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->server, "183.230.40.39:5683");
}

// Nothing that is cut short, and nothing behind the end, is taken for a configuration.
TEST(Configuration, CutAtEachLength) {
  Parts parts;
  parts.user_data = "AuthCode:abc;PSK:k;";
  const std::string bytes = parts.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string cut = bytes.substr(0, size);
    EXPECT_FALSE(parse_configuration(cut)) << size;
    if (size >= 3) cut.replace(1, 2, number(size));
    EXPECT_FALSE(parse_configuration(cut)) << size << ", with the length that it has";
  }
  EXPECT_FALSE(parse_configuration(bytes + '\0'));
  std::string longer = bytes + '\0';
  longer.replace(1, 2, number(longer.size()));
  EXPECT_FALSE(parse_configuration(longer));
}

// Each byte of the frame counts: no other value in its place is the same configuration's frame.
TEST(Configuration, EachByteOfTheFrame) {
  const std::string bytes = Parts().bytes();
  constexpr std::size_t kInitAt = 3;
  constexpr std::size_t kNetAt = 6;
  constexpr std::size_t kTextsAt = kNetAt + 3 + 4;
  constexpr std::size_t kServerAt = kTextsAt + 6;
  constexpr std::size_t kSystemAt = 49 - 8;
  const auto is_frame = [](std::size_t i) {
    return i < kNetAt + 3 || (i >= kTextsAt && i < kServerAt + 2) ||
           (i >= kSystemAt - 2 && i < kSystemAt + 3);
  };
  static_assert(kInitAt < kNetAt);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned flip = 1; flip < 256; ++flip) {
      std::string other = bytes;
      other[i] = static_cast<char>(static_cast<unsigned char>(other[i]) ^ flip);
      EXPECT_EQ(parse_configuration(other).has_value(), !is_frame(i)) << i << " ^ " << flip;
    }
  }
}

TEST(Configuration, SectionsInTheirOrder) {
  Parts parts;
  std::swap(parts.init, parts.system);
  EXPECT_FALSE(parse_configuration(parts.bytes()));
  Parts two;
  two.system.clear();
  EXPECT_FALSE(parse_configuration(two.bytes()));
  Parts four;
  four.system += section('\xf4', "");
  EXPECT_FALSE(parse_configuration(four.bytes()));
  Parts tail;
  tail.tail = text("");
  EXPECT_FALSE(parse_configuration(tail.bytes())) << "a sixth text";
  Parts version;
  version.first = '\x23';
  EXPECT_FALSE(parse_configuration(version.bytes()));
}

}  // namespace
}  // namespace m531x::lwm2m
