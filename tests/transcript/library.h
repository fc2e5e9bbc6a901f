// SPDX-License-Identifier: Apache-2.0
// The project's transcripts, read from their folder.
#pragma once

#include <string>
#include <vector>

#include "transcript/script.h"

namespace m531x::transcript {

struct File {
  std::string name;  // below the folder, without .md; `/` and `-` have become `_`
  std::vector<Block> blocks;
};

// All Markdown files of tests/transcripts, sorted by name. Read once.
[[nodiscard]] const std::vector<File>& library();

}  // namespace m531x::transcript
