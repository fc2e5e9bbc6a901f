// SPDX-License-Identifier: Apache-2.0
#include "port/state_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "port/user_error.h"

namespace m531x::port {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Flash changed(std::uint8_t functionality) {
  Flash flash;
  flash.functionality = functionality;
  flash.has_profile = true;
  return flash;
}

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    std::string name = testing::TempDir() + "m531x-state-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ / "module";
  }
  ~StateFileTest() override { fs::remove_all(folder_); }

  // The file, opened for a model; or why it is refused.
  std::unique_ptr<StateFile> open(std::string_view model = "M5311") {
    std::unique_ptr<StateFile> file;
    refusal_.clear();
    try {
      file = std::make_unique<StateFile>(
          path_, model, [this](const std::string& words) { complaints_.push_back(words); });
    } catch (const UserError& error) {
      refusal_ = error.what();
    }
    return file;
  }
  void keep(const Flash& flash) {
    auto file = open();
    ASSERT_TRUE(file) << refusal_;
    kept_ = file->keep(flash);
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  void expect_refused(const std::string& why, std::string_view model = "M5311") {
    EXPECT_FALSE(open(model));
    EXPECT_THAT(refusal_, AllOf(HasSubstr("--state " + path_), HasSubstr(why)));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  fs::path folder_;
  std::string path_;
  std::string refusal_;
  std::vector<std::string> complaints_;
  bool kept_ = false;  // by the last keep()
};

TEST_F(StateFileTest, AMissingFileIsANewModuleAndIsMadeAtTheFirstChange) {
  {
    const auto file = open();
    ASSERT_TRUE(file) << refusal_;
    EXPECT_EQ(file->flash(), Flash());
    EXPECT_FALSE(fs::exists(path_));
  }
  EXPECT_TRUE(fs::is_empty(folder_)) << "a lock was left behind";
  keep(changed(4));
  EXPECT_THAT(names(), ElementsAre("module"));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(StateFileTest, WhatWasKeptComesBack) {
  keep(changed(4));
  EXPECT_EQ(open()->flash(), changed(4));
  keep(changed(0));
  EXPECT_EQ(open()->flash(), changed(0));
  EXPECT_THAT(complaints_, ElementsAre());
}

TEST_F(StateFileTest, WhatIsNotAWholeStateFileIsRefusedAndLeftAlone) {
  keep(changed(4));
  const std::string good = content();
  write("precious");
  expect_refused("it is not a state file");
  EXPECT_EQ(content(), "precious");
  write("");
  expect_refused("it is not a state file");
  for (const std::string& bad :
       {good.substr(0, good.size() - 1), good + '\0', good.substr(0, 16), good.substr(0, 20),
        good.substr(0, good.find('\n') + 1), good + std::string(1000, 'x')}) {
    write(bad);
    expect_refused("it is damaged");
    EXPECT_EQ(content(), bad);
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    write(bad);
    EXPECT_FALSE(open()) << "byte " << at;
    EXPECT_EQ(content(), bad);
  }
  write(good);
  EXPECT_TRUE(open()) << refusal_;
}

TEST_F(StateFileTest, AnotherModelsFileIsRefused) {
  keep(changed(4));
  expect_refused("it keeps the state of an M5311", "M5310-A");
  EXPECT_EQ(open()->flash(), changed(4));
}

TEST_F(StateFileTest, OnlyAnOrdinaryFileWillDo) {
  fs::create_directory(path_);
  expect_refused("it is not an ordinary file");
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_refused("it is not an ordinary file");
  path_ = folder_ / "nowhere" / "module";
  expect_refused("No such file or directory");
}

TEST_F(StateFileTest, ASecondProgramIsRefusedUnderEveryNameOfTheFile) {
  keep(changed(4));
  auto first = open();
  ASSERT_TRUE(first);
  expect_refused("another program keeps its module there");
  const std::string real = path_;
  path_ = folder_ / "link";
  fs::create_symlink(real, path_);
  expect_refused("another program keeps its module there");
  first.reset();
  EXPECT_EQ(open()->flash(), changed(4));
}

TEST_F(StateFileTest, ALinkStaysALink) {
  const std::string real = path_;
  keep(changed(4));
  path_ = folder_ / "link";
  fs::create_symlink(real, path_);
  keep(changed(0));
  EXPECT_TRUE(fs::is_symlink(path_));
  path_ = real;
  EXPECT_EQ(open()->flash(), changed(0));
}

TEST_F(StateFileTest, ALockLeftByAKilledProgramAndAHalfWrittenFileAreTakenOver) {
  keep(changed(4));
  std::ofstream(path_ + ".lock");
  std::ofstream(path_ + ".new") << "half";
  EXPECT_EQ(open()->flash(), changed(4));
  keep(changed(0));
  EXPECT_EQ(open()->flash(), changed(0));
  EXPECT_THAT(names(), UnorderedElementsAre("module", "module.lock"));
}

TEST_F(StateFileTest, AFileOfTheUsersWithTheLocksNameStaysAsItIs) {
  for (const std::string precious : {"", "precious"}) {
    std::ofstream(path_ + ".lock") << precious;
    {
      const auto file = open();
      ASSERT_TRUE(file) << refusal_;
      EXPECT_TRUE(file->keep(changed(4)));
      expect_refused("another program keeps its module there");
    }
    EXPECT_TRUE(fs::exists(path_ + ".lock"));
    EXPECT_EQ(fs::file_size(path_ + ".lock"), precious.size());
  }
}

TEST_F(StateFileTest, AFifoWithTheNewFilesNameIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((path_ + ".new").c_str(), 0600), 0);
  keep(changed(4));
  EXPECT_TRUE(kept_);
  EXPECT_EQ(open()->flash(), changed(4));
  EXPECT_THAT(names(), ElementsAre("module"));
}

TEST_F(StateFileTest, WhatALinkWithTheNewFilesNamePointsToIsLeftAlone) {
  const std::string real = path_;
  path_ = folder_ / "precious";
  write("precious");
  fs::create_symlink(path_, real + ".new");
  fs::create_hard_link(path_, folder_ / "other.new");
  EXPECT_EQ(content(), "precious");
  for (const std::string& name : {real, (folder_ / "other").string()}) {
    path_ = name;
    keep(changed(4));
    EXPECT_TRUE(kept_);
    EXPECT_FALSE(fs::exists(fs::symlink_status(path_ + ".new")));
  }
  path_ = folder_ / "precious";
  EXPECT_EQ(content(), "precious");
}

TEST_F(StateFileTest, TheTargetOfADanglingLinkIsMade) {
  const fs::path folder = folder_ / "folder";
  fs::create_directory(folder);
  fs::create_symlink("../module", folder / "inner");
  path_ = folder_ / "outer";
  fs::create_symlink("folder/inner", path_);
  keep(changed(4));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_TRUE(fs::is_symlink(folder / "inner"));
  path_ = folder_ / "module";
  EXPECT_FALSE(fs::is_symlink(path_));
  EXPECT_EQ(open()->flash(), changed(4));

  path_ = folder_ / "loop";
  fs::create_symlink("loop", path_);
  expect_refused("Too many levels of symbolic links");
}

// As on a full disk: the write stops in the middle.
TEST_F(StateFileTest, AWriteThatFailsIsToldOnceAndTriedAgain) {
  std::signal(SIGXFSZ, SIG_IGN);
  keep(changed(4));
  const std::string good = content();
  auto file = open();
  ASSERT_TRUE(file) << refusal_;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small = {.rlim_cur = 100, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_FALSE(file->keep(changed(0)));
  EXPECT_FALSE(file->keep(changed(1)));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  EXPECT_THAT(complaints_, ElementsAre(AllOf(HasSubstr(path_), HasSubstr(words_of(EFBIG)))));
  EXPECT_EQ(content(), good);
  EXPECT_FALSE(fs::exists(path_ + ".new"));
  EXPECT_TRUE(file->keep(changed(0)));
  file.reset();
  EXPECT_EQ(open()->flash(), changed(0));

  fs::create_directory(path_ + ".new");
  keep(changed(1));
  EXPECT_EQ(complaints_.size(), 2U) << "after a good write a failure is news";
}

}  // namespace
}  // namespace m531x::port
