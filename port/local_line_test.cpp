// SPDX-License-Identifier: Apache-2.0
#include "port/local_line.h"

#include <gtest/gtest.h>

#include "port/test_loop.h"

namespace m531x::port {
namespace {

constexpr std::size_t kMostTyped = LocalLine::kMostTypedBytes;

class LineHost : public LocalHost {
 public:
  [[nodiscard]] std::size_t window() const override { return window_; }
  void heard(Bytes bytes) override {
    text += bytes;
    window_ -= bytes.size();
  }
  void set_window(std::size_t bytes) { window_ = bytes; }

  std::string text;

 private:
  std::size_t window_ = 1'000'000;
};

class LocalLineTest : public testing::Test {
 protected:
  // What one read of so many bytes brings.
  std::string read(std::size_t most) {
    std::string room(most, '\0');
    const auto result = line_->read(room);
    EXPECT_EQ(result.blocked, result.byte_count == 0);
    EXPECT_FALSE(result.ended || result.error != 0);
    return room.substr(0, result.byte_count);
  }
  std::size_t write(std::initializer_list<Bytes> views) {
    return line_->write(std::span(views.begin(), views.size())).byte_count;
  }
  void run_loop() {
    loop_.context().restart();
    loop_.context().poll();
  }

  EventLoop loop_;
  LineHost host_;
  std::shared_ptr<LocalLine> line_ = std::make_shared<LocalLine>(loop_, host_);
};

TEST_F(LocalLineTest, TheModemReadsWhatTheHostTypes) {
  EXPECT_FALSE(line_->may_read());
  EXPECT_EQ(read(10), "");
  EXPECT_TRUE(line_->type("AT"));
  EXPECT_TRUE(line_->type("E0\r"));
  EXPECT_TRUE(line_->may_read());
  EXPECT_EQ(read(3), "ATE");
  EXPECT_TRUE(line_->may_read());
  EXPECT_EQ(read(2), "0\r");
  EXPECT_FALSE(line_->may_read()) << "nothing is left";
  EXPECT_EQ(read(10), "");
}

TEST_F(LocalLineTest, SoMuchIsTypedAheadAndNoMore) {
  EXPECT_TRUE(line_->type(std::string(kMostTyped - 1, 'a')));
  EXPECT_FALSE(line_->type("bc"));
  EXPECT_TRUE(line_->type("b"));
  EXPECT_FALSE(line_->type("c"));
  EXPECT_TRUE(line_->type(""));
  EXPECT_EQ(read(1), "a");
  EXPECT_FALSE(line_->type("cd")) << "what has been read makes room, and no more";
  EXPECT_TRUE(line_->type("c"));
  EXPECT_EQ(read(kMostTyped + 1), std::string(kMostTyped - 2, 'a') + "bc")
      << "nothing of what was refused";
}

TEST_F(LocalLineTest, AtOnceSoMuchIsTypedAndNoMore) {
  EXPECT_FALSE(line_->type(std::string(kMostTyped + 1, 'a')));
  EXPECT_EQ(read(1), "");
  EXPECT_TRUE(line_->type(std::string(kMostTyped, 'a')));
  EXPECT_EQ(read(kMostTyped), std::string(kMostTyped, 'a'));
}

TEST_F(LocalLineTest, WhoWaitsForTheHostIsCalledOnceAndFromTheLoop) {
  int calls = 0;
  line_->wait_readable([&calls] { ++calls; });
  run_loop();
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(line_->type("A"));
  EXPECT_TRUE(line_->type("T"));
  EXPECT_EQ(calls, 0) << "the host may be in a call of the driver's";
  run_loop();
  run_loop();
  EXPECT_EQ(calls, 1);
}

TEST_F(LocalLineTest, TheHostHearsAsMuchAsItsWindowHas) {
  host_.set_window(4);
  EXPECT_EQ(write({"abc"}), 3U);
  EXPECT_TRUE(line_->may_write());
  EXPECT_EQ(write({"d"}), 1U);
  EXPECT_TRUE(line_->may_write());
  EXPECT_EQ(write({"e"}), 0U);
  EXPECT_FALSE(line_->may_write());
  EXPECT_EQ(host_.text, "abcd");
}

TEST_F(LocalLineTest, AWriteOfSeveralPiecesEndsWhereTheWindowDoes) {
  host_.set_window(5);
  EXPECT_EQ(write({"ab", "cd", "ef", "gh"}), 5U);
  EXPECT_FALSE(line_->may_write());
  EXPECT_EQ(host_.text, "abcde");
}

TEST_F(LocalLineTest, WhoWaitsToWriteIsCalledWhenTheWindowOpens) {
  host_.set_window(1);
  EXPECT_EQ(write({"ab"}), 1U);
  int calls = 0;
  line_->wait_writable([&calls] { ++calls; });
  line_->reads_again();
  run_loop();
  EXPECT_EQ(calls, 0) << "there is no room yet";
  host_.set_window(1);
  line_->reads_again();
  EXPECT_EQ(calls, 0) << "the driver may be in a write";
  run_loop();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(line_->may_write());
  EXPECT_EQ(write({"b"}), 1U);
  EXPECT_EQ(host_.text, "ab");
}

TEST_F(LocalLineTest, ClosedItCallsNobodyAndTakesNothing) {
  int calls = 0;
  line_->wait_readable([&calls] { ++calls; });
  EXPECT_TRUE(line_->type("AT\r"));
  line_->reads_again();
  line_->close();
  run_loop();
  EXPECT_EQ(calls, 0);
  EXPECT_TRUE(line_->closed());
  EXPECT_FALSE(line_->type("A"));
  EXPECT_EQ(read(10), "") << "what was typed is gone";
  EXPECT_EQ(write({"OK"}), 0U);
  EXPECT_EQ(host_.text, "");
}

TEST_F(LocalLineTest, NothingIsLostByClosingIt) {
  EXPECT_EQ(write({"OK"}), 2U);
  EXPECT_EQ(line_->undelivered(), 0U);
}

}  // namespace
}  // namespace m531x::port
