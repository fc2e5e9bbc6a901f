// SPDX-License-Identifier: Apache-2.0
// How a modem talks to its host (V.250 6): what ATZ, AT&F and AT&W restore and store.
#pragma once

#include <array>
#include <cstdint>

namespace m531x {

// The characters that V.250 6.2.1-6.2.3 lets the host change.
struct LineCharacters {
  char terminator = '\r';  // S3
  char formatting = '\n';  // S4
  char editing = '\b';     // S5
  bool operator==(const LineCharacters&) const = default;
};

struct Profile {
  LineCharacters characters;
  bool echo = false;
  bool quiet = false;                                 // ATQ1
  bool verbose = true;                                // ATV1
  std::uint8_t result_codes = 0;                      // ATX
  std::uint8_t carrier_detect = 1;                    // AT&C
  std::uint8_t terminal_ready = 2;                    // AT&D
  std::uint8_t error_numbers = 0;                     // +CMEE
  std::uint32_t rate = 0;                             // +IPR, 0 = automatic
  std::array<std::uint8_t, 2> flow_control = {0, 0};  // +IFC
  std::array<std::uint8_t, 2> framing = {3, 3};       // +ICF: 8 data bits, 1 stop bit
  bool operator==(const Profile&) const = default;
};

}  // namespace m531x
