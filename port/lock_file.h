// SPDX-License-Identifier: Apache-2.0
// A file that says that somebody is at work: one program at a time has it, and it ends with that
// program however the program ends.
#pragma once

#include <string>

#include "port/unique_fd.h"

namespace m531x::port {

class LockFile {
 public:
  // Makes file `path` if it is not there and locks it, without waiting. Nothing is written to it.
  explicit LockFile(std::string path);
  // Removes the file if it was made here and is locked; one that was there before, of the user's or
  // left by a program that was killed, stays.
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

  // 0: locked. EWOULDBLOCK: another program has it. Else why it cannot be made.
  [[nodiscard]] int error() const { return error_; }

 private:
  std::string path_;
  UniqueFd fd_;
  bool made_ = false;
  int error_ = 0;
};

}  // namespace m531x::port
