// SPDX-License-Identifier: Apache-2.0
// What callgrind counts (bench/count): nothing else in a program is in a function of this name.
#pragma once

#include <utility>

namespace m531x::bench {

template <typename Function>
[[gnu::noinline]] void counted(Function&& function) {
  std::forward<Function>(function)();
  asm volatile("" ::: "memory");
}

}  // namespace m531x::bench
