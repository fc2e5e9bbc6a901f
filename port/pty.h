// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal whose far side a host opens as if it were a serial port.
#pragma once

#include <string>

#include "port/unique_fd.h"

namespace m531x::port {

// Until a host sets another, its speed is 9600 baud, that of a Linux serial port.
class Pty {
 public:
  // Throws UserError when the system gives no pseudo-terminal.
  Pty();

  // What the host opens, such as /dev/pts/7.
  [[nodiscard]] const std::string& path() const { return path_; }
  // The sides; each to be taken once. The near one is hung up while nobody has a far one open.
  [[nodiscard]] UniqueFd take_near_side() { return std::move(near_); }
  [[nodiscard]] UniqueFd take_far_side() { return std::move(far_); }

 private:
  UniqueFd near_;
  UniqueFd far_;
  std::string path_;
};

}  // namespace m531x::port
