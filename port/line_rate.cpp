// SPDX-License-Identifier: Apache-2.0
// line_rate of port/serial_settings.h, apart from it: the kernel's termios with rates as numbers
// and the C library's, which knows some of them by name, cannot be had in one file.
#include <asm/termbits.h>
#include <sys/ioctl.h>

#include <cstdint>

namespace m531x::port {

std::uint32_t line_rate(int fd);

std::uint32_t line_rate(int fd) {
  termios2 line{};
  return ::ioctl(fd, TCGETS2, &line) == 0 ? line.c_ospeed : 0;
}

}  // namespace m531x::port
