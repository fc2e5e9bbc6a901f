// SPDX-License-Identifier: Apache-2.0
#include "at/escape.h"

#include <cstring>

#include "mem/text.h"

namespace m531x::at {
namespace {

constexpr int kMalformed = -1;

constexpr int hex_value(int byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : kMalformed;
}

constexpr int octal_value(int byte) { return byte >= '0' && byte <= '7' ? byte - '0' : kMalformed; }

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

// The value of up to `most` digits, at least one.
int number(mem::Reader& in, int (*digit)(int), int base, int most) {
  int value = digit(in.peek());
  if (value == kMalformed) return kMalformed;
  in.get();
  for (int count = 1; count < most; ++count) {
    const int next = digit(in.peek());
    if (next == kMalformed) break;
    value = value * base + next;
    in.get();
  }
  return value <= 0xff ? value : kMalformed;
}

// The byte of one escape, which the reader may have to follow into another block.
int escape(mem::Reader& in) {
  in.get();
  const int byte = letter_escape(in.peek());
  if (byte != kMalformed) {
    in.get();
    return byte;
  }
  if (in.peek() != 'x') return number(in, octal_value, 8, 3);
  in.get();
  return number(in, hex_value, 16, 2);
}

// One run of the text spells at most as many bytes as it has.
Decoded decode_escapes(mem::ChainView text, mem::Chain& out) {
  mem::Reader in(text);
  while (!in.at_end()) {
    const Bytes run = in.run();
    char* const begin = out.reserve(run.size());
    if (begin == nullptr) return Decoded::out_of_memory;
    char* to = begin;
    Bytes rest = run;
    while (!rest.empty()) {
      const Bytes plain = mem::first(rest, rest.find('\\'));
      std::memcpy(to, plain.data(), plain.size());
      to += plain.size();
      rest.remove_prefix(plain.size());
      const int byte = rest.size() < 2 ? kMalformed : letter_escape(rest[1]);
      if (byte == kMalformed) break;
      *to++ = static_cast<char>(byte);
      rest.remove_prefix(2);
    }
    in.skip(run.size() - rest.size());
    if (!rest.empty()) {
      const int byte = escape(in);
      if (byte == kMalformed) return Decoded::malformed;
      *to++ = static_cast<char>(byte);
    }
    out.commit(static_cast<std::size_t>(to - begin));
  }
  return Decoded::ok;
}

Decoded decode_hex(mem::ChainView text, mem::Chain& out) {
  if (text.size % 2 != 0) return Decoded::malformed;
  mem::Reader in(text);
  while (!in.at_end()) {
    const int high = hex_value(in.get());
    const int low = hex_value(in.get());
    if (high == kMalformed || low == kMalformed) return Decoded::malformed;
    if (!out.append_byte(static_cast<char>(high * 16 + low))) return Decoded::out_of_memory;
  }
  return Decoded::ok;
}

}  // namespace

Decoded decode(mem::ChainView text, Encoding encoding, mem::Chain& out) {
  return encoding == Encoding::hex ? decode_hex(text, out) : decode_escapes(text, out);
}

}  // namespace m531x::at
