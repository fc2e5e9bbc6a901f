// SPDX-License-Identifier: Apache-2.0
// Bytes as text for the trace.
#include <fmt/format.h>

#include <iterator>

#include "app/redact.h"

namespace m531x::app {
namespace {

unsigned byte_at(Bytes bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

// The size of the well-formed UTF-8 sequence of more than one byte that `bytes` begins with, or 0
// (Unicode 15, table 3-7); 0 for a control character (U+0080 to U+009F), which a terminal obeys.
std::size_t utf8_size(Bytes bytes) {
  const unsigned lead = byte_at(bytes, 0);
  const std::size_t size = lead >= 0xc2 && lead <= 0xdf   ? 2
                           : lead >= 0xe0 && lead <= 0xef ? 3
                           : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                          : 0;
  if (size == 0 || bytes.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(bytes, i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte_at(bytes, 1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second > 0x9f;
  const bool too_high = lead == 0xf4 && second > 0x8f;
  const bool control = lead == 0xc2 && second < 0xa0;
  return overlong || surrogate || too_high || control ? 0 : size;
}

}  // namespace

std::string escaped(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\\') {
      text += "\\\\";
    } else if (c >= ' ' && c <= '~') {
      text += c;
    } else if (const std::size_t size = utf8_size(bytes.substr(at)); size > 0) {
      text += bytes.substr(at, size);
      at += size - 1;
    } else {
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte_at(bytes, at));
    }
  }
  return text;
}

}  // namespace m531x::app
