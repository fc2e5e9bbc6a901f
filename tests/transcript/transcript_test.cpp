// SPDX-License-Identifier: Apache-2.0
// One test for each block of each transcript: <file>.<heading>.
#include <gtest/gtest.h>

#include "tests/transcript/library.h"
#include "tests/transcript/player.h"

namespace m531x::transcript {

namespace {

class TranscriptTest : public ::testing::Test {
 public:
  explicit TranscriptTest(const Block& block) : block_(block) {}
  void TestBody() override {
    for (const std::string& fault : block_.faults) ADD_FAILURE() << fault;
    if (HasFailure()) return;
    for (const Way& way : ways_to_play(block_)) {
      if (const auto wrong = play(block_, way)) FAIL() << *wrong;
    }
  }

 private:
  const Block& block_;
};

bool register_all() {
  for (const File& file : library()) {
    for (const Block& block : file.blocks) {
      ::testing::RegisterTest(file.name.c_str(), block.name.c_str(), nullptr, nullptr,
                              block.file.c_str(), block.line,
                              [&block]() -> ::testing::Test* { return new TranscriptTest(block); });
    }
  }
  return true;
}

const bool kRegistered = register_all();

}  // namespace

}  // namespace m531x::transcript
