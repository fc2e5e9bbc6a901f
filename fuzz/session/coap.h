// SPDX-License-Identifier: Apache-2.0
// What a LwM2M server of a script says: `<kind> <id> <code> <format> <accept> <observe> <path>
// <query> <payload>`, the first six in decimal.
#pragma once

#include "m531x/coap.h"

namespace m531x::fuzz {

// From any bytes; views into them. What is missing is 0 or empty.
[[nodiscard]] CoapMessage parse_message(Bytes text);

}  // namespace m531x::fuzz
