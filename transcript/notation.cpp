// SPDX-License-Identifier: Apache-2.0
// The spelling of bytes in transcripts.
#include "transcript/notation.h"

#include <charconv>
#include <cstdint>

namespace m531x::transcript {

namespace {

constexpr std::size_t kShortenedRun = 17;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The repeat at the beginning of `text`: appends it to `out` and returns its length, or 0.
std::size_t take_repeat(std::string_view text, std::string& out) {
  std::size_t count = 0;
  const auto number = std::from_chars(text.data() + 1, text.data() + text.size(), count);
  const auto star = static_cast<std::size_t>(number.ptr - text.data());
  const std::size_t end = text.find('}');
  if (number.ec != std::errc{} || end == std::string_view::npos || star >= end ||
      text[star] != '*') {
    return 0;
  }
  for (; count != 0; --count) out.append(text, star + 1, end - star - 1);
  return end + 1;
}

void append_spelled(char byte, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto value = static_cast<std::uint8_t>(byte);
  if (byte == '\r') {
    out += "\\r";
  } else if (byte == '\n') {
    out += "\\n";
  } else if (byte == '\\') {
    out += "\\\\";
  } else if (value < 0x20 || value > 0x7e) {
    out += {'\\', 'x', kDigits[value >> 4U], kDigits[value & 0xfU]};
  } else {
    out += byte;
  }
}

}  // namespace

std::string expand_repeats(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const std::size_t used = text[0] == '{' ? take_repeat(text, out) : 0; used != 0) {
      text.remove_prefix(used);
      continue;
    }
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

std::optional<std::string> decode_raw(std::string_view text) {
  const std::string expanded = expand_repeats(text);
  std::string out;
  for (std::size_t i = 0; i < expanded.size(); ++i) {
    if (expanded[i] != '\\') {
      out += expanded[i];
      continue;
    }
    const char escape = ++i < expanded.size() ? expanded[i] : '\0';
    if (escape == 'r') {
      out += '\r';
    } else if (escape == 'n') {
      out += '\n';
    } else if (escape == '\\') {
      out += '\\';
    } else if (escape == 'x' && i + 2 < expanded.size() && hex_value(expanded[i + 1]) >= 0 &&
               hex_value(expanded[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(expanded[i + 1]) * 16 + hex_value(expanded[i + 2]));
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string render(std::string_view bytes, std::string_view mark) {
  std::string out;
  bool at_start = true;
  for (std::size_t i = 0; i < bytes.size();) {
    if (at_start) out.append(mark);
    const std::size_t run_end = std::min(bytes.find_first_not_of(bytes[i], i), bytes.size());
    const char byte = bytes[i];
    if (run_end - i >= kShortenedRun && byte != '\n') {
      out += '{' + std::to_string(run_end - i) + '*';
      append_spelled(byte, out);
      out += '}';
      i = run_end;
    } else {
      append_spelled(byte, out);
      ++i;
    }
    at_start = byte == '\n';
    if (at_start) out += '\n';
  }
  if (!at_start) out += '\n';
  return out;
}

}  // namespace m531x::transcript
