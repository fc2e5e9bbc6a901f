// SPDX-License-Identifier: Apache-2.0
#include "http/url.h"

#include <algorithm>

#include "m531x/ascii.h"
#include "m531x/settings.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

constexpr bool is_name_char(char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_'; }

// Takes the text up to `separator` off the front of `rest`; all of it when there is none.
Bytes take_until(Bytes& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const Bytes part = mem::first(rest, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

bool parse_number(Bytes text, std::uint32_t high, std::uint32_t& value) {
  value = 0;
  if (text.empty()) return false;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
    if (value > high) return false;
  }
  return true;
}

// RFC 4291 2.2: groups of hex digits, one `::` at most, an IPv4 address in the place of the last
// two groups.
bool is_ipv6(Bytes text) {
  const std::size_t gap = text.find("::");
  if (gap != Bytes::npos && text.find("::", gap + 1) != Bytes::npos) return false;
  if (text.starts_with(":") && gap != 0) return false;
  if (text.ends_with(":") && (gap == Bytes::npos || gap + 2 != text.size())) return false;
  int group_count = 0;
  while (!text.empty()) {
    const bool last = text.find(':') == Bytes::npos;
    const Bytes group = take_until(text, ':');
    if (group.empty()) continue;
    if (last && group.find('.') != Bytes::npos) {
      if (!is_ipv4(group)) return false;
      group_count += 2;
    } else {
      if (group.size() > 4 || !std::ranges::all_of(group, is_hex_digit)) return false;
      ++group_count;
    }
  }
  return gap == Bytes::npos ? group_count == 8 : group_count < 8;
}

}  // namespace

bool is_ipv4(Bytes text) {
  int part_count = 0;
  bool more = true;
  while (more) {
    more = text.find('.') != Bytes::npos;
    const Bytes part = take_until(text, '.');
    std::uint32_t value = 0;
    // With a leading zero it is an octal number to some (RFC 3986 7.4).
    const bool is_padded = part.size() > 1 && part.starts_with('0');
    if (is_padded || !parse_number(part, 255, value)) return false;
    ++part_count;
  }
  return part_count == 4;
}

bool is_name_or_ipv4(Bytes text) {
  if (text.empty() || text.size() > kMaxHostBytes) return false;
  if (std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; })) {
    return is_ipv4(text);
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  while (!text.empty()) {
    const bool trailing_dot = text.ends_with('.');
    const Bytes label = take_until(text, '.');
    if (trailing_dot && text.empty()) return false;
    if (label.empty() || label.starts_with('-') || label.ends_with('-') ||
        !std::ranges::all_of(label, is_name_char)) {
      return false;
    }
  }
  return true;
}

bool parse_authority(Bytes text, Url& url) {
  Bytes rest = text;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == Bytes::npos) return false;
    url.host = mem::first(mem::after(text, 1), end - 1);
    url.host_is_ipv6 = true;
    rest.remove_prefix(end + 1);
  } else {
    const std::size_t end = std::min(text.find(':'), text.size());
    url.host = mem::first(text, end);
    rest.remove_prefix(end);
  }
  if (!(url.host_is_ipv6 ? is_ipv6(url.host) : is_name_or_ipv4(url.host))) return false;

  url.port = default_port(url.scheme);
  if (rest.empty()) return true;
  std::uint32_t port = 0;
  if (rest.front() != ':' || !parse_number(mem::after(rest, 1), 65535, port) || port == 0)
    return false;
  url.port = static_cast<std::uint16_t>(port);
  return true;
}

bool parse_url(Bytes text, Url& url) {
  const std::size_t scheme_end = text.find("://");
  const std::size_t authority_end = text.find_first_of("/?#");
  if (scheme_end != Bytes::npos && scheme_end < authority_end) {
    const Bytes scheme = mem::first(text, scheme_end);
    if (equal_ignoring_case(scheme, "https")) {
      url.scheme = Scheme::https;
    } else if (equal_ignoring_case(scheme, "http")) {
      url.scheme = Scheme::http;
    } else {
      return false;
    }
    text.remove_prefix(scheme_end + 3);
  }
  return parse_authority(mem::first(text, text.find_first_of("/?#")), url);
}

}  // namespace m531x::http
