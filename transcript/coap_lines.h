// SPDX-License-Identifier: Apache-2.0
// The lines of a transcript that begin with `coap` (docs/transcripts.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transcript/script.h"

namespace m531x::transcript {

// A method by its name, or a code as RFC 7252 3 writes it: `GET`, `2.05`.
[[nodiscard]] std::string name_of(CoapCode code);

// What a server or its network does, from what follows `coap `. Nullopt: it is no such line.
[[nodiscard]] std::optional<Stimulus> parse_coap(std::string_view line);
// What the modem does, as text_of() would write it. Nullopt: a bad escape.
[[nodiscard]] std::optional<std::string> expected_coap(std::string_view line);

}  // namespace m531x::transcript
