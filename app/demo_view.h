// SPDX-License-Identifier: Apache-2.0
// Shows the demo's conversation: on a terminal in a column for each party, else, and where a
// terminal is too narrow for that, one below the other with a mark before each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "m531x/bytes.h"

namespace m531x::app {

class DemoView {
 public:
  enum class Who : std::uint8_t { host, modem, server };
  static constexpr std::size_t kPartyCount = 3;
  using Parties = std::array<std::string, kPartyCount>;  // in the order of Who

  static constexpr std::size_t kLeastForColumns = 72;  // columns of a terminal, for three of ours
  static constexpr std::size_t kMaxDataRows = 8;       // of one record; longer data has one row

  // Looks at standard output: is it a terminal, how wide is it, are colours wanted (NO_COLOR)?
  DemoView();

  // Who they are, above all that they say.
  void parties(const Parties& names) const;
  void heading(std::string_view text) const;
  // What one of them says, whole, and behind it `data`, of which only the beginning is shown if
  // there is much, and how many bytes there are.
  void line(Who who, std::string_view text, Bytes data = {}) const;
  // The figures at the end: good or bad news.
  void result(std::string_view text, bool good) const;

 private:
  void print(std::string_view colour, std::string_view text, std::size_t indent = 0) const;
  void print_wrapped(std::string_view colour, std::string_view text) const;

  bool coloured_;
  bool has_columns_;
  std::size_t width_;      // of all
  std::size_t row_width_;  // of what one party says
};

}  // namespace m531x::app
