// SPDX-License-Identifier: Apache-2.0
// What the demo's host types (manual 2.1 and 2.2), and the figures that have to come back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::app {

struct DemoStep {
  std::string_view heading;               // shown before it, if not empty
  std::string typed;                      // a line without its CR
  std::string_view awaited;               // the answer or report after which the next step follows
  std::vector<std::string_view> figures;  // of the answers and reports up to then, in this order
  std::string_view content_of;            // the target whose content has to have come whole
};

// `port` is the server's.
[[nodiscard]] std::vector<DemoStep> demo_script(std::uint16_t port);

}  // namespace m531x::app
