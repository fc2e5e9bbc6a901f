// SPDX-License-Identifier: Apache-2.0
// What stands in a script for what differs from modem to modem: ${imei}, ${imsi}, ${iccid}, ${n},
// ${server}, ${path}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "m531x/network.h"

namespace m531x::fleet {

struct Variables {
  const Identity& identity;
  std::size_t number;  // of the modem, from 0
  std::string_view server;
  std::string_view path;
};

[[nodiscard]] bool has_variables(std::string_view text);
// The first ${name} in `text` that is none; nullopt when all are known.
[[nodiscard]] std::optional<std::string> unknown_variable(std::string_view text);
[[nodiscard]] std::string expand(std::string_view text, const Variables& variables);

// The decimal number `digits` and `more`, with as many digits; what overflows is lost.
[[nodiscard]] std::string counted_up(std::string_view digits, std::size_t more);
// Those of the modem with that number: IMEI, IMSI and ICCID count up, the last digits of IMEI and
// ICCID being check digits (ISO/IEC 7812-1 annex B). That of number 0 is as given.
[[nodiscard]] Identity identity_of(const Identity& first, std::size_t number);

}  // namespace m531x::fleet
