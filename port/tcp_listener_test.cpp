// SPDX-License-Identifier: Apache-2.0
#include "port/tcp_listener.h"

#include <gtest/gtest.h>

#include <sstream>

#include "port/user_error.h"

namespace m531x::port {
namespace {

std::string normal(std::string_view text) {
  std::ostringstream out;
  out << parse_endpoint(text);
  return out.str();
}

TEST(ParseEndpoint, Forms) {
  EXPECT_EQ(normal("7000"), "127.0.0.1:7000");
  EXPECT_EQ(normal(":7000"), "127.0.0.1:7000");
  EXPECT_EQ(normal("localhost:0"), "127.0.0.1:0");
  EXPECT_EQ(normal("0.0.0.0:65535"), "0.0.0.0:65535");
  EXPECT_EQ(normal("[::1]:7000"), "[::1]:7000");
}

TEST(ParseEndpoint, Refusals) {
  for (const auto* const text :
       {"", ":", "x", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "::1:7000",
        "[1.2.3.4]:7000", "[]:7000", "[::1]", "host:7000", "127.0.0.1:70 ", "[::1:7000"}) {
    EXPECT_THROW(static_cast<void>(parse_endpoint(text)), UserError) << text;
  }
}

TEST(TcpListener, APortInUseIsTheUsersError) {
  EventLoop loop;
  const TcpListener first(loop, parse_endpoint("127.0.0.1:0"), [](UniqueFd) {});
  ASSERT_NE(first.endpoint().port(), 0);
  EXPECT_THROW(TcpListener(loop, first.endpoint(), [](UniqueFd) {}), UserError);
}

}  // namespace
}  // namespace m531x::port
