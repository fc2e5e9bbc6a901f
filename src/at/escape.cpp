// SPDX-License-Identifier: Apache-2.0
#include "at/escape.h"

#include <algorithm>

namespace m531x::at {
namespace {

constexpr int kMalformed = -1;

constexpr int hex_value(int byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : kMalformed;
}

constexpr int octal_value(int byte) {
  return byte >= '0' && byte <= '7' ? byte - '0' : kMalformed;
}

struct Escape {
  char letter;
  char byte;
};
constexpr Escape kEscapes[] = {{'n', '\n'},  {'r', '\r'},  {'t', '\t'}, {'"', '"'},
                               {'\\', '\\'}, {'\'', '\''}, {'?', '?'},  {'a', '\a'},
                               {'b', '\b'},  {'f', '\f'},  {'v', '\v'}};

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

// The byte of one escape; the backslash has been read.
int escape(mem::Reader& in) {
  const int letter = in.peek();
  for (const Escape& row : kEscapes) {
    if (row.letter == letter) {
      in.get();
      return static_cast<unsigned char>(row.byte);
    }
  }
  if (letter != 'x') return number(in, octal_value, 8, 3);
  in.get();
  return number(in, hex_value, 16, 2);
}

Decoded decode_escapes(mem::ChainView text, mem::Chain& out) {
  mem::Reader in(text);
  while (!in.at_end()) {
    const Bytes run = in.run();
    const std::size_t plain = std::min(run.find('\\'), run.size());
    if (!out.append(run.substr(0, plain))) return Decoded::out_of_memory;
    in.skip(plain);
    if (plain == run.size()) continue;
    in.get();
    const int byte = escape(in);
    if (byte == kMalformed) return Decoded::malformed;
    if (!out.append_byte(static_cast<char>(byte))) return Decoded::out_of_memory;
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
