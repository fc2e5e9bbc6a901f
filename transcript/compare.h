// SPDX-License-Identifier: Apache-2.0
// What a modem did in a step, against what it should have done.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "m531x/bytes.h"
#include "transcript/script.h"

namespace m531x::transcript {

// What came out in one step, connections named as in the transcript.
struct Outcome {
  std::string dte;
  std::vector<std::string> actions;
  std::map<int, std::string> net;
  std::set<std::string> waits;
};

// `begun`: with more bytes behind them they may become what is expected.
enum class Fit : std::uint8_t { whole, begun, differs };
[[nodiscard]] Fit fit(Bytes bytes, const std::vector<Expected::Piece>& pieces);

[[nodiscard]] bool is_expected(const Outcome& outcome, const Expected& expected);

// For people: the lines that differ, expected ones behind `-` and received ones behind `+`, between
// the lines that are the same.
[[nodiscard]] std::string difference(const Expected& expected, const Outcome& outcome);

}  // namespace m531x::transcript
