// SPDX-License-Identifier: Apache-2.0
// The two spellings of bytes in a parameter: at::decode against the plainest model of them, with
// any little memory, and the way back from any bytes.
// Input: how many blocks of memory, how much is stored already, then the text.
#include <algorithm>
#include <optional>

#include "at/escape.h"
#include "fuzz/fuzz.h"

namespace m531x::fuzz {
namespace {

using at::Decoded;
using at::Encoding;

constexpr std::size_t kEnough = 64;
constexpr Bytes kHexDigits = "0123456789abcdefABCDEF";
constexpr Bytes kOctalDigits = "01234567";
constexpr Bytes kLetters = "abfnrtv\\'\"?";
constexpr Bytes kMeanings = "\a\b\f\n\r\t\v\\'\"?";

// The digits at the front of `text`, at most so many.
std::string digits_of(Bytes text, Bytes digits, std::size_t most) {
  return std::string(mem::first(text, std::min(most, text.find_first_not_of(digits))));
}

std::optional<std::string> model_of_escapes(Bytes text) {
  std::string bytes;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      bytes += c;
      continue;
    }
    if (text.empty()) return std::nullopt;
    const std::size_t letter = kLetters.find(text.front());
    if (letter != Bytes::npos) {
      bytes += kMeanings[letter];
      text.remove_prefix(1);
      continue;
    }
    const bool hex = text.front() == 'x';
    if (hex) text.remove_prefix(1);
    const std::string digits =
        hex ? digits_of(text, kHexDigits, 2) : digits_of(text, kOctalDigits, 3);
    if (digits.empty()) return std::nullopt;
    const unsigned long value = std::strtoul(digits.c_str(), nullptr, hex ? 16 : 8);
    if (value > 255) return std::nullopt;
    bytes += static_cast<char>(value);
    text.remove_prefix(digits.size());
  }
  return bytes;
}

std::optional<std::string> model_of_hex(Bytes text) {
  if (text.size() % 2 != 0) return std::nullopt;
  if (text.find_first_not_of(kHexDigits) != Bytes::npos) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes += static_cast<char>(std::strtoul(std::string(text.substr(i, 2)).c_str(), nullptr, 16));
  }
  return bytes;
}

std::string spell(Bytes bytes, const char* format) {
  std::string text;
  for (const char byte : bytes) {
    std::array<char, 8> digits;
    text.append(digits.data(), static_cast<std::size_t>(std::snprintf(
                                   digits.data(), digits.size(), format,
                                   static_cast<unsigned>(static_cast<unsigned char>(byte)))));
  }
  return text;
}

// What stands behind `before` bytes that were there, as its owner sees it: nothing on failure.
Decoded decode_behind(std::size_t before, Bytes text, Encoding encoding, std::size_t block_count,
                      std::string& bytes) {
  Pool memory(block_count);
  mem::Chain chain(memory.pool);
  const std::string old(before, '.');
  if (!chain.append(old)) return Decoded::out_of_memory;
  Decoded decoded = Decoded::ok;
  {
    mem::Rollback rollback(chain);
    decoded = at::decode(Exact(text).bytes(), encoding, chain);
    if (decoded == Decoded::ok) rollback.keep();
  }
  const std::string all = text_of(chain.view());
  expect(all.size() == chain.size(), "a chain's size is that of its bytes");
  expect(all.starts_with(old), "what was there stays");
  bytes = all.substr(before);
  expect(decoded == Decoded::ok || bytes.empty(), "a failure leaves nothing");
  return decoded;
}

void expect_like(const std::optional<std::string>& model, Encoding encoding, Bytes text,
                 std::size_t before, std::size_t block_count) {
  std::string bytes;
  const Decoded decoded = decode_behind(before, text, encoding, kEnough, bytes);
  expect(decoded == (model ? Decoded::ok : Decoded::malformed), "it is what the model takes");
  expect(!model || bytes == model, "the bytes are the model's");
  const Decoded scarce = decode_behind(before, text, encoding, block_count, bytes);
  expect(scarce == decoded || scarce == Decoded::out_of_memory,
         "with little memory it is the same, or there is too little");
  expect(scarce != Decoded::ok || bytes == model, "with little memory the bytes are the same");
}

void check(Source source) {
  const std::size_t block_count = source.byte() % 16;
  const std::size_t before = std::size_t{4} * source.byte();
  const Bytes text = source.rest();

  expect_like(model_of_escapes(text), Encoding::escapes, text, before, block_count);
  expect_like(model_of_hex(text), Encoding::hex, text, before, block_count);
  const std::string all(text);
  for (const char* const format : {"\\x%02x", "\\%03o"}) {
    expect_like(all, Encoding::escapes, spell(text, format), before, block_count);
  }
  for (const char* const format : {"%02x", "%02X"}) {
    expect_like(all, Encoding::hex, spell(text, format), before, block_count);
  }
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size));
  return 0;
}
