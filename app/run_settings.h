// SPDX-License-Identifier: Apache-2.0
// The settings of a run: those of its modules, and the program's own.
#pragma once

#include "port/net_options.h"
#include "port/tls_options.h"
#include "settings/table.h"

namespace m531x::app {

using settings::find_setting;
using settings::Setting;

struct RunSettings : settings::ModuleSettings {
  std::uint64_t pool_bytes = 256ULL << 20;
  bool strict_line = false;
  port::TlsOptions tls;
  port::NetOptions net;
};

// A model with everything as the program has it: as out of the box, on the machine's clock and with
// a network that takes a moment.
[[nodiscard]] RunSettings settings_of(const Model& model);

// The rows of settings::module_table and the program's own, beside those of their group; `model` is
// the first. A row is for objects of RunSettings.
[[nodiscard]] std::span<const Setting> run_table();

}  // namespace m531x::app
