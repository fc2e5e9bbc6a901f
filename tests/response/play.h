// SPDX-License-Identifier: Apache-2.0
// Plays a case to a modem on the bench.
#pragma once

#include <string>
#include <vector>

#include "tests/response/case.h"

namespace m531x::response {

struct Outcome {
  std::string heard;  // by the host, from the server's first byte on
  bool closes = false;
};

// A new modem asks, and gets the case's bytes in reads that end where `cuts` says.
[[nodiscard]] Outcome play(const Case& c, const std::vector<std::size_t>& cuts);

}  // namespace m531x::response
