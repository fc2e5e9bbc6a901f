// SPDX-License-Identifier: Apache-2.0
// The line of a host that is a part of the program: no descriptor, no call to the system.
#pragma once

#include <string>

#include "port/byte_stream.h"

namespace m531x::port {

// Who is on the far side of such a line. Its calls must not reach back into the modem's driver;
// they may type.
class LocalHost {
 public:
  virtual ~LocalHost() = default;
  // How many bytes it takes now; 0 = it does not read.
  [[nodiscard]] virtual std::size_t window() const = 0;
  // At most as many bytes as its window has.
  virtual void heard(Bytes bytes) = 0;
};

class LocalLine : public ByteStream {
 public:
  // More is not typed ahead of the modem.
  static constexpr std::size_t kMostTypedBytes = 65'536;

  // `host` must live until close().
  LocalLine(EventLoop& loop, LocalHost& host);

  // What the host types, until the modem takes it. False: it would be more than kMostTypedBytes,
  // and nothing is typed.
  bool type(Bytes bytes);
  // The host's window is open again.
  void reads_again();

  Result read(std::span<char> room) override;
  Result write(std::span<const Bytes> views) override;
  [[nodiscard]] std::size_t undelivered() override { return 0; }
  void close() override;

 private:
  void wake_later();

  EventLoop& loop_;
  LocalHost* host_;
  std::string typed_;  // from taken_ on
  std::size_t taken_ = 0;
  bool wakes_ = false;
};

}  // namespace m531x::port
