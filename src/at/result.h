// SPDX-License-Identifier: Apache-2.0
// Final result codes (V.250 5.7.1) and the +CME ERROR numbers (3GPP TS 27.007 9.2).
#pragma once

#include <cstdint>
#include <string_view>

namespace m531x::at {

// How a command ended; every value but `ok` is ERROR, with its number where +CMEE asks for it.
enum class Final : std::uint8_t {
  ok = 0,
  not_allowed = 3,    // unknown id, busy, no instance free
  not_supported = 4,  // unknown command or form
  sim_not_inserted = 10,
  sim_failure = 13,
  no_network = 30,
  wrong_parameters = 50,
  unknown = 100,  // out of memory
  later = 254,    // not known yet: the line goes on when it is
  none = 255,     // no result code at all: the module goes down instead
};

// The text of +CMEE=2.
constexpr std::string_view text_of(Final final) {
  switch (final) {
    case Final::ok:
      return "OK";
    case Final::not_allowed:
      return "operation not allowed";
    case Final::not_supported:
      return "operation not supported";
    case Final::sim_not_inserted:
      return "SIM not inserted";
    case Final::sim_failure:
      return "SIM failure";
    case Final::no_network:
      return "no network service";
    case Final::wrong_parameters:
      return "Incorrect parameters";
    case Final::unknown:
    case Final::later:
    case Final::none:
      break;
  }
  return "unknown";
}

}  // namespace m531x::at
