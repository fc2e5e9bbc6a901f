// SPDX-License-Identifier: Apache-2.0
#include "app/metrics_page.h"

#include <fmt/format.h>

#include <sstream>

#include "fleet/metrics.h"

namespace m531x::app {

std::unique_ptr<port::PageServer> serve_metrics(port::EventLoop& loop, const std::string& where,
                                                std::function<std::string()> text) {
  constexpr std::string_view kOption = "--metrics";
  auto server = std::make_unique<port::PageServer>(
      loop, port::parse_endpoint(where, kOption), kOption,
      port::PageServer::Page{
          .path = "/metrics", .type = fleet::kMetricsType, .text = std::move(text)});
  std::ostringstream at;
  at << server->endpoint();
  if (!server->endpoint().address().is_loopback()) {
    fmt::print(stderr, "m531x: warning: {} is open to other machines, without a password\n",
               at.str());
  }
  fmt::print(stderr, "m531x: metrics at http://{}/metrics\n", at.str());
  return server;
}

}  // namespace m531x::app
