// SPDX-License-Identifier: Apache-2.0
// Shows the demo's conversation: who speaks is told by a mark, and by a colour on a terminal.
#pragma once

#include <cstdint>
#include <string_view>

#include "m531x/bytes.h"

namespace m531x::app {

class DemoView {
 public:
  enum class Who : std::uint8_t { host, modem, server };

  // Looks at standard output: is it a terminal, how wide is it, are colours wanted (NO_COLOR)?
  DemoView();

  void heading(std::string_view text) const;
  // One line; on a wide terminal the server's stand in a column of their own. What does not fit is
  // left out; behind it stands how many bytes there are in `text`, or in `data` if there are any.
  void line(Who who, std::string_view text, Bytes data = {}) const;
  // The figures at the end: good or bad news.
  void result(std::string_view text, bool good) const;

 private:
  void print(std::string_view colour, std::string_view text) const;

  bool coloured_;
  bool has_column_;
  std::size_t width_;  // of one column
};

}  // namespace m531x::app
