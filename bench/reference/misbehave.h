// SPDX-License-Identifier: Apache-2.0
// A host, and a server where it takes one, that give one modem no rest and nothing to end.
#pragma once

#include <string>
#include <string_view>

#include "descriptor.h"

namespace m531x::reference {

// `kind` is line (a command line without its end), header (a response header without its end),
// chunks (a content in chunks of one byte without end), or deaf (a host that reads nothing of
// `url` `path`, a large body). Lasts until its process group is killed. False: there is no such
// kind.
[[nodiscard]] bool misbehave(std::string_view kind, const Target& modems, const std::string& url,
                             const std::string& path);

}  // namespace m531x::reference
