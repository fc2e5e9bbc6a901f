// SPDX-License-Identifier: Apache-2.0
// --metrics: where Prometheus reads what is measured.
#pragma once

#include <functional>
#include <string>

#include "port/page_server.h"

namespace m531x::app {

// The server, which says on standard error where it is, and warns when other machines may read it.
// Throws UserError.
[[nodiscard]] std::unique_ptr<port::PageServer> serve_metrics(port::EventLoop& loop,
                                                              const std::string& where,
                                                              std::function<std::string()> text);

}  // namespace m531x::app
