// SPDX-License-Identifier: Apache-2.0
// On a socket pair, whose far end is a host that reads as a test wants, and on a pseudo-terminal.
#include "port/last_words.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "port/pty_stream.h"
#include "port/test_pty.h"

namespace m531x::port {
namespace {

using std::chrono::steady_clock;

constexpr Millis kNever{60'000};
constexpr Millis kShort{60};
// More than the buffers between the two ends hold.
const std::string kLong(2'000'000, 'x');

class LastWordsTest : public PtyTest {
 protected:
  LastWordsTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    line_ = std::make_shared<ByteStream>(loop_, UniqueFd(ends[0]));
    host_ = UniqueFd(ends[1]);
  }
  void say(const std::string& words, Patience patience) {
    words_ = std::make_shared<LastWords>(
        loop_, line_, words, nullptr, [this] { done_after_ = steady_clock::now() - start_; },
        patience);
    start_ = steady_clock::now();
    words_->start();
  }
  [[nodiscard]] bool done() const { return done_after_.has_value(); }
  // Runs the loop for a moment; what the host then finds.
  std::string hear() {
    loop_.context().restart();
    loop_.context().run_for(std::chrono::milliseconds(1));
    return read(host_.get());
  }

  std::shared_ptr<ByteStream> line_;
  UniqueFd host_;
  std::shared_ptr<LastWords> words_;
  steady_clock::time_point start_;
  std::optional<steady_clock::duration> done_after_;
};

TEST_F(LastWordsTest, TheHostHasAllOfItBeforeTheLineIsClosed) {
  say(kLong, {.stuck = kNever, .longest = kNever});
  EXPECT_FALSE(done());
  std::string heard;
  while (heard.size() < kLong.size()) heard += hear();
  EXPECT_FALSE(line_->closed()) << "before it was looked at";
  run_until([this] { return done(); });
  EXPECT_EQ(heard, kLong);
  EXPECT_TRUE(line_->closed());
  EXPECT_EQ(::recv(host_.get(), heard.data(), 1, 0), 0) << "the end of the line";
}

TEST_F(LastWordsTest, WithNothingToSayItIsOverAtOnce) {
  say("", {.stuck = kNever, .longest = kNever});
  run_until([this] { return done(); });
  EXPECT_LT(*done_after_, kShort * 10);
  EXPECT_TRUE(line_->closed());
}

TEST_F(LastWordsTest, WhatWasWrittenBeforeIsWaitedFor) {
  write(*line_, "abc");
  say("", {.stuck = kNever, .longest = kNever});
  loop_.context().run_for(kShort);
  EXPECT_FALSE(done());
  EXPECT_EQ(hear(), "abc");
  run_until([this] { return done(); });
}

TEST_F(LastWordsTest, AHostThatTakesNothingIsNotWaitedForLong) {
  say(kLong, {.stuck = kShort, .longest = kNever});
  run_until([this] { return done(); });
  EXPECT_GE(*done_after_, kShort);
  EXPECT_TRUE(line_->closed());
}

TEST_F(LastWordsTest, AHostThatLeavesItUnreadIsNotWaitedForLong) {
  say("abc", {.stuck = kShort, .longest = kNever});
  run_until([this] { return done(); });
  EXPECT_GE(*done_after_, kShort);
  EXPECT_EQ(read(host_.get()), "abc");
}

TEST_F(LastWordsTest, AHostThatTakesALittleIsWaitedForSoLong) {
  constexpr Millis kLongest = 5 * kShort;
  say(kLong, {.stuck = kNever, .longest = kLongest});
  while (!done()) hear();
  EXPECT_GE(*done_after_, kLongest);
  EXPECT_LT(*done_after_, kNever);
}

TEST_F(LastWordsTest, EachByteTakenIsProgress) {
  // At 4 KiB a millisecond that lasts longer than the test looks.
  say(kLong + kLong, {.stuck = 4 * kShort, .longest = kNever});
  while (steady_clock::now() - start_ < 12 * kShort) {
    hear();
    ASSERT_FALSE(done());
  }
  run_until([this] { return done(); });
}

TEST_F(LastWordsTest, AHostThatHasGoneIsNotWaitedFor) {
  say(kLong, {.stuck = kNever, .longest = kNever});
  host_.reset();
  run_until([this] { return done(); });
}

TEST_F(LastWordsTest, WhatTheHostTypesIsThrownAway) {
  say(kLong, {.stuck = kNever, .longest = kNever});
  std::size_t heard_bytes = 0;
  while (heard_bytes < kLong.size()) {
    EXPECT_EQ(::send(host_.get(), "AT\r", 3, 0), 3) << "nobody reads it";
    heard_bytes += hear().size();
  }
  run_until([this] { return done(); });
}

TEST_F(LastWordsTest, GivenUpItCallsNobody) {
  say(kLong, {.stuck = kShort, .longest = kShort});
  words_->give_up();
  EXPECT_TRUE(line_->closed());
  loop_.context().run_for(3 * kShort);
  EXPECT_FALSE(done());
}

// A wait that the line's last user began is not lost, and does not stand in the way.
TEST_F(LastWordsTest, AnEarlierWaitOfTheLineMayGoOn) {
  bool waited = false;
  Bytes rest = kLong;
  while (line_->may_write()) rest.remove_prefix(line_->write(std::span(&rest, 1)).byte_count);
  line_->wait_writable([&] {
    waited = true;
    words_->go_on();
  });
  say("end", {.stuck = kNever, .longest = kNever});
  std::string heard;
  while (!heard.ends_with("end")) heard += hear();
  EXPECT_TRUE(waited);
  run_until([this] { return done(); });
}

class PtyStreamTest : public LastWordsTest {
 protected:
  PtyStreamTest() {
    line_ = std::make_shared<PtyStream>(loop_, pty_.take_near_side(), pty_.take_far_side());
  }
};

TEST_F(PtyStreamTest, KnowsWhatTheHostHasNotRead) {
  EXPECT_EQ(line_->undelivered(), 0U);
  write(*line_, "abc");
  run_until([this] { return line_->undelivered() == 3; });
  EXPECT_EQ(read(far_.get()), "abc");
  EXPECT_EQ(line_->undelivered(), 0U);
}

// It passes on what a full far side had no room for a moment after the host has made room.
TEST_F(PtyStreamTest, KnowsWhatTheKernelHoldsBack) {
  std::size_t unread = 0;
  const std::string block(4096, 'x');
  const Bytes bytes = block;
  while (line_->may_write()) unread += line_->write(std::span(&bytes, 1)).byte_count;
  EXPECT_GT(unread, block.size()) << "more than the far side takes";
  while (unread > 0) {
    ASSERT_NE(line_->undelivered(), 0U) << unread;
    unread -= read(far_.get()).size();
  }
  EXPECT_EQ(line_->undelivered(), 0U);
}

TEST_F(PtyStreamTest, KnowsThatThereIsNoHost) {
  write(*line_, "abc");
  run_until([this] { return line_->undelivered() == 3; });
  far_.reset();
  EXPECT_EQ(line_->undelivered(), 0U);
  EXPECT_EQ(line_->undelivered(), 0U);
}

TEST_F(PtyStreamTest, TheHostHasAllOfItBeforeTheLineIsClosed) {
  std::string words;
  for (int n = 0; words.size() < 200'000; ++n) words += std::to_string(n) + ' ';
  say(words, {.stuck = kNever, .longest = kNever});
  std::string heard;
  while (!done()) {
    hear();
    heard += read(far_.get());
  }
  EXPECT_EQ(heard, words);
}

TEST_F(PtyStreamTest, WithoutAHostItIsOverAtOnce) {
  write(*line_, "abc");
  far_.reset();
  say("", {.stuck = kNever, .longest = kNever});
  run_until([this] { return done(); });
}

}  // namespace
}  // namespace m531x::port
