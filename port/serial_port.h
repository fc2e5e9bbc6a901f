// SPDX-License-Identifier: Apache-2.0
// A real serial port on which the program is the module.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "port/byte_stream.h"
#include "port/file_watch.h"
#include "port/unique_fd.h"

namespace m531x::port {

// DEVICE[@RATE].
struct SerialName {
  std::string device;
  std::uint32_t baud;
};

// Reads DEVICE[@RATE]; without a rate it is `default_baud`. Throws UserError, which names `option`.
[[nodiscard]] SerialName parse_serial_name(std::string_view text, std::uint32_t default_baud,
                                           std::string_view option = "--serial");

// Opens a serial port: every byte as it is, settings as `uart` says. Invalid, with errno set, when
// that fails; ENOTTY: it is no serial port.
[[nodiscard]] UniqueFd open_serial(const std::string& device, const Uart& uart);

// Waits for a port that is not there (yet, or any more) and opens it: raw, 8N1, until its stream
// follows something else.
class SerialPort {
 public:
  using Opened = std::function<void(std::shared_ptr<ByteStream> stream)>;
  using Missing = std::function<void()>;

  SerialPort(EventLoop& loop, SerialName name, Opened opened, Missing missing);
  // Opens it: calls `opened`, or `missing` and later `opened`. Throws UserError when what is there
  // is not a serial port or may not be opened.
  void open_first();
  // The line is lost: opens it again as soon as it is back. Calls `missing`, then `opened`.
  void reopen();

 private:
  // Opens and sets up the port; null with errno set when that fails.
  std::shared_ptr<ByteStream> try_open();
  void wait();
  void retry();

  EventLoop& loop_;
  SerialName name_;
  Opened opened_;
  Missing missing_;
  FileWatch watch_;
  Millis opened_at_{0};
  bool is_busy_ = false;  // another program has the port for itself
};

}  // namespace m531x::port
