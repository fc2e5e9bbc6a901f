// SPDX-License-Identifier: Apache-2.0
// How a call of the library's user is refused: thrown before anything has changed, caught where C
// begins (lib/m531x.cpp).
#pragma once

#include <string>

#include "m531x.h"

namespace m531x::lib {

struct Refusal {
  m531x_result code;
  std::string sentence;
};

// Refuses unless `right`.
inline void require(bool right, m531x_result code, const char* sentence) {
  if (!right) throw Refusal{code, sentence};
}

}  // namespace m531x::lib
