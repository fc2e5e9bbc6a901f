// SPDX-License-Identifier: Apache-2.0
// The socket's file: whom it makes way for, and what it leaves behind.
#include "port/control_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "port/control_client.h"
#include "port/lock_file.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class ControlSocketTest : public testing::Test {
 protected:
  ControlSocketTest() {
    std::string name = testing::TempDir() + "m531x-control-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "control";
  }
  ~ControlSocketTest() override { fs::remove_all(folder_); }

  std::unique_ptr<ControlSocket> listen() {
    return std::make_unique<ControlSocket>(
        loop_, path_,
        ControlSocket::Service{[](std::string_view) { return std::string(); }, "", ""});
  }
  void expect_refused(const std::string& why) {
    try {
      listen();
      ADD_FAILURE() << "not refused";
    } catch (const UserError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("--control " + path_), HasSubstr(why)));
    }
  }
  // A socket that somebody made here, listening or not.
  [[nodiscard]] UniqueFd foreign_socket(int type, bool listening) const {
    UniqueFd fd(::socket(AF_UNIX, type, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, kMaxSocketPathBytes);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    if (listening) {
      EXPECT_EQ(::listen(fd.get(), 1), 0);
    }
    return fd;
  }
  [[nodiscard]] ino_t inode() const {
    struct stat status {};
    return ::lstat(path_.c_str(), &status) == 0 ? status.st_ino : 0;
  }

  fs::path folder_;
  std::string path_;
  EventLoop loop_;
};

TEST_F(ControlSocketTest, IsForItsUserAloneAndGoesWithItsOwner) {
  const mode_t old_mask = ::umask(0);
  auto socket = listen();
  EXPECT_EQ(::umask(old_mask), 0U) << "the program's own mask has changed";
  struct stat status {};
  ASSERT_EQ(::lstat(path_.c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  socket.reset();
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ControlSocketTest, TakesTheOnePlaceOfASocketOnWhichNobodyListens) {
  foreign_socket(SOCK_STREAM, true).reset();
  ASSERT_NE(inode(), 0U);
  const auto socket = listen();
  int error = 0;
  EXPECT_TRUE(connect_to(path_, error).valid()) << words_of(error);
}

TEST_F(ControlSocketTest, LeavesAloneWhatIsInUse) {
  {
    const auto first = listen();
    expect_refused("another program listens there");
  }
  const UniqueFd stream = foreign_socket(SOCK_STREAM, true);
  expect_refused("another program listens there");
  // Its queue of connections may be full.
  int error = 0;
  std::vector<UniqueFd> clients;
  do clients.push_back(connect_to(path_, error));
  while (clients.back().valid());
  ASSERT_EQ(error, EAGAIN);
  const ino_t before = inode();
  expect_refused("it is not to be had");
  EXPECT_EQ(inode(), before);
}

TEST_F(ControlSocketTest, LeavesAloneWhatIsNotAStreamSocket) {
  {
    const UniqueFd datagram = foreign_socket(SOCK_DGRAM, false);
    expect_refused("it is not to be had");
    EXPECT_NE(inode(), 0U);
  }
  fs::remove(path_);
  std::ofstream(path_) << "precious";
  expect_refused("it exists and is not a socket");
  EXPECT_EQ(fs::file_size(path_), 8U);
  fs::remove(path_);
  fs::create_directory(path_);
  expect_refused("it exists and is not a socket");
  fs::remove(path_);
  const std::string target = folder_ / "target";
  fs::create_symlink(target, path_);
  expect_refused("it exists and is not a socket");
  path_ = folder_ / "nowhere" / "control";
  expect_refused(words_of(ENOENT));
}

TEST_F(ControlSocketTest, RemovesOnlyItsOwnFile) {
  auto socket = listen();
  fs::remove(path_);
  const UniqueFd other = foreign_socket(SOCK_STREAM, true);
  const ino_t before = inode();
  socket.reset();
  EXPECT_EQ(inode(), before);
}

TEST_F(ControlSocketTest, APathHasTheSystemsLimit) {
  const std::string start = path_;
  path_ = start + std::string(kMaxSocketPathBytes - start.size(), 'x');
  EXPECT_TRUE(listen());
  path_ += 'x';
  expect_refused("has at most 107 bytes");
}

TEST_F(ControlSocketTest, OfTwoThatBeginAtOnceOneGivesWay) {
  const LockFile other(path_ + ".lock");
  ASSERT_EQ(other.error(), 0);
  expect_refused("another program is just about to listen there");
}

}  // namespace
}  // namespace m531x::port
