// SPDX-License-Identifier: Apache-2.0
#include "port/file_watch.h"

#include <sys/inotify.h>

#include <filesystem>

namespace m531x::port {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kFolderEvents = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF;
constexpr int kMostLinks = 8;

}  // namespace

void FileWatch::wait(Until until, std::function<void()> changed) {
  const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  inotify_.emplace(loop_.context(), inotify);
  const std::uint32_t events = until == Until::changed_or_closed ? IN_ATTRIB | IN_CLOSE : IN_ATTRIB;
  watch_way_to(inotify, events, path_, kMostLinks);
  inotify_->async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this, changed = std::move(changed)](boost::system::error_code error) {
                         if (error) return;
                         inotify_.reset();
                         changed();
                       });
}

// The nearest folder that exists, the file itself, and the same for what a symbolic link names.
void FileWatch::watch_way_to(int inotify, std::uint32_t file_events, const std::string& path,
                             int links_left) {
  std::error_code ignored;
  const fs::path file = fs::absolute(path, ignored);
  fs::path folder = file.parent_path();
  while (!fs::is_directory(folder, ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  ::inotify_add_watch(inotify, folder.c_str(), kFolderEvents);
  ::inotify_add_watch(inotify, file.c_str(), file_events);
  const fs::path target = fs::read_symlink(file, ignored);
  if (!target.empty() && links_left > 0) {
    watch_way_to(inotify, file_events, folder / target, links_left - 1);
  }
}

}  // namespace m531x::port
