// SPDX-License-Identifier: Apache-2.0
#include "port/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "m531x/model.h"
#include "port/unique_fd.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

constexpr std::string_view kHeaderStart = "m531x state of ";
constexpr std::size_t kMostBytes = 512;  // more than any good file has
constexpr int kMostLinks = 40;           // on the way to a file, as Linux has it
constexpr const char* kRemedy = "; remove it to begin with a new module";

// The file that is meant, through links, one that points to nothing yet included; so two names of
// one file have one lock.
std::string real_path(const std::string& path) {
  std::filesystem::path real = path;
  std::error_code error;
  for (int links = 0; links < kMostLinks && !std::filesystem::exists(real, error); ++links) {
    const auto target = std::filesystem::read_symlink(real, error);
    if (error) break;  // no link, or in a folder that is not there
    real = real.parent_path() / target;
  }
  real = std::filesystem::weakly_canonical(real, error);
  return error ? path : real.string();
}

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// What a crash left at `path` goes; whatever else stands there is neither waited for nor written
// to.
int write_file(const std::string& path, std::string_view bytes) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return errno;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const UniqueFd fd(::open(path.c_str(), kFlags, S_IRUSR | S_IWUSR));
  if (!fd.valid() || ::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0) return errno;
  if (const int error = write_all(fd.get(), bytes)) return error;
  return ::fsync(fd.get()) == 0 ? 0 : errno;
}

int sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

StateFile::StateFile(std::string path, std::string_view model, Complain complain)
    : name_(std::move(path)),
      path_(real_path(name_)),
      header_(std::string(kHeaderStart) + std::string(model) + '\n'),
      complain_(std::move(complain)),
      lock_(path_ + ".lock") {
  if (lock_.error() == EWOULDBLOCK) refuse("another program keeps its module there");
  if (lock_.error() != 0) refuse("cannot write beside it: " + words_of(lock_.error()));
  read();
}

void StateFile::refuse(const std::string& why) const {
  throw UserError("--state " + name_ + ": " + why);
}

void StateFile::read() {
  const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid() && errno == ENOENT) return;
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0) refuse("cannot read it: " + words_of(errno));
  if (!S_ISREG(status.st_mode)) refuse("it is not an ordinary file");
  std::string bytes(kMostBytes, '\0');
  const ssize_t size = ::read(fd.get(), bytes.data(), bytes.size());
  if (size < 0) refuse("cannot read it: " + words_of(errno));
  bytes.resize(static_cast<std::size_t>(size));

  if (!bytes.starts_with(kHeaderStart)) refuse("it is not a state file of m531x");
  const auto line_size = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
  const std::string line = bytes.substr(0, line_size);
  const std::string model = line.substr(kHeaderStart.size(), line_size - kHeaderStart.size() - 1);
  if (find_model(model) == nullptr) refuse(std::string("it is damaged") + kRemedy);
  if (line != header_) {
    refuse("it keeps the state of an " + model + ", which cannot be used for another model");
  }
  if (!decode(std::span<const char>(bytes).subspan(line_size), flash_)) {
    refuse(std::string("it is damaged") + kRemedy);
  }
}

int StateFile::write(const Flash& flash) const {
  const FlashImage image = encode(flash);
  const std::string fresh = path_ + ".new";
  int error = write_file(fresh, header_ + std::string(image.data(), image.size()));
  if (error == 0 && std::rename(fresh.c_str(), path_.c_str()) != 0) error = errno;
  if (error == 0) return sync_folder_of(path_);
  ::unlink(fresh.c_str());
  return error;
}

bool StateFile::keep(const Flash& flash) {
  const int error = write(flash);
  if (std::exchange(failed_, error != 0) || error == 0) return error == 0;
  complain_("--state " + name_ + ": cannot write it: " + words_of(error));
  return false;
}

}  // namespace m531x::port
