// SPDX-License-Identifier: Apache-2.0
// Where a trace goes: a file, or the standard error output. It never holds up the program: what its
// reader does not take is kept, up to a limit, and beyond it lost and counted.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "port/event_loop.h"
#include "port/unique_fd.h"

namespace m531x::app {

class TraceFile {
 public:
  static constexpr std::size_t kMaxPendingBytes = 1 << 20;

  // `path` is "-" for the standard error output. Throws UserError when it cannot be written.
  TraceFile(port::EventLoop& loop, const std::string& path);
  // Writes what is left, as far as its reader takes it at once.
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  // Writes one line, or loses it whole.
  void write(std::string_view line);

 private:
  void flush();
  bool write_pending() noexcept;
  void flush_later();

  port::EventLoop& loop_;
  port::UniqueFd fd_;
  // Made when there is something to wait for: an ordinary file never makes anyone wait, and epoll
  // takes none.
  std::optional<boost::asio::posix::stream_descriptor> waiter_;
  bool waiting_ = false;
  std::string pending_;
  std::size_t written_ = 0;  // of it
  bool failed_ = false;
  std::size_t lost_count_ = 0;  // records that found no room
};

}  // namespace m531x::app
