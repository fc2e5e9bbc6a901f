// SPDX-License-Identifier: Apache-2.0
// All of what a modem has for its owner, however many views that takes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "m531x/bytes.h"

namespace m531x::sim {

// `ask` fills a span of views and returns how many it has filled, as the calls of modem.h do; the
// views live as theirs do.
template <typename Ask>
[[nodiscard]] std::vector<Bytes> all_views(Ask ask) {
  std::vector<Bytes> views(16);
  std::size_t count = 0;
  while ((count = ask(std::span(views))) == views.size()) views.resize(2 * count);
  views.resize(count);
  return views;
}

// In one piece.
[[nodiscard]] inline std::string joined(std::span<const Bytes> views) {
  std::string bytes;
  for (const Bytes view : views) bytes += view;
  return bytes;
}

}  // namespace m531x::sim
