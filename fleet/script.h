// SPDX-License-Identifier: Apache-2.0
// What a host of a fleet does (docs/fleet.md): the parts of a Markdown file, in the notation of
// transcripts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "m531x/bytes.h"
#include "transcript/script.h"

namespace m531x::fleet {

struct ScriptStep {
  int line = 0;       // in the file
  std::string types;  // empty: nothing
  Millis waits{0};    // before what is expected
  std::vector<transcript::Expected::Piece> expects;
  bool has_variables = false;
};

struct Script {
  std::vector<ScriptStep> start;    // once
  std::vector<ScriptStep> cycle;    // again and again
  std::vector<ScriptStep> recover;  // after a cycle that failed
};

inline constexpr std::size_t kMaxScriptBytes = 1U << 20;
inline constexpr std::size_t kMaxScriptSteps = 1'000;  // of a part

// Reads the blocks below the headings Start, Cycle and Recover; only Cycle has to be there. Throws
// UserError, which begins with `file` and the line.
[[nodiscard]] Script parse_script(std::string_view markdown, const std::string& file);

// GET of ${path} at ${server}, kept alive; from half a second after the modem has a network.
[[nodiscard]] std::string get_script(Millis until_network);

}  // namespace m531x::fleet
