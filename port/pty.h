// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal whose far side a host opens as if it were a serial port.
#pragma once

#include <string>

#include "port/unique_fd.h"

namespace m531x::port {

// Holds the far side open itself, so that a host may close and open it at will. Until a host sets
// another, its speed is 9600 baud, that of a Linux serial port.
class Pty {
 public:
  // Throws UserError when the system gives no pseudo-terminal.
  Pty();

  // What the host opens, such as /dev/pts/7.
  [[nodiscard]] const std::string& path() const { return path_; }
  // The near side; to be taken once.
  [[nodiscard]] UniqueFd take_near_side() { return std::move(near_); }

 private:
  UniqueFd near_;
  UniqueFd far_;
  std::string path_;
};

}  // namespace m531x::port
