// SPDX-License-Identifier: Apache-2.0
// Files that cannot be read, from the start or in the middle.
#include "app/text_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/test_sentence.h"
#include "port/unique_fd.h"

namespace m531x::app {
namespace {

TEST(InputFile, OneThatCannotBeReadIsRefusedByItsName) {
  const std::vector<std::pair<std::string, std::string>> kFiles = {
      {"/no/such/file", "name: cannot read it: No such file or directory"},
      {"/", "name: cannot read it: Is a directory"},
      {"/proc/self/mem", "name: cannot read it: Input/output error"},
  };
  for (const auto& [path, words] : kFiles) {
    EXPECT_EQ(sentence([&] { const InputFile file(path, "name"); }), words);
    EXPECT_EQ(sentence([&] { static_cast<void>(read_file(path, "name")); }), words);
  }
}

TEST(InputFile, AnErrorInTheMiddleGivesItsReason) {
  const std::string path = testing::TempDir() + "text_file_test";
  write_file(path, path, std::string(1 << 20, 'x'));
  // The file takes the lowest number that is free.
  const int number = port::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)).get();
  InputFile file(path, "name");
  const port::UniqueFd folder(::open("/", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::dup2(folder.get(), number), number);
  std::size_t count = 0;
  EXPECT_EQ(sentence([&] {
              while (file.rdbuf()->sbumpc() == 'x') ++count;
            }),
            "cannot read it: Is a directory");
  EXPECT_GT(count, 0U);
  EXPECT_LT(count, std::size_t{1} << 20);
  std::filesystem::remove(path);
}

TEST(InputFile, AnEmptyFileIsOne) {
  EXPECT_EQ(read_file("/dev/null", "name"), "");
  InputFile file("/dev/null", "name");
  EXPECT_EQ(file.get(), std::char_traits<char>::eof());
}

}  // namespace
}  // namespace m531x::app
