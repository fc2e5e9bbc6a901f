// SPDX-License-Identifier: Apache-2.0
// A symbolic link with a name that stays, to a pseudo-terminal whose name does not.
#pragma once

#include <string>

#include "port/unique_fd.h"

namespace m531x::port {

// The link is there as long as the object. A link to another pseudo-terminal, left behind by a
// program that was killed, is replaced in one step; nothing else ever is, nor the link of a program
// that runs.
class PtyLink {
 public:
  // Makes `link` point to `pty_path`. Throws UserError.
  PtyLink(std::string link, std::string pty_path);
  // Removes the link if it still points to `pty_path`.
  ~PtyLink();
  PtyLink(const PtyLink&) = delete;
  PtyLink& operator=(const PtyLink&) = delete;

 private:
  std::string link_;
  std::string pty_path_;
  UniqueFd claim_;
};

}  // namespace m531x::port
