// SPDX-License-Identifier: Apache-2.0
#include "http/plain_header.h"

#include "http/line_filter.h"
#include "m531x/ascii.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

constexpr Bytes kConnection = "connection";
constexpr Bytes kLength = "content-length";
constexpr Bytes kProxyConnection = "proxy-connection";
constexpr Bytes kCoding = "transfer-encoding";

bool is_name(Bytes name, Bytes in_small_letters) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (to_lower(name[i]) != in_small_letters[i]) return false;
  }
  return true;
}

// The line that `rest` begins with, without its CR LF; nullopt when there is none.
std::optional<Bytes> first_line(Bytes rest) {
  const std::size_t line_feed = rest.find('\n');
  if (line_feed == Bytes::npos || line_feed == 0 || rest[line_feed - 1] != '\r') {
    return std::nullopt;
  }
  return mem::first(rest, line_feed - 1);
}

// llhttp judges the reason by nothing but its end.
bool is_plain_status(Bytes line) {
  LineFilter filter;
  return !filter.next(LineFilter::Kind::status, line) && !filter.line_is_bad() &&
         line.starts_with('H') && line.find('\r') == Bytes::npos && line.find('\0') == Bytes::npos;
}

// llhttp refuses odd bytes in a name by itself. False: the filter has a say.
bool is_plain_field(Bytes line, bool& has_length) {
  const std::size_t colon = line.find(':');
  if (colon == Bytes::npos || line.front() == ' ' || line.front() == '\t') return false;
  const Bytes name = mem::first(line, colon);
  const auto is_list = [line, colon] {
    return mem::after(line, colon).find_first_of(",\t") != Bytes::npos;
  };
  switch (colon) {
    case kConnection.size():
      return !is_name(name, kConnection) || !is_list();
    case kLength.size():
      if (!is_name(name, kLength)) return true;
      has_length = true;
      return !is_list();
    case kProxyConnection.size():
      return !is_name(name, kProxyConnection);
    case kCoding.size():
      return !is_name(name, kCoding);
    default:
      return true;
  }
}

}  // namespace

std::optional<PlainHeader> find_plain_header(Bytes slice, std::uint32_t most_bytes,
                                             std::uint32_t most_line_bytes) {
  PlainHeader header;
  const auto line_bytes = [](Bytes line) { return static_cast<std::uint32_t>(line.size()) + 2; };
  const auto status = first_line(slice);
  if (!status || !is_plain_status(*status)) return std::nullopt;
  header.status_bytes = line_bytes(*status);
  if (header.status_bytes > most_line_bytes) return std::nullopt;
  std::uint32_t at = header.status_bytes;
  while (true) {
    const auto line = first_line(mem::after(slice, at));
    if (!line || line_bytes(*line) > most_line_bytes) return std::nullopt;
    if (line->empty()) break;
    if (!is_plain_field(*line, header.has_length)) return std::nullopt;
    at += line_bytes(*line);
  }
  if (at + kHeaderEndBytes > most_bytes) return std::nullopt;
  header.field_bytes = at - header.status_bytes;
  return header;
}

}  // namespace m531x::http
