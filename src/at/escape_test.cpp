// SPDX-License-Identifier: Apache-2.0
// Escapes (manual chapter 5) and hex.
#include "at/escape.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include "mem/test_memory.h"

namespace m531x::at {
namespace {

using mem::Chain;
using mem::TestPool;
using namespace std::string_literals;

struct EscapeCase {
  std::string text;
  std::optional<std::string> bytes;  // nullopt: malformed
};

// Decodes each text behind outputs that end at a block's border or near it.
void expect_decoded(Encoding encoding, const std::vector<EscapeCase>& cases) {
  for (const EscapeCase& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.text));
    for (const std::size_t filled : {std::size_t{0}, Block::kCapacity - 2, Block::kCapacity - 1,
                                     std::size_t{Block::kCapacity}}) {
      SCOPED_TRACE(filled);
      const std::string before(filled, '.');
      TestPool pool;
      Chain out = mem::chain_of(pool, before);
      // Behind the text lies what an escape at its end must not read.
      const std::string around = c.text + "123";
      const Decoded decoded = decode(Bytes(around).substr(0, c.text.size()), encoding, out);
      EXPECT_EQ(decoded, c.bytes ? Decoded::ok : Decoded::malformed);
      if (c.bytes) {
        EXPECT_EQ(text_of(out.view()), before + *c.bytes);
      } else {
        EXPECT_EQ(text_of(out.view()).substr(0, filled), before);
      }
    }
  }
}

TEST(Decode, Escapes) {
  expect_decoded(Encoding::escapes, {
                                        {"", ""},
                                        {"plain text", "plain text"},
                                        {R"(\a\b\f\n\r\t\v)", "\a\b\f\n\r\t\v"},
                                        {R"(\\\'\"\?)", R"(\'"?)"},
                                        {R"('"?{}/%)", R"('"?{}/%)"},
                                        {"\0\r\n\x1a\xff"s, "\0\r\n\x1a\xff"s},
                                        {R"(a\nb)", "a\nb"},
                                        {R"(\\n)", R"(\n)"},
                                        {R"(\\\n)", "\\\n"},
                                        {R"(Host: a\r\n)", "Host: a\r\n"},
                                        {R"("172"\r,"desc")", "\"172\"\r,\"desc\""},
                                        {R"(a\x2Cb)", "a,b"},
                                    });
}

TEST(Decode, Octal) {
  expect_decoded(Encoding::escapes, {
                                        {R"(\0)", "\0"s},
                                        {R"(\7)", "\7"},
                                        {R"(\00)", "\0"s},
                                        {R"(\000)", "\0"s},
                                        {R"(\0000)",
                                         "\0"
                                         "0"s},
                                        {R"(\12)", "\n"},
                                        {R"(\101)", "A"},
                                        {R"(\1011)", "A1"},
                                        {R"(\18)",
                                         "\1"
                                         "8"},
                                        {R"(\08)",
                                         "\0"
                                         "8"s},
                                        {R"(\1a)",
                                         "\1"
                                         "a"},
                                        {R"(\377)", "\xff"},
                                        {R"(\3777)",
                                         "\xff"
                                         "7"},
                                        {R"(\1\2\3)", "\1\2\3"},
                                        {R"(\378)",
                                         "\x1f"
                                         "8"},
                                        {R"(\400)", {}},
                                        {R"(\777)", {}},
                                        {R"(a\477)", {}},
                                        {R"(\8)", {}},
                                        {R"(\9)", {}},
                                    });
}

TEST(Decode, HexEscapes) {
  expect_decoded(Encoding::escapes, {
                                        {R"(\x4)", "\x04"},
                                        {R"(\x41)", "A"},
                                        {R"(\x412)", "A2"},
                                        {R"(\x00)", "\0"s},
                                        {R"(\xfF\xFf)", "\xff\xff"},
                                        {R"(\xag)", "\x0ag"},
                                        {R"(\x4g)", "\x04g"},
                                        {R"(\x4\x4)", "\x04\x04"},
                                        {R"(\x2cA)", ",A"},
                                        {R"(\x)", {}},
                                        {R"(\xg1)", {}},
                                        {R"(\x 41)", {}},
                                        {R"(\x\x41)", {}},
                                        {R"(\X41)", {}},
                                        {R"(\x@)", {}},
                                        {R"(\x`)", {}},
                                    });
}

TEST(Decode, AnyOtherEscapeIsMalformed) {
  const Bytes known = R"(abfnrtv\'"?x01234567)";
  std::vector<EscapeCase> cases = {{"\\", {}}, {R"(abc\)", {}}, {R"(\\\)", {}}, {R"(\q,\n)", {}}};
  for (int byte = 0; byte < 256; ++byte) {
    const auto letter = static_cast<char>(byte);
    if (known.find(letter) == Bytes::npos) cases.push_back({"a\\"s + letter + "b", {}});
  }
  expect_decoded(Encoding::escapes, cases);
}

TEST(Decode, Hex) {
  expect_decoded(
      Encoding::hex,
      {
          {"", ""},         {"00", "\0"s}, {"4a4B4c", "JKL"}, {"00FFff1A", "\0\xff\xff\x1a"s},
          {"4", {}},        {"414", {}},   {"4g", {}},        {"g4", {}},
          {"41 42", {}},    {"41 4", {}},  {"0x41", {}},      {"41,42", {}},
          {"4142\r\n", {}}, {"@@", {}},    {"``", {}},        {"//", {}},
          {"::", {}},       {"\0\0"s, {}}, {"\xb1\xb1", {}},
      });
}

TEST(Decode, EveryByteInEverySpelling) {
  std::string bytes;
  std::array<std::string, 3> spelled;
  for (unsigned byte = 0; byte < 256; ++byte) {
    bytes.push_back(static_cast<char>(byte));
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\x%02x", byte);
    spelled[0] += text.data();
    std::snprintf(text.data(), text.size(), "\\%03o", byte);
    spelled[1] += text.data();
    std::snprintf(text.data(), text.size(), "%02X", byte);
    spelled[2] += text.data();
  }
  for (std::size_t i = 0; i < spelled.size(); ++i) {
    SCOPED_TRACE(spelled[i]);
    TestPool pool;
    Chain out(pool);
    ASSERT_EQ(decode(spelled[i], i < 2 ? Encoding::escapes : Encoding::hex, out), Decoded::ok);
    EXPECT_EQ(text_of(out.view()), bytes);
  }
}

TEST(Decode, LongValuesKeepEveryByte) {
  const std::string plain = mem::pattern(3 * Block::kCapacity + 11);
  std::string escaped;
  for (const char c : plain) escaped += c == '\\' ? R"(\\)" : std::string(1, c);
  TestPool pool;
  for (std::size_t filled = 0; filled <= Block::kCapacity; filled += 50) {
    const std::string before(filled, '.');
    Chain out = mem::chain_of(pool, before);
    ASSERT_EQ(decode(escaped, Encoding::escapes, out), Decoded::ok);
    EXPECT_EQ(text_of(out.view()), before + plain);
  }
}

TEST(Decode, SaysWhenThereIsNoMemory) {
  struct Value {
    Encoding encoding;
    std::string text;
  };
  for (const Value& value : {Value{Encoding::escapes, std::string(1200, 'x')},
                             Value{Encoding::hex, std::string(2400, '4')}}) {
    TestPool pool(16);
    Chain out = mem::chain_of(pool, "before");
    const std::size_t used = pool.used_count();
    for (std::size_t n = 0; n < 2; ++n) {
      mem::Rollback rollback(out);
      pool.fail_after(n);
      EXPECT_EQ(decode(value.text, value.encoding, out), Decoded::out_of_memory) << n;
    }
    EXPECT_EQ(text_of(out.view()), "before");
    EXPECT_EQ(pool.used_count(), used);
  }
}

TEST(Decode, AMalformedValueLeavesNothingInThePool) {
  struct Value {
    Encoding encoding;
    std::string text;
  };
  for (const Value& value : {Value{Encoding::escapes, R"(Open\x53esame\q)"},
                             Value{Encoding::hex, "4f70656e536573616d654g"}}) {
    for (const Bytes before : {Bytes(""), Bytes("before")}) {
      SCOPED_TRACE(value.text + " behind " + std::string(before));
      TestPool pool;
      Chain out = mem::chain_of(pool, before);
      {
        const mem::Rollback rollback(out);
        ASSERT_EQ(decode(value.text, value.encoding, out), Decoded::malformed);
      }
      EXPECT_EQ(text_of(out.view()), before);
      out.clear();
      EXPECT_FALSE(pool.contains("OpenSesame"));
    }
  }
}

}  // namespace
}  // namespace m531x::at
