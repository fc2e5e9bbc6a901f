// SPDX-License-Identifier: Apache-2.0
// The settings that a transcript may change, by name.
#pragma once

#include <string_view>

#include "m531x/settings.h"

namespace m531x::transcript {

// Sets `key` to `value`. False: no such key, or not a value of it; nothing has changed.
[[nodiscard]] bool apply_setting(std::string_view key, std::string_view value, Settings& settings);

}  // namespace m531x::transcript
