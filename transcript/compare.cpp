// SPDX-License-Identifier: Apache-2.0
#include "transcript/compare.h"

#include <algorithm>

#include "transcript/notation.h"

namespace m531x::transcript {

namespace {

Fit fit_from(Bytes bytes, const std::vector<Expected::Piece>& pieces, std::size_t from) {
  for (std::size_t i = from; i < pieces.size(); ++i) {
    if (pieces[i].anything) {
      Fit best = Fit::begun;
      for (std::size_t skip = 0; skip <= bytes.size() && best != Fit::whole; ++skip) {
        if (fit_from(bytes.substr(skip), pieces, i + 1) == Fit::whole) best = Fit::whole;
      }
      return best;
    }
    const std::string& wanted = pieces[i].bytes;
    if (!bytes.starts_with(wanted)) {
      return wanted.starts_with(bytes) ? Fit::begun : Fit::differs;
    }
    bytes.remove_prefix(wanted.size());
  }
  return bytes.empty() ? Fit::whole : Fit::differs;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string text_of(const std::string& dte_text, const std::vector<std::string>& actions,
                    const std::map<int, std::string>& net, const std::set<std::string>& waits) {
  std::string text = dte_text;
  for (const auto& action : actions) text += action + "\n";
  for (const auto& [number, bytes] : net) {
    text += render(bytes, "net " + std::to_string(number) + " << ");
  }
  for (const auto& who : waits) text += who + " waits\n";
  return text;
}

std::string text_of(const Expected& expected) {
  std::string dte_text;
  std::string exact;
  for (const auto& piece : expected.dte) {
    if (!piece.anything) {
      exact += piece.bytes;
      continue;
    }
    dte_text += render(exact, "<< ") + "< ...\n";
    exact.clear();
  }
  return text_of(dte_text + render(exact, "<< "), expected.actions, expected.net, expected.waits);
}

}  // namespace

Fit fit(Bytes bytes, const std::vector<Expected::Piece>& pieces) {
  return fit_from(bytes, pieces, 0);
}

bool is_expected(const Outcome& outcome, const Expected& expected) {
  return fit(outcome.dte, expected.dte) == Fit::whole && outcome.actions == expected.actions &&
         outcome.net == expected.net && outcome.waits == expected.waits;
}

std::string difference(const Expected& expected, const Outcome& outcome) {
  const auto want = lines_of(text_of(expected));
  const auto got =
      lines_of(text_of(render(outcome.dte, "<< "), outcome.actions, outcome.net, outcome.waits));
  std::size_t head = 0;
  while (head < std::min(want.size(), got.size()) && want[head] == got[head]) ++head;
  std::size_t tail = 0;
  while (tail < std::min(want.size(), got.size()) - head &&
         want[want.size() - 1 - tail] == got[got.size() - 1 - tail]) {
    ++tail;
  }
  std::string out;
  for (std::size_t i = 0; i < head; ++i) out += "      " + want[i] + "\n";
  for (std::size_t i = head; i < want.size() - tail; ++i) out += "    - " + want[i] + "\n";
  for (std::size_t i = head; i < got.size() - tail; ++i) out += "    + " + got[i] + "\n";
  for (std::size_t i = want.size() - tail; i < want.size(); ++i) out += "      " + want[i] + "\n";
  return out;
}

}  // namespace m531x::transcript
