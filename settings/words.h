// SPDX-License-Identifier: Apache-2.0
// How a sentence that refuses something shows what was written and names what may stand there.
#pragma once

#include <iterator>
#include <string>
#include <string_view>

namespace m531x::settings {

// A user's text, not too much of it: its first 40 bytes, control bytes as \xhh, for the sentence
// may go to a terminal.
[[nodiscard]] std::string in_quotes(std::string_view text);

// "a, b or c".
template <typename Names>
[[nodiscard]] std::string listed(const Names& names) {
  std::string text;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const bool last = std::next(name) == names.end();
    if (name != names.begin()) text += last ? " or " : ", ";
    text += *name;
  }
  return text;
}

}  // namespace m531x::settings
