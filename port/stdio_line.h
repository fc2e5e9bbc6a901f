// SPDX-License-Identifier: Apache-2.0
// The host on standard input and output.
#pragma once

#include <termios.h>

#include <array>
#include <optional>

#include "port/unique_fd.h"

namespace m531x::port {

// While it lives, a terminal on standard input passes each key on as it is typed, Ctrl-C excepted.
class StdioLine {
 public:
  StdioLine();
  // Leaves the terminal and the descriptors as they were.
  ~StdioLine();
  StdioLine(const StdioLine&) = delete;
  StdioLine& operator=(const StdioLine&) = delete;

  // Non-blocking descriptors of our own; to be taken once.
  [[nodiscard]] UniqueFd take_input() { return std::move(input_); }
  [[nodiscard]] UniqueFd take_output() { return std::move(output_); }

 private:
  UniqueFd open_own(int fd, int access);

  std::optional<termios> terminal_;
  std::array<int, 2> old_flags_{-1, -1};
  UniqueFd input_;
  UniqueFd output_;
};

}  // namespace m531x::port
