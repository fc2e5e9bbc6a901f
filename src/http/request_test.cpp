// SPDX-License-Identifier: Apache-2.0
#include "http/request.h"

#include <gtest/gtest.h>

#include <array>

#include "http/base64.h"
#include "m531x/settings.h"
#include "mem/test_memory.h"

namespace m531x::http {
namespace {

using mem::Chain;
using mem::TestPool;
using namespace std::string_literals;

struct Target {
  std::string host = "a";
  std::uint16_t port = 80;
  Scheme scheme = Scheme::http;
  bool host_is_ipv6 = false;
  std::string credentials = {};
};

Target at_port(std::uint16_t port) { return {.port = port}; }
Target with(const std::string& credentials) { return {.credentials = credentials}; }

// The head and tail of a request, with `block` in between.
std::string request(Method method, Bytes path, const Target& target, const std::string& block,
                    std::uint32_t content_bytes) {
  TestPool pool;
  const Chain host = mem::chain_in_pieces(pool, target.host, 7);
  const Chain credentials = mem::chain_in_pieces(pool, target.credentials, 5);
  const Chain fields_chain = mem::chain_of(pool, block);
  Fields fields;
  EXPECT_TRUE(inspect(fields_chain.view(), content_bytes, fields));
  const Site site = {.scheme = target.scheme,
                     .host = host.view(),
                     .host_is_ipv6 = target.host_is_ipv6,
                     .port = target.port,
                     .credentials = credentials.view()};
  Chain out(pool);
  const Chain path_chain = mem::chain_in_pieces(pool, path, 3);
  EXPECT_TRUE(write_head(method, path_chain.view(), site, fields, out));
  EXPECT_TRUE(out.append(block));
  EXPECT_TRUE(write_tail(method, fields, content_bytes, out));
  return text_of(out.view());
}

TEST(Request, RequestLines) {
  for (const auto& [method, text] :
       {std::pair{Method::get, "GET /p?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {Method::del, "DELETE /p?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"},
        {Method::head, "HEAD /p?x=1 HTTP/1.1\r\nHost: a\r\n\r\n"}}) {
    EXPECT_EQ(request(method, "/p?x=1", {}, "", 0), text);
  }
  EXPECT_EQ(request(Method::post, "/", {}, "", 0),
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(request(Method::put, "/", {}, "", 0),
            "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
}

TEST(Request, ContentLengthWhereThereIsContent) {
  for (const Method method : {Method::get, Method::post, Method::put, Method::del, Method::head}) {
    EXPECT_TRUE(request(method, "/", {}, "", 1).ends_with("\r\nContent-Length: 1\r\n\r\n"));
    EXPECT_TRUE(request(method, "/", {}, "A: b\r\n", 4294967295)
                    .ends_with("\r\nA: b\r\nContent-Length: 4294967295\r\n\r\n"));
  }
}

TEST(Request, Hosts) {
  const auto host_line = [](const Target& target) {
    const std::string text = request(Method::get, "/", target, "", 0);
    const std::size_t begin = text.find("\r\n") + 2;
    return text.substr(begin, text.find("\r\n", begin) - begin);
  };
  EXPECT_EQ(host_line({}), "Host: a");
  EXPECT_EQ(host_line(at_port(443)), "Host: a:443");
  EXPECT_EQ(host_line(at_port(1)), "Host: a:1");
  EXPECT_EQ(host_line(at_port(65535)), "Host: a:65535");
  EXPECT_EQ(host_line({.port = 443, .scheme = Scheme::https}), "Host: a");
  EXPECT_EQ(host_line({.port = 80, .scheme = Scheme::https}), "Host: a:80");
  EXPECT_EQ(host_line({.host = "::1", .host_is_ipv6 = true}), "Host: [::1]");
  EXPECT_EQ(host_line({.host = "::1", .port = 8080, .host_is_ipv6 = true}), "Host: [::1]:8080");
  const std::string longest(kMaxHostBytes, 'a');
  EXPECT_EQ(host_line({.host = longest, .port = 65535}), "Host: " + longest + ":65535");
}

TEST(Request, BasicCredentials) {
  // RFC 7617 2.
  EXPECT_EQ(request(Method::get, "/", with("Aladdin:open sesame"), "", 0),
            "GET / HTTP/1.1\r\nHost: a\r\n"
            "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
  EXPECT_EQ(request(Method::get, "/", with("a:"), "", 0),
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTo=\r\n\r\n");
}

TEST(Request, NothingIsDoubled) {
  const Target target = {.port = 81, .credentials = "u:p"};
  EXPECT_EQ(request(Method::post, "/", target, "host: b\r\n", 3),
            "POST / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nhost: b\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(request(Method::post, "/", target, "AUTHORIZATION: x\r\n", 3),
            "POST / HTTP/1.1\r\nHost: a:81\r\nAUTHORIZATION: x\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(request(Method::post, "/", target, "Content-length: 3\r\n", 3),
            "POST / HTTP/1.1\r\nHost: a:81\r\nAuthorization: Basic dTpw\r\n"
            "Content-length: 3\r\n\r\n");
  EXPECT_EQ(request(Method::post, "/", target, "Host:b\r\nContent-Length: 0\r\nAuthorization:", 0),
            "POST / HTTP/1.1\r\nHost:b\r\nContent-Length: 0\r\nAuthorization:\r\n\r\n");
}

TEST(Request, AddsTheMissingEndOfTheBlock) {
  EXPECT_EQ(request(Method::get, "/", {}, "A: b", 0), "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n");
  EXPECT_EQ(request(Method::put, "/", {}, "A: b", 2),
            "PUT / HTTP/1.1\r\nHost: a\r\nA: b\r\nContent-Length: 2\r\n\r\n");
}

TEST(Request, SaysWhenThereIsNoMemory) {
  const std::string path = "/" + std::string(2 * Block::kCapacity, 'x');
  for (std::size_t n = 0;; ++n) {
    TestPool pool;
    const Chain host = mem::chain_of(pool, std::string(kMaxHostBytes, 'a'));
    const Chain credentials = mem::chain_of(pool, std::string(400, 'a'));
    const Chain path_chain = mem::chain_of(pool, path);
    const Site site = {.host = host.view(), .credentials = credentials.view()};
    Chain out(pool);
    pool.fail_after(n);
    if (write_head(Method::get, path_chain.view(), site, {}, out)) {
      EXPECT_EQ(n, 4U);
      break;
    }
    ASSERT_LT(n, 4U);
  }
  TestPool empty(0);
  Chain out(empty);
  EXPECT_FALSE(write_tail(Method::get, {}, 0, out));
}

TEST(IsPath, TakesWhatARequestLineMayHold) {
  for (const std::string& path :
       {"/"s, "/a"s, "/a?b=c&d=%20#e"s, "//"s, "/\xe4\xbd\xa0\xff"s, "/!~\"\\<>{}|^`"s}) {
    EXPECT_TRUE(is_path(path)) << path;
  }
  for (const std::string& path :
       {""s, "a"s, "*"s, " /"s, "?a"s, "http://a/"s, "/a b"s, "/ "s, "/\t"s, "/\r\n"s, "/a\n"s,
        "/\r"s, "/\0"s, "/\x1f"s, "/\x7f"s, "/a\x01z"s, "\0/"s}) {
    EXPECT_FALSE(is_path(path)) << testing::PrintToString(path);
  }
}

TEST(Method, OnlyPostIsNotSentTwice) {
  EXPECT_TRUE(is_idempotent(Method::get) && is_idempotent(Method::put) &&
              is_idempotent(Method::del) && is_idempotent(Method::head));
  EXPECT_FALSE(is_idempotent(Method::post));
}

std::string base64_of(Bytes bytes) {
  std::size_t at = 0;
  std::string text;
  base64([&] { return at < bytes.size() ? static_cast<unsigned char>(bytes[at++]) : -1; },
         [&text](char c) { text += c; });
  return text;
}

TEST(Base64, TestVectors) {
  // RFC 4648 10.
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_of("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\0\0\0"s), "AAAA");
  EXPECT_EQ(base64_of("\xff\xff\xff"), "////");
  EXPECT_EQ(base64_of("\xfb\xef\xbe"), "++++");
  EXPECT_EQ(base64_of("\xff\x00"s), "/wA=");
}

}  // namespace
}  // namespace m531x::http
