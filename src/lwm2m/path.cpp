// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/path.h"

#include <array>
#include <charconv>

#include "m531x/ascii.h"

namespace m531x::lwm2m {
namespace {

// Takes the id at the front of `text`, or Path::kAll when there is none. A zero before others is
// none: an id has one spelling.
std::int32_t take_id(Bytes& text) {
  if (text.empty() || !is_digit(text.front())) return Path::kAll;
  if (text.front() == '0' && text.size() > 1 && is_digit(text[1])) return Path::kAll;
  std::int32_t id = 0;
  while (!text.empty() && is_digit(text.front())) {
    id = id * 10 + (text.front() - '0');
    if (id > kMaxId) return Path::kAll;
    text.remove_prefix(1);
  }
  return id;
}

}  // namespace

std::optional<Path> parse_path(Bytes text) {
  Path path;
  bool more = true;
  for (std::int32_t* const id : {&path.object, &path.instance, &path.resource}) {
    if (!more) break;
    *id = take_id(text);
    if (*id == Path::kAll) return std::nullopt;
    more = text.starts_with('/');
    if (more) text.remove_prefix(1);
  }
  if (more || !text.empty()) return std::nullopt;
  return path;
}

ShortText<kMaxPathBytes> text_of(const Path& path) {
  std::array<char, kMaxPathBytes> text;
  char* end = text.data();
  for (const std::int32_t id : {path.object, path.instance, path.resource}) {
    if (id == Path::kAll) break;
    if (end != text.data()) *end++ = '/';
    end = std::to_chars(end, text.data() + text.size(), id).ptr;
  }
  return Bytes(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace m531x::lwm2m
