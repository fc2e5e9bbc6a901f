// SPDX-License-Identifier: Apache-2.0
#include "onenet/link_format.h"

namespace m531x::onenet {
namespace {

// Where a link ends: at a comma that stands in no quotes. Nullopt when quotes are left open.
std::optional<std::size_t> end_of_attributes(Bytes text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (text[at] == ',' && !quoted) {
      return at;
    }
  }
  if (quoted) return std::nullopt;
  return text.size();
}

}  // namespace

std::optional<Link> LinkReader::fail() {
  malformed_ = true;
  rest_ = {};
  return std::nullopt;
}

std::optional<Link> LinkReader::next() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t close = rest_.find('>');
  if (rest_.front() != '<' || close == Bytes::npos) return fail();
  Link link{.target = rest_.substr(1, close - 1), .attributes = {}};
  rest_.remove_prefix(close + 1);
  const auto end = end_of_attributes(rest_);
  if (!end) return fail();
  link.attributes = rest_.substr(0, *end);
  if (!link.attributes.empty() && link.attributes.front() != ';') return fail();
  const bool more = *end < rest_.size();
  rest_.remove_prefix(more ? *end + 1 : *end);
  if (more && rest_.empty()) return fail();
  return link;
}

std::optional<std::vector<lwm2m::Path>> paths_of(Bytes text) {
  std::vector<lwm2m::Path> paths;
  LinkReader reader(text);
  std::size_t count = 0;
  while (const auto link = reader.next()) {
    if (++count > kMaxLinks) return std::nullopt;
    if (!link->target.starts_with('/')) continue;
    if (const auto path = lwm2m::parse_path(link->target.substr(1))) paths.push_back(*path);
  }
  if (reader.malformed()) return std::nullopt;
  return paths;
}

}  // namespace m531x::onenet
