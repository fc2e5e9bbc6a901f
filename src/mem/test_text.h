// SPDX-License-Identifier: Apache-2.0
// For unit tests and fuzz targets: what a view shows, in one piece.
#pragma once

#include <string>

#include "mem/chain.h"

namespace m531x::mem {

inline std::string text_of(ChainView view) {
  std::string text;
  for_each_run(view, [&text](Bytes run) {
    text.append(run);
    return true;
  });
  return text;
}

}  // namespace m531x::mem
