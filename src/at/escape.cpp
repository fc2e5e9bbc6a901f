// SPDX-License-Identifier: Apache-2.0
#include "at/escape.h"

#include "m531x/ascii.h"

#include <array>

#include "mem/text.h"

namespace m531x::at {
namespace {

constexpr int kMalformed = -1;

constexpr int octal_value(char byte) {
  return byte >= '0' && byte <= '7' ? byte - '0' : kMalformed;
}

// The byte of a backslash and this letter.
constexpr int letter_escape(int letter) {
  switch (letter) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '\'':
    case '"':
    case '?':
      return letter;
    default:
      return kMalformed;
  }
}

// Takes up to `most` digits, at least one, off the front of `text`.
int take_number(Bytes& text, int (*digit)(char), int base, std::size_t most) {
  int value = 0;
  std::size_t count = 0;
  while (count < most && count < text.size() && digit(text[count]) != kMalformed) {
    value = value * base + digit(text[count++]);
  }
  text.remove_prefix(count);
  return count > 0 && value <= 0xff ? value : kMalformed;
}

// Takes one escape off the front of `text`, whose first byte is its backslash.
int take_escape(Bytes& text) {
  text.remove_prefix(1);
  if (text.empty()) return kMalformed;
  const int byte = letter_escape(text.front());
  if (byte == kMalformed && text.front() != 'x') return take_number(text, octal_value, 8, 3);
  text.remove_prefix(1);
  return byte == kMalformed ? take_number(text, hex_value, 16, 2) : byte;
}

Decoded decode_escapes(Bytes text, mem::Chain& out) {
  while (!text.empty()) {
    const Bytes plain = mem::first(text, text.find('\\'));
    if (!out.append(plain)) return Decoded::out_of_memory;
    text.remove_prefix(plain.size());
    // Escapes come in pairs and more: they are collected on the way.
    std::array<char, 16> bytes;
    std::size_t count = 0;
    while (count < bytes.size() && text.starts_with('\\')) {
      const int byte = take_escape(text);
      if (byte == kMalformed) return Decoded::malformed;
      bytes[count++] = static_cast<char>(byte);
    }
    if (!out.append(Bytes(bytes.data(), count))) return Decoded::out_of_memory;
  }
  return Decoded::ok;
}

Decoded decode_hex(Bytes text, mem::Chain& out) {
  if (text.size() % 2 != 0) return Decoded::malformed;
  for (; !text.empty(); text.remove_prefix(2)) {
    const int high = hex_value(text[0]);
    const int low = hex_value(text[1]);
    if (high == kMalformed || low == kMalformed) return Decoded::malformed;
    if (!out.append_byte(static_cast<char>(high * 16 + low))) return Decoded::out_of_memory;
  }
  return Decoded::ok;
}

}  // namespace

Decoded decode(Bytes text, Encoding encoding, mem::Chain& out) {
  return encoding == Encoding::hex ? decode_hex(text, out) : decode_escapes(text, out);
}

}  // namespace m531x::at
