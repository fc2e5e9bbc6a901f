// SPDX-License-Identifier: Apache-2.0
#include "http/plain_header.h"

#include <gtest/gtest.h>

#include <string>

namespace m531x::http {
namespace {

constexpr std::uint32_t kNoLimit = 1'000;

std::string response(std::string_view fields) {
  return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\nbody";
}
bool is_plain(std::string_view fields) {
  return find_plain_header(response(fields), kNoLimit, kNoLimit).has_value();
}

TEST(PlainHeader, IsMeasured) {
  const auto found =
      find_plain_header(response("A: b\r\nContent-Length: 4\r\n"), kNoLimit, kNoLimit);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status_bytes, 17U);
  EXPECT_EQ(found->field_bytes, 25U);
  EXPECT_TRUE(found->has_length);
  const auto bare = find_plain_header(response(""), kNoLimit, kNoLimit);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->field_bytes, 0U);
  EXPECT_FALSE(bare->has_length);
}

TEST(PlainHeader, IsWhole) {
  const std::string all = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < all.size(); ++size) {
    EXPECT_FALSE(find_plain_header(Bytes(all).substr(0, size), kNoLimit, kNoLimit)) << size;
  }
  EXPECT_TRUE(find_plain_header(all, kNoLimit, kNoLimit));
}

TEST(PlainHeader, HasItsLimits) {
  const std::string all = "HTTP/1.1 200 OK\r\nA: bcdefghijklmnopq\r\n\r\n";
  const auto size = static_cast<std::uint32_t>(all.size());
  EXPECT_TRUE(find_plain_header(all, size, kNoLimit));
  EXPECT_FALSE(find_plain_header(all, size - 1, kNoLimit));
  EXPECT_TRUE(find_plain_header(all, kNoLimit, 21));
  EXPECT_FALSE(find_plain_header(all, kNoLimit, 20));
  EXPECT_FALSE(find_plain_header("HTTP/1.1 200 Quite all right\r\n\r\n", kNoLimit, 29));
  EXPECT_TRUE(find_plain_header("HTTP/1.1 200 Quite all right\r\n\r\n", kNoLimit, 30));
}

TEST(PlainHeader, IsNoneWhereTheFilterHasASay) {
  EXPECT_FALSE(is_plain("Transfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(is_plain("tRANSFER-eNCODING: x\r\n"));
  EXPECT_FALSE(is_plain("Proxy-Connection: close\r\n"));
  EXPECT_FALSE(is_plain("Connection: a, close\r\n"));
  EXPECT_FALSE(is_plain("Connection:\tclose\r\n"));
  EXPECT_FALSE(is_plain("Content-Length: 4, 4\r\n"));
  EXPECT_FALSE(is_plain("A: b\r\n folded\r\n"));
  EXPECT_FALSE(is_plain("A: b\r\n\tfolded\r\n"));
  EXPECT_FALSE(is_plain(" A: b\r\n"));
  EXPECT_FALSE(is_plain("A: b\n"));
  EXPECT_FALSE(is_plain("no colon\r\n"));
  EXPECT_TRUE(is_plain("Connection: close\r\nX-Connection: a, b\r\nPragma: no-cache\r\n"));
}

TEST(PlainHeader, IsNoneBehindAnOddStatusLine) {
  for (const std::string_view status : {"HTTP/1.1  200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 2000 OK",
                                        "\rHTTP/1.1 200 OK", "HTTP/1.1 200 O\rK"}) {
    EXPECT_FALSE(find_plain_header(std::string(status) + "\r\n\r\n", kNoLimit, kNoLimit)) << status;
  }
  EXPECT_FALSE(find_plain_header(std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20), kNoLimit, kNoLimit));
  EXPECT_FALSE(find_plain_header("\nHTTP/1.1 200 OK\r\n\r\n", kNoLimit, kNoLimit));
}

}  // namespace
}  // namespace m531x::http
