// SPDX-License-Identifier: Apache-2.0
// Scenarios as the command line names them.
#pragma once

#include <string>

#include "scenario/scenario.h"

namespace m531x::app {

// The one that comes with the program under that name, or else the file. Throws UserError, which
// names the option, or the file, line and column.
[[nodiscard]] scenario::Scenario load_scenario(const std::string& name_or_file);

}  // namespace m531x::app
