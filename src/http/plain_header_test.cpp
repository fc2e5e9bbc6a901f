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
std::optional<PlainHeader> find(Bytes slice, std::uint32_t most_bytes = kNoLimit,
                                std::uint32_t most_line_bytes = kNoLimit) {
  llhttp_t parser;
  return read_plain_header(parser, slice, most_bytes, most_line_bytes);
}
bool is_plain(std::string_view fields) { return find(response(fields)).has_value(); }

TEST(PlainHeader, IsMeasured) {
  const std::string fields = response("A: b\r\nContent-Length: 4\r\n");
  llhttp_t parser;
  const auto found = read_plain_header(parser, fields, kNoLimit, kNoLimit);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->status_bytes, 17U);
  EXPECT_EQ(found->field_bytes, 25U);
  EXPECT_EQ(found->reason, "OK");
  EXPECT_EQ(parser.status_code, 200);
  EXPECT_EQ(parser.content_length, 4U);
  const auto bare = find(response(""));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->field_bytes, 0U);
}

TEST(PlainHeader, IsWhole) {
  const std::string all = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size < all.size(); ++size) {
    EXPECT_FALSE(find(Bytes(all).substr(0, size))) << size;
  }
  EXPECT_TRUE(find(all));
}

TEST(PlainHeader, HasItsLimits) {
  const std::string all = "HTTP/1.1 200 OK\r\nA: bcdefghijklmnopq\r\n\r\n";
  const auto size = static_cast<std::uint32_t>(all.size());
  EXPECT_TRUE(find(all, size, kNoLimit));
  EXPECT_FALSE(find(all, size - 1, kNoLimit));
  EXPECT_TRUE(find(all, kNoLimit, 21));
  EXPECT_FALSE(find(all, kNoLimit, 20));
  EXPECT_FALSE(find("HTTP/1.1 200 Quite all right\r\n\r\n", kNoLimit, 29));
  EXPECT_TRUE(find("HTTP/1.1 200 Quite all right\r\n\r\n", kNoLimit, 30));
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

TEST(PlainHeader, MayHaveNoReason) {
  for (const std::string_view status : {"HTTP/1.1 404\r\n", "HTTP/1.1 404 \r\n"}) {
    const std::string all = std::string(status) + "A: b\r\n\r\n";
    const auto found = find(all);
    ASSERT_TRUE(found) << status;
    EXPECT_EQ(found->status_bytes, status.size());
    EXPECT_EQ(found->field_bytes, 6U);
    EXPECT_EQ(found->reason, "");
  }
}

TEST(PlainHeader, IsNoneWhereLlhttpRefusesIt) {
  EXPECT_FALSE(is_plain("A b: c\r\n"));
  EXPECT_FALSE(is_plain("A: b\x01\r\n"));
  EXPECT_FALSE(is_plain("Content-Length: 4\r\nContent-Length: 4\r\n"));
  EXPECT_FALSE(is_plain("Content-Length: x\r\n"));
  EXPECT_FALSE(find("HTTP/2.0 200 OK\r\n\r\n"));
  EXPECT_FALSE(find("HTTP/1.1 100 Continue\r\n\r\n"));
}

TEST(PlainHeader, HasNoEmptyValue) {
  EXPECT_FALSE(is_plain("A:\r\n"));
  EXPECT_FALSE(is_plain("A: \r\nB: c\r\n"));
  EXPECT_FALSE(is_plain("A:\r\n folded\r\n"));
  EXPECT_TRUE(is_plain("A:b\r\nC: \t d \r\n"));
}

TEST(PlainHeader, IsNoneBehindAnOddStatusLine) {
  for (const std::string_view status : {"HTTP/1.1  200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 2000 OK",
                                        "\rHTTP/1.1 200 OK", "HTTP/1.1 200 O\rK"}) {
    EXPECT_FALSE(find(std::string(status) + "\r\n\r\n")) << status;
  }
  EXPECT_FALSE(find(std::string("HTTP/1.1 200 O\0K\r\n\r\n", 20)));
  EXPECT_FALSE(find("\nHTTP/1.1 200 OK\r\n\r\n"));
}

}  // namespace
}  // namespace m531x::http
