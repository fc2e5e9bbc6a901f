// SPDX-License-Identifier: Apache-2.0
// The fenced blocks of a Markdown file, with the heading and the prose before each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace m531x::transcript {

struct FencedBlock {
  struct Line {
    int number;  // in the file
    std::string_view text;
  };
  std::string heading;  // as written, without its marks
  std::string prose;    // between the heading, or the block before, and this one
  int line = 0;         // of the opening fence
  std::vector<Line> lines;
  bool ended = false;
};

// All blocks whose fence is ``` and `info`. The lines are views of `markdown`.
[[nodiscard]] std::vector<FencedBlock> fenced_blocks(std::string_view markdown,
                                                     std::string_view info);

// A name made of the letters and digits of `text`, with `_` for runs of others.
[[nodiscard]] std::string slug(std::string_view text);

}  // namespace m531x::transcript
