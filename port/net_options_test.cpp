// SPDX-License-Identifier: Apache-2.0
#include "port/net_options.h"

#include <gtest/gtest.h>

namespace m531x::port {
namespace {

TEST(NetOptions, DnsServers) {
  for (const auto* const good :
       {"127.0.0.1", "127.0.0.1:1", "10.0.0.1:65535", "[::1]", "[fe80::1]:53"}) {
    EXPECT_TRUE(is_dns_server(good)) << good;
  }
  for (const auto* const bad : {"", "dns.example", "127.0.0", "127.0.0.1:", "127.0.0.1:0",
                                "127.0.0.1:65536", "127.0.0.1:5x", "127.0.0.1,127.0.0.2", "::1",
                                "[::1", "[::1]53", "[127.0.0.1]", "[]", "127.0.0.1:-1"}) {
    EXPECT_FALSE(is_dns_server(bad)) << bad;
  }
}

TEST(NetOptions, InterfaceNames) {
  for (const auto* const good : {"lo", "eth0.100", "wlp2s0", "fifteen-letters"}) {
    EXPECT_TRUE(is_interface_name(good)) << good;
  }
  for (const auto* const bad : {"", ".", "..", "a/b", "a b", "eth0:1", "sixteen-letters0"}) {
    EXPECT_FALSE(is_interface_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace m531x::port
