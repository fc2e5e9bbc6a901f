// SPDX-License-Identifier: Apache-2.0
#include "port/pty_link.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <optional>
#include <string_view>

#include "port/user_error.h"

namespace m531x::port {
namespace {

constexpr std::string_view kPtyFolder = "/dev/pts/";

// Where symbolic link `path` points to; nullopt when it is not one.
std::optional<std::string> target_of(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

[[noreturn]] void fail(const std::string& link, const std::string& why) {
  throw UserError("--pty " + link + ": " + why);
}

}  // namespace

PtyLink::PtyLink(std::string link, std::string pty_path)
    : link_(std::move(link)), pty_path_(std::move(pty_path)) {
  if (::symlink(pty_path_.c_str(), link_.c_str()) == 0) return;
  if (errno != EEXIST) fail(link_, "cannot make the link: " + words_of(errno));
  const auto old_target = target_of(link_);
  if (!old_target || !old_target->starts_with(kPtyFolder)) {
    fail(link_, "it exists and is not a link to a pseudo-terminal, so it is left alone");
  }
  const std::string fresh = link_ + "." + std::to_string(::getpid());
  if (::symlink(pty_path_.c_str(), fresh.c_str()) != 0 ||
      std::rename(fresh.c_str(), link_.c_str()) != 0) {
    const int error = errno;
    if (target_of(fresh) == pty_path_) ::unlink(fresh.c_str());
    fail(link_, "cannot replace the link: " + words_of(error));
  }
}

PtyLink::~PtyLink() {
  if (target_of(link_) == pty_path_) ::unlink(link_.c_str());
}

}  // namespace m531x::port
