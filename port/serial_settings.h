// SPDX-License-Identifier: Apache-2.0
// A serial line's settings in the words of termios.
#pragma once

#include <termios.h>

#include <cstdint>

#include "m531x/uart.h"

namespace m531x::port {

// Puts `uart` into `line`. A rate that is none of kSerialRates, such as the automatic one, leaves
// that of `line`; a Linux port has one switch for both circuits of hardware flow control, which is
// on if `uart` has one of them.
void set_uart(termios& line, const Uart& uart);

// The rate at which a terminal's descriptor sends, in baud, whichever it is; for a
// pseudo-terminal's near side the rate that the far side has been given. 0: it is no terminal.
[[nodiscard]] std::uint32_t line_rate(int fd);

}  // namespace m531x::port
