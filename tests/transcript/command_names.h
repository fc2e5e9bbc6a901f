// SPDX-License-Identifier: Apache-2.0
// The commands that must have a transcript.
#pragma once

#include <string>
#include <vector>

namespace m531x::transcript {

// The name of every row of the command table, upper case: "+HTTPSEND", "&F", "S3", "E".
[[nodiscard]] std::vector<std::string> command_names();

}  // namespace m531x::transcript
