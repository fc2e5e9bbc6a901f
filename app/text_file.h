// SPDX-License-Identifier: Apache-2.0
// Files that a user names, whole. Both throw UserError, with `name` for the file and its reason.
#pragma once

#include <string>
#include <string_view>

namespace m531x::app {

[[nodiscard]] std::string read_file(const std::string& path, std::string_view name);
void write_file(const std::string& path, std::string_view name, std::string_view text);

}  // namespace m531x::app
