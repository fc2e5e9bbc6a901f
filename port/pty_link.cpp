// SPDX-License-Identifier: Apache-2.0
#include "port/pty_link.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
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

// An abstract socket with the name of the link's place, which goes with the program, however it
// ends, and leaves no file behind. Not valid: another program has it.
UniqueFd claim(const std::string& link) {
  const std::filesystem::path path(link);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  struct stat place {};
  if (::stat(folder.c_str(), &place) != 0) {
    fail(link, "cannot make the link: " + words_of(errno));
  }
  std::string name = "m531x-pty";
  for (const std::size_t part : {std::size_t{place.st_dev}, std::size_t{place.st_ino},
                                 std::hash<std::string>()(path.filename().string())}) {
    name += '-' + std::to_string(part);
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(&address.sun_path[1], sizeof address.sun_path - 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) fail(link, "cannot claim the link: " + words_of(errno));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) fd.reset();
  return fd;
}

}  // namespace

PtyLink::PtyLink(std::string link, std::string pty_path)
    : link_(std::move(link)), pty_path_(std::move(pty_path)), claim_(claim(link_)) {
  if (!claim_.valid()) fail(link_, "another m531x has it");
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
