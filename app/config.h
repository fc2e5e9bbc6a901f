// SPDX-License-Identifier: Apache-2.0
// Where settings come from: the model, then --as-hardware, then the seeds of scenarios, then the
// file, then --set; the later one wins.
#pragma once

#include <string>
#include <vector>

#include "app/run_settings.h"

namespace m531x::app {

// What the command line says of the settings; empty strings say nothing.
struct ConfigOptions {
  std::string model;              // --model
  std::string file;               // --config
  std::vector<std::string> sets;  // --set, each `key=value`
  bool as_hardware = false;       // --as-hardware
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::vector<std::string> scenarios = {};  // --scenario, each a name or a file
};

// Throws UserError, which names the option, or the file, line and column.
[[nodiscard]] RunSettings load_settings(const ConfigOptions& options);

}  // namespace m531x::app
