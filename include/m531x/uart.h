// SPDX-License-Identifier: Apache-2.0
// The settings of the serial line between host and module (V.250 6.2.10-6.2.12), as a port needs
// them.
#pragma once

#include <array>
#include <cstdint>

#include "m531x/profile.h"

namespace m531x {

enum class Parity : std::uint8_t { none, odd, even, mark, space };

// What stops the flow of data in one direction, in the numbers of +IFC.
enum class Flow : std::uint8_t { none = 0, xon_xoff = 1, circuits = 2 };

// The rates that a serial line may have, in baud, rising.
inline constexpr auto kSerialRates = std::to_array<std::uint32_t>(
    {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600});

struct Uart {
  std::uint32_t baud = 0;      // in both directions; 0 = automatic: the host's
  std::uint8_t data_bits = 8;  // 7 or 8
  std::uint8_t stop_bits = 1;  // 1 or 2
  Parity parity = Parity::none;
  Flow to_host = Flow::none;    // how the host stops the modem: XON/XOFF, circuit 133 (RTS)
  Flow from_host = Flow::none;  // how the modem stops the host: XON/XOFF, circuit 106 (CTS)
  bool operator==(const Uart&) const = default;
};

// +ICF=<format> for 8 data bits, a parity and 2 stop bits. V.250 has no number for it; +NATSPEED
// can ask for it.
inline constexpr std::uint8_t kParityAnd2StopBits = 7;

// What the profile asks for. An automatic format (+ICF=0) is 8 data bits, no parity, 1 stop bit.
[[nodiscard]] Uart uart_of(const Profile& profile);

}  // namespace m531x
