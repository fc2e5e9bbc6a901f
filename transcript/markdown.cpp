// SPDX-License-Identifier: Apache-2.0
#include "transcript/markdown.h"

#include <algorithm>
#include <cctype>

namespace m531x::transcript {

namespace {

constexpr std::string_view kFence = "```";

}  // namespace

std::vector<FencedBlock> fenced_blocks(std::string_view markdown, std::string_view info) {
  std::vector<FencedBlock> blocks;
  const std::string opening = std::string(kFence) + std::string(info);
  std::string heading;
  std::string prose;
  bool inside = false;
  for (int number = 1; !markdown.empty(); ++number) {
    const std::size_t end = markdown.find('\n');
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(end == std::string_view::npos ? markdown.size() : end + 1);
    if (inside && line.starts_with(kFence)) {
      inside = false;
      blocks.back().ended = true;
    } else if (inside) {
      blocks.back().lines.push_back({number, line});
    } else if (line == opening) {
      inside = true;
      blocks.push_back({heading, prose, number, {}, false});
      prose.clear();
    } else if (line.starts_with('#')) {
      heading = line.substr(std::min(line.find_first_not_of("# "), line.size()));
      prose.clear();
    } else if (!line.empty()) {
      prose.append(prose.empty() ? "" : " ").append(line);
    }
  }
  return blocks;
}

std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace m531x::transcript
