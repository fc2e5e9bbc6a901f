// SPDX-License-Identifier: Apache-2.0
// For unit tests: a loop that runs until something is so.
#pragma once

#include <chrono>

#include "port/event_loop.h"

namespace m531x::port {

// Asks `done` after each thing that the loop has done, and every few milliseconds, for what is
// waited for may be no thing of the loop's. False: it was not so within 20 s.
template <typename Done>
[[nodiscard]] bool runs_until(EventLoop& loop, Done done) {
  constexpr std::chrono::milliseconds kAskAgain{5};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < limit) {
    if (done()) return true;
    loop.context().restart();
    loop.context().run_one_for(kAskAgain);
  }
  return false;
}

}  // namespace m531x::port
