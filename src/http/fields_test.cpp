// SPDX-License-Identifier: Apache-2.0
#include "http/fields.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "m531x/settings.h"
#include "mem/test_memory.h"

namespace m531x::http {
namespace {

using mem::TestPool;
using namespace std::string_literals;

constexpr std::uint32_t kContentBytes = 12;

std::string describe(const Fields& fields) {
  return (fields.host ? "host "s : "") + (fields.authorization ? "authorization " : "") +
         (fields.content_length ? "length " : "") + (fields.connection_close ? "close " : "") +
         (fields.unterminated ? "unterminated " : "");
}

// What inspect makes of a chain; nullopt when the block must not be sent.
std::optional<std::string> inspected(const mem::Chain& chain, std::uint32_t content_bytes) {
  Fields fields;
  if (!inspect(chain.view(), content_bytes, fields)) return std::nullopt;
  return describe(fields);
}

struct FieldCase {
  std::string block;
  std::optional<std::string> fields;  // nullopt: refused
};

// Inspects each block with a memory block's border at every place.
void expect_inspected(const std::vector<FieldCase>& cases,
                      std::uint32_t content_bytes = kContentBytes) {
  for (const FieldCase& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.block));
    TestPool pool(1024);
    for (std::size_t cut = 0; cut <= c.block.size(); ++cut) {
      EXPECT_EQ(inspected(mem::chain_cut(pool, c.block, cut), content_bytes), c.fields) << cut;
    }
    EXPECT_EQ(inspected(mem::chain_in_pieces(pool, c.block, 1), content_bytes), c.fields);
  }
}

TEST(Inspect, FindsTheFieldsThatMatter) {
  expect_inspected({
      {"", ""},
      {"A: b\r\n", ""},
      {"A: b", "unterminated "},
      {"A:", "unterminated "},
      {"A:b\r\nC:\r\nD: \t \r\n", ""},
      {"A: b\r\nC: d", "unterminated "},
      {"Host: a\r\n", "host "},
      {"hOsT:a", "host unterminated "},
      {"Hosts: a\r\nXHost: b\r\nHos: c\r\n", ""},
      {"X: Host: a\r\n", ""},
      {"Authorization: Basic x\r\n", "authorization "},
      {"authorization:x\r\nHOST:y\r\nConnection: close\r\nContent-Length: 12\r\n",
       "host authorization length close "},
      {"Proxy-Authorization: x\r\n", ""},
      {"!#$%&'*+-.^_`|~09azAZ: x\r\n", ""},
      {"A: !~\t\x80\xff \"'\\:\r\n", ""},
      {std::string(50, 'a') + ": b\r\n", ""},
      {"Host" + std::string(50, 't') + ": b\r\n", ""},
  });
}

TEST(Inspect, ConnectionClose) {
  expect_inspected({
      {"Connection: close\r\n", "close "},
      {"connection:CLOSE", "close unterminated "},
      {"Connection: keep-alive, close\r\n", "close "},
      {"Connection: close , keep-alive\r\n", "close "},
      {"Connection: ,,close\r\n", "close "},
      {"Connection: \t close \t\r\n", "close "},
      {"Connection: keep-alive\r\nConnection: close\r\n", "close "},
      {"Connection: close\r\nConnection: keep-alive\r\n", "close "},
      {"Connection: " + std::string(50, 'x') + ", close\r\n", "close "},
      {"Connection: close, " + std::string(50, 'x') + "\r\n", "close "},
      {"Connection: " + std::string(900, ' ') + "close\r\n", "close "},
      {"Connection: x," + std::string(900, '\t') + "close\r\n", "close "},
      {"Connection: keep-alive\r\n", ""},
      {"Connection: closed\r\n", ""},
      {"Connection: x close\r\n", ""},
      {"Connection: disclose\r\n", ""},
      {"Connection:\r\nclose: x\r\n", ""},
      {"X-Connection: close\r\n", ""},
  });
}

TEST(Inspect, ContentLengthIsTheContents) {
  expect_inspected({
      {"Content-Length: 12\r\n", "length "},
      {"content-length:12", "length unterminated "},
      {"Content-Length: \t12 \t \r\n", "length "},
      {"Content-Length: 012\r\n", "length "},
      {"Content-Length: 11\r\n", {}},
      {"Content-Length: 13\r\n", {}},
      {"Content-Length: 0\r\n", {}},
      {"Content-Length: 1\r\n", {}},
      {"Content-Length: 120\r\n", {}},
      {"Content-Length: 4294967308\r\n", {}},
      {"Content-Length: 18446744073709551628\r\n", {}},
      {"Content-Length:\r\n", {}},
      {"Content-Length: \r\n", {}},
      {"Content-Length:", {}},
      {"Content-Length: +12\r\n", {}},
      {"Content-Length: -12\r\n", {}},
      {"Content-Length: 0xc\r\n", {}},
      {"Content-Length: 12x\r\n", {}},
      {"Content-Length: 1 2\r\n", {}},
      {"Content-Length: 12, 12\r\n", {}},
      {"Content-Length: 12,\r\n", {}},
      {"Content-Length: ,12\r\n", {}},
      {"Content-Length: 12\r\nContent-Length: 12\r\n", {}},
      {"Content-Length: 12\r\nA: b\r\nCONTENT-LENGTH: 12", {}},
  });
  expect_inspected({{"Content-Length: 0\r\n", "length "},
                    {"Content-Length: 000\r\n", "length "},
                    {"Content-Length: 1\r\n", {}},
                    {"Content-Length: \r\n", {}}},
                   0);
  expect_inspected({{"Content-Length: 4294967295\r\n", "length "},
                    {"Content-Length: 4294967294\r\n", {}},
                    {"Content-Length: 4294967296\r\n", {}}},
                   0xffff'ffff);
}

TEST(Inspect, AHostIsOneThatCanBeCreated) {
  const std::string longest = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' +
                              std::string(63, 'c') + '.' + std::string(61, 'd');
  ASSERT_EQ(longest.size(), kMaxHostBytes);
  expect_inspected({
      {"Host: a.example\r\n", "host "},
      {"Host:a_b.example.:1\r\n", "host "},
      {"Host: \t 127.0.0.1:65535 \t \r\n", "host "},
      {"Host: [::1]", "host unterminated "},
      {"Host: [::ffff:1.2.3.4]:8080\r\n", "host "},
      {"Host: " + longest + "\r\n", "host "},
      {"Host: " + longest + ":65535\r\n", "host "},
      {"Host: " + longest + "d\r\n", {}},
      {"Host: " + longest + "d:65535\r\n", {}},
      {"Host: a" + longest + ":65535\r\n", {}},
      {"Host:\r\n", {}},
      {"Host: \t\r\n", {}},
      {"Host:", {}},
      {"Host: a b\r\n", {}},
      {"Host: a, b\r\n", {}},
      {"Host: a,\r\n", {}},
      {"Host: ,a\r\n", {}},
      {"Host: a/b\r\n", {}},
      {"Host: http://a\r\n", {}},
      {"Host: u@a\r\n", {}},
      {"Host: a?b\r\n", {}},
      {"Host: a#b\r\n", {}},
      {"Host: a:\r\n", {}},
      {"Host: a:0\r\n", {}},
      {"Host: a:65536\r\n", {}},
      {"Host: a:b\r\n", {}},
      {"Host: 1.2.3\r\n", {}},
      {"Host: [::1\r\n", {}},
      {"Host: [a]\r\n", {}},
      {"Host: \xc3\xa4\r\n", {}},
  });
}

TEST(Inspect, WhatMayStandOnceDoesNotStandTwice) {
  expect_inspected({
      {"Host: a\r\nHost: a\r\n", {}},
      {"host: a\r\nB: c\r\nHOST: b", {}},
      {"Authorization: a\r\nauthorization: a\r\n", {}},
      {"Authorization: a\r\nProxy-Authorization: a\r\n", "authorization "},
      {"Connection: close\r\nConnection: close\r\n", "close "},
  });
}

TEST(Inspect, AValueHoldsNoControlByteButATab) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool good = byte == '\t' || (byte >= ' ' && byte != 0x7f);
    const std::string c(1, static_cast<char>(byte));
    for (const std::string& value : {"x" + c + "y", c + "y", "x" + c}) {
      Fields fields;
      TestPool pool;
      const mem::Chain chain = mem::chain_of(pool, "A: " + value + "\r\n");
      EXPECT_EQ(inspect(chain.view(), 0, fields), good) << byte;
    }
  }
}

TEST(Inspect, RefusesWhatWouldSplitTheRequest) {
  expect_inspected({
      {"\r\n", {}},
      {"\r\nA: b\r\n", {}},
      {"A: b\r\n\r\n", {}},
      {"A: b\r\n\r\nGET / HTTP/1.1\r\n", {}},
      {"\n", {}},
      {"\r", {}},
      {"A: b\n", {}},
      {"A: b\nC: d\r\n", {}},
      {"A: b\r", {}},
      {"A: b\rC: d\r\n", {}},
      {"A: b\r\r\n", {}},
      {"A: b\n\r\n", {}},
      {"A: b\r\n\n", {}},
      {"A: b\r\n\r", {}},
      {"A: b\0c\r\n"s, {}},
      {"A: \0\r\n"s, {}},
      {"A\0: b\r\n"s, {}},
      {"\0"s, {}},
      {"Transfer-Encoding: chunked\r\n", {}},
      {"transfer-encoding: identity", {}},
      {"Transfer-Encoding:\r\n", {}},
      {"A: b\r\nTRANSFER-ENCODING: x\r\n", {}},
  });
}

TEST(Inspect, RefusesWhatIsNoFieldLine) {
  expect_inspected({
      {"A", {}},
      {"A\r\n", {}},
      {"A b\r\n", {}},
      {": b\r\n", {}},
      {":\r\n", {}},
      {" A: b\r\n", {}},
      {"A : b\r\n", {}},
      {"A\t: b\r\n", {}},
      {"A: b\r\n continued\r\n", {}},
      {"A: b\r\n\tcontinued\r\n", {}},
      {"A: b\r\nC", {}},
      {"A: b\r\nC\r\n", {}},
      {"A(: b\r\n", {}},
      {"A\"B: c\r\n", {}},
      {"A@B: c\r\n", {}},
      {"A[]: c\r\n", {}},
      {"A\x7f: c\r\n", {}},
      {"A\x80: c\r\n", {}},
      {"\xc3\xa4: c\r\n", {}},
      {"GET / HTTP/1.1\r\n", {}},
      {"HTTP/1.1 200 OK\r\n", {}},
  });
}

TEST(Inspect, LongBlocks) {
  std::string block;
  while (block.size() < 4 * Block::kCapacity) block += "X-Field: value\r\n";
  TestPool pool;
  EXPECT_EQ(inspected(mem::chain_of(pool, block), 0), "");
  EXPECT_EQ(inspected(mem::chain_of(pool, block + "Host: a"), 0), "host unterminated ");
  EXPECT_EQ(inspected(mem::chain_of(pool, block + "\r\n"), 0), std::nullopt);
  EXPECT_EQ(inspected(mem::chain_of(pool, block + "Content-Length: 0\r\n" + block), 0), "length ");
}

}  // namespace
}  // namespace m531x::http
