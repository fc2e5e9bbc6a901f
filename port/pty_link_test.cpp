// SPDX-License-Identifier: Apache-2.0
#include "port/pty_link.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "port/user_error.h"

namespace m531x::port {
namespace {

namespace fs = std::filesystem;

class PtyLinkTest : public testing::Test {
 protected:
  PtyLinkTest() {
    std::string name = testing::TempDir() + "m531x-link-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~PtyLinkTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string link() const { return folder_ / "modem"; }
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(PtyLinkTest, LivesAsLongAsItsOwner) {
  {
    const PtyLink owner(link(), "/dev/pts/7");
    EXPECT_EQ(fs::read_symlink(link()), "/dev/pts/7");
  }
  EXPECT_FALSE(fs::is_symlink(link()));
}

TEST_F(PtyLinkTest, ReplacesALinkToAPseudoTerminal) {
  fs::create_symlink("/dev/pts/3", link());
  const PtyLink owner(link(), "/dev/pts/7");
  EXPECT_EQ(fs::read_symlink(link()), "/dev/pts/7");
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(PtyLinkTest, LeavesAFileAlone) {
  std::ofstream(link()) << "precious";
  EXPECT_THROW(PtyLink(link(), "/dev/pts/7"), UserError);
  EXPECT_TRUE(fs::is_regular_file(link()));
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(PtyLinkTest, LeavesALinkToSomethingElseAlone) {
  fs::create_symlink("/dev/null", link());
  EXPECT_THROW(PtyLink(link(), "/dev/pts/7"), UserError);
  EXPECT_EQ(fs::read_symlink(link()), "/dev/null");
}

TEST_F(PtyLinkTest, LeavesAFolderAlone) {
  fs::create_directory(link());
  EXPECT_THROW(PtyLink(link(), "/dev/pts/7"), UserError);
  EXPECT_TRUE(fs::is_directory(link()));
}

TEST_F(PtyLinkTest, HasOneOwnerAtATime) {
  std::optional<PtyLink> first(std::in_place, link(), "/dev/pts/7");
  const std::string detour = folder_ / "." / "modem";
  EXPECT_THROW(PtyLink(detour, "/dev/pts/8"), UserError);
  EXPECT_EQ(fs::read_symlink(link()), "/dev/pts/7");
  const PtyLink beside(folder_ / "modem2", "/dev/pts/9");
  first.reset();
  const PtyLink second(detour, "/dev/pts/8");
  EXPECT_EQ(fs::read_symlink(link()), "/dev/pts/8");
}

TEST_F(PtyLinkTest, RemovesNothingThatAnotherHasTakenOver) {
  std::optional<PtyLink> first(std::in_place, link(), "/dev/pts/7");
  fs::remove(link());
  fs::create_symlink("/dev/pts/8", link());
  first.reset();
  EXPECT_EQ(fs::read_symlink(link()), "/dev/pts/8");
}

TEST_F(PtyLinkTest, NamesTheOptionAndThePlace) {
  const std::string nowhere = folder_ / "none" / "modem";
  try {
    const PtyLink owner(nowhere, "/dev/pts/7");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("--pty " + nowhere), std::string::npos);
  }
}

}  // namespace
}  // namespace m531x::port
