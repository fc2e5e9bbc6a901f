// SPDX-License-Identifier: Apache-2.0
#include "port/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace m531x::port {
namespace {

bool is_at(int fd, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return fd >= 0 && ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

LockFile::LockFile(std::string path) : path_(std::move(path)) {
  do {
    constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    fd_.reset(::open(path_.c_str(), kFlags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
    made_ = fd_.valid();
    // Nothing was open before, so errno is that of open().
    if (!made_ && errno == EEXIST) {  // NOLINT(clang-analyzer-unix.Errno)
      fd_.reset(::open(path_.c_str(), kFlags));
      if (!fd_.valid() && errno == ENOENT) continue;
    }
    if (!fd_.valid() || ::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      error_ = errno;
      fd_.reset();
      return;
    }
    // Its last owner may have removed it between two calls.
  } while (!is_at(fd_.get(), path_));
}

LockFile::~LockFile() {
  if (made_ && fd_.valid() && is_at(fd_.get(), path_)) ::unlink(path_.c_str());
}

}  // namespace m531x::port
