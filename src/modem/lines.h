// SPDX-License-Identifier: Apache-2.0
// An information text of several lines (V.250 5.7.1): a line end before the first one and one
// behind each.
#pragma once

#include "at/dce.h"

namespace m531x::modem {

class Lines {
 public:
  explicit Lines(at::Dce& dce) : dce_(dce) {}

  void add(Bytes line) {
    ok_ = ok_ && (is_first_ ? dce_.information(line) : dce_.information_line(line));
    is_first_ = false;
  }
  // What the command returns: there may have been no memory for a line.
  [[nodiscard]] at::Final result() const { return ok_ ? at::Final::ok : at::Final::unknown; }

 private:
  at::Dce& dce_;
  bool is_first_ = true;
  bool ok_ = true;
};

}  // namespace m531x::modem
