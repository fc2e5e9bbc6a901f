// SPDX-License-Identifier: Apache-2.0
// All that one module is made of: its model, the modem's own settings, and where it works.
#pragma once

#include "m531x/model.h"
#include "sim/conditions.h"

namespace m531x::settings {

struct ModuleSettings {
  const Model* model = nullptr;
  Settings modem;
  sim::Conditions conditions;
};

// The model as out of the box.
[[nodiscard]] ModuleSettings settings_of(const Model& model);

// The line, the memory and the network are those that a module on a board has, not those that are
// pleasant on a desk.
void be_as_hardware(ModuleSettings& settings);

}  // namespace m531x::settings
