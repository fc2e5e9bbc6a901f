// SPDX-License-Identifier: Apache-2.0
// The names come from the modem's own table.
#include "tests/transcript/command_names.h"

#include "modem/engine.h"

namespace m531x::transcript {

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& row : modem::commands()) names.emplace_back(row.name);
  return names;
}

}  // namespace m531x::transcript
