// SPDX-License-Identifier: Apache-2.0
#include "http/url.h"

#include <gtest/gtest.h>

#include <vector>

#include "m531x/settings.h"

namespace m531x::http {
namespace {

using namespace std::string_literals;

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// A name of `size` bytes whose labels are as long as they may be.
std::string name_of(std::size_t size) {
  std::string name = times(4, std::string(63, 'a') + ".").substr(0, size);
  if (name.ends_with('.')) name.back() = 'a';
  return name;
}

struct Good {
  std::string text;
  std::string host;
  std::uint16_t port = 80;
  Scheme scheme = Scheme::http;
  bool host_is_ipv6 = false;
};

void expect_good(const std::vector<Good>& cases) {
  for (const Good& c : cases) {
    SCOPED_TRACE(c.text);
    Url url;
    ASSERT_TRUE(parse_url(c.text, url));
    EXPECT_EQ(url.host, c.host);
    EXPECT_EQ(url.port, c.port);
    EXPECT_EQ(url.scheme, c.scheme);
    EXPECT_EQ(url.host_is_ipv6, c.host_is_ipv6);
  }
}

void expect_bad(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    Url url;
    EXPECT_FALSE(parse_url(text, url)) << testing::PrintToString(text);
  }
}

TEST(ParseUrl, Schemes) {
  expect_good({
      {"a", "a"},
      {"http://a", "a"},
      {"HtTp://a", "a"},
      {"https://a", "a", 443, Scheme::https},
      {"HTTPS://a:80", "a", 80, Scheme::https},
      {"https://[::1]", "::1", 443, Scheme::https, true},
      {"http", "http"},
      {"a/http://b", "a"},
      {"a?u=ftp://b", "a"},
  });
  expect_bad({"ftp://a", "://a", "//a", "http:/a", "http:a", "httpss://a", "http ://a", " http://a",
              "http://http://a", "coap://a", "ht tp://a", "http\0://a"s});
}

TEST(ParseUrl, Ports) {
  expect_good({
      {"a:1", "a", 1},
      {"a:80", "a", 80},
      {"a:443/", "a", 443},
      {"a:65535", "a", 65535},
      {"a:00080", "a", 80},
      {"a:000000000000000000080", "a", 80},
      {"https://a:65535/x", "a", 65535, Scheme::https},
      {"1.2.3.4:8080", "1.2.3.4", 8080},
      {"[::1]:8080", "::1", 8080, Scheme::http, true},
  });
  expect_bad({"a:",          "a:/",          "a:0",        "a:00",   "a:65536",
              "a:65616",     "a:4294967376", "a:-1",       "a:+1",   "a: 1",
              "a:1 ",        "a:x",          "a:0x50",     "a:80x",  "a:80:80",
              "a::80",       ":80",          "http://:80", "[::1]:", "[::1]:0",
              "[::1]:65536", "[::1]80",      "[::1] :80",  "[::1]x", "a:18446744073709551696"});
}

TEST(ParseUrl, PathsAreIgnored) {
  expect_good({
      {"a/", "a"},
      {"a/b:c@d e", "a"},
      {"a?x=y", "a"},
      {"a#f", "a"},
      {"http://a/../../\xff\r\n", "a"},
      {"http://a:81?x=[", "a", 81},
      {"http://[::1]/]:99", "::1", 80, Scheme::http, true},
      {"http://a" + times(1000, "/x"), "a"},
  });
  expect_bad({"/", "/a", "?a", "#", "http:///a", "http://?a", "https://#"});
}

TEST(ParseUrl, Ipv4) {
  expect_good({
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"http://192.168.1.10/x", "192.168.1.10"},
  });
  expect_bad({"1.2.3", "1.2.3.4.5", "1.2.3.256", "256.1.1.1", "1.2.3.999", "1.2.3.4.", ".1.2.3.4",
              "1..2.3", "1.2.3.", "01.2.3.4", "1.2.3.00", "1", "4294967295", "0001.2.3.4",
              "1.2.3.4294967297", "..."});
}

TEST(ParseUrl, Ipv6) {
  const auto good = [](const std::string& address) {
    return Good{"[" + address + "]", address, 80, Scheme::http, true};
  };
  expect_good({
      good("1:2:3:4:5:6:7:8"),
      good("0001:0DB8:abcd:EF01:2345:6789:aBcD:ffff"),
      good("::"),
      good("::8"),
      good("1::"),
      good("::2:3:4:5:6:7:8"),
      good("1::3:4:5:6:7:8"),
      good("1:2::4:5:6:7:8"),
      good("1:2:3::5:6:7:8"),
      good("1:2:3:4::6:7:8"),
      good("1:2:3:4:5::7:8"),
      good("1:2:3:4:5:6::8"),
      good("1:2:3:4:5:6:7::"),
      good("1::8"),
      good("fe80::1:2"),
      good("::1.2.3.4"),
      good("::ffff:1.2.3.4"),
      good("1:2:3:4:5:6:1.2.3.4"),
      good("1:2:3:4:5::1.2.3.4"),
      good("1::1.2.3.4"),
  });
  for (const auto* const address : {"",
                                    ":",
                                    ":::",
                                    "1",
                                    "1.2.3.4",
                                    "1:2:3:4:5:6:7",
                                    "1:2:3:4:5:6:7:8:9",
                                    "1:2:3:4:5:6:7:8::",
                                    "::1:2:3:4:5:6:7:8",
                                    "1:2:3:4::5:6:7:8",
                                    "1::2::3",
                                    "::1::",
                                    "1:::2",
                                    ":1:2:3:4:5:6:7:8",
                                    "1:2:3:4:5:6:7:8:",
                                    ":1::",
                                    "::1:",
                                    "12345::",
                                    "::g",
                                    "::-1",
                                    ":: 1",
                                    "fe80::1%eth0",
                                    "1.2.3.4::",
                                    "::1.2.3.4:5",
                                    "::1.2.3",
                                    "::1.2.3.256",
                                    "::1.2.3.04",
                                    "::1.2.3.4.",
                                    "1:2:3:4:5:6:7:1.2.3.4",
                                    "1:2:3:4:5:6:7:8:1.2.3.4",
                                    "a.b.c.d"}) {
    expect_bad({"["s + address + "]", "http://["s + address + "]:80/"});
  }
  expect_bad({"[", "]", "[::1", "::1]", "::1", "1:2:3:4:5:6:7:8", "[[::1]]", "[::1]]", "x[::1]",
              "[::1/]", "[a]"});
}

TEST(ParseUrl, Names) {
  expect_good({
      {"localhost", "localhost"},
      {"Example.COM", "Example.COM"},
      {"example.com.", "example.com."},
      {"a-b.c--d.e", "a-b.c--d.e"},
      {"my_host._tcp.x", "my_host._tcp.x"},
      {"1a", "1a"},
      // Too long a label for a look-up, which will say so.
      {std::string(64, 'a'), std::string(64, 'a')},
      {std::string(kMaxHostBytes, 'a'), std::string(kMaxHostBytes, 'a')},
      {"1.2.3.x", "1.2.3.x"},
      {"0x7f000001", "0x7f000001"},
      {"xn--fiqs8s", "xn--fiqs8s"},
      {std::string(63, 'a'), std::string(63, 'a')},
      {std::string(63, 'a') + "." + std::string(63, 'b') + ":81",
       std::string(63, 'a') + "." + std::string(63, 'b'), 81},
      {name_of(kMaxHostBytes), name_of(kMaxHostBytes)},
      {"http://" + name_of(kMaxHostBytes) + ":65535/", name_of(kMaxHostBytes), 65535},
      {name_of(kMaxHostBytes - 1) + ".", name_of(kMaxHostBytes - 1) + "."},
  });
  expect_bad({"", "http://", ".", "..", "a..", "a..b", ".a", "-a", "a-", "a.-b", "a-.b", "-",
              name_of(kMaxHostBytes + 1), std::string(kMaxHostBytes + 1, 'a'),
              name_of(kMaxHostBytes) + "..", std::string(1000, 'a'), times(500, "a.")});
}

TEST(ParseUrl, WhatIsNoHost) {
  expect_bad({"user@a",
              "http://user:pw@a",
              "http://user:pw@a:80",
              "a b",
              " a",
              "a ",
              "a,b",
              "a\\b",
              "a%41",
              "a\"",
              "a*",
              "a\r\nb",
              "a\n",
              "a\t",
              "a\0"s,
              "\0a"s,
              "\xe4\xbd\xa0.cn",
              "a\x7f",
              "a\xff",
              "a=b",
              "<a>",
              "a[",
              "a]"});
}

TEST(DefaultPort, OfEachScheme) {
  static_assert(default_port(Scheme::http) == 80);
  static_assert(default_port(Scheme::https) == 443);
}

}  // namespace
}  // namespace m531x::http
