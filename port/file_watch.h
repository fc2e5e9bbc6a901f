// SPDX-License-Identifier: Apache-2.0
// Waits for a file to appear or to change its rights, by inotify on the folders that lead to it.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <optional>
#include <string>

#include "port/event_loop.h"

namespace m531x::port {

class FileWatch {
 public:
  FileWatch(EventLoop& loop, std::string path) : loop_(loop), path_(std::move(path)) {}

  enum class Until : bool { changed, changed_or_closed };
  // Calls `changed` once, at the next event that may have made the file usable: it appeared, its
  // rights changed, or, if asked for, somebody closed it. From the return of this call on no event
  // is missed.
  void wait(Until until, std::function<void()> changed);
  // Gives the wait up.
  void cancel() { inotify_.reset(); }

 private:
  static void watch_way_to(int inotify, std::uint32_t file_events, const std::string& path,
                           int links_left);

  EventLoop& loop_;
  std::string path_;
  std::optional<boost::asio::posix::stream_descriptor> inotify_;
};

}  // namespace m531x::port
