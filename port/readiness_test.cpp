// SPDX-License-Identifier: Apache-2.0
#include "port/readiness.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "port/byte_stream.h"
#include "port/event_loop.h"

namespace m531x::port {
namespace {

struct Ends {
  UniqueFd near;
  UniqueFd far;
};

Ends socket_pair() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void put(const UniqueFd& fd, std::string_view bytes) {
  ASSERT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

// Everything that is there.
std::size_t drain(int fd) {
  std::array<char, 4096> room{};
  std::size_t total = 0;
  for (ssize_t got = 0; (got = ::read(fd, room.data(), room.size())) > 0;) {
    total += static_cast<std::size_t>(got);
  }
  return total;
}

class Listener : public Waiter {
 public:
  void ready(Direction direction) override {
    (direction == Direction::in ? reads : writes) += 1;
    if (on_ready) on_ready(direction);
  }
  void forgotten() override { ++forgets; }

  std::function<void(Direction)> on_ready;
  int reads = 0;
  int writes = 0;
  int forgets = 0;
};

class ReadinessTest : public testing::Test {
 protected:
  // All that is due now.
  void poll() {
    for (int i = 0; i < 4; ++i) {
      loop_.context().restart();
      loop_.context().poll();
    }
  }
  // False: there is nothing to wait for.
  bool has_work() {
    loop_.context().restart();
    loop_.context().poll();
    return !loop_.context().stopped();
  }

  EventLoop loop_;
  Ends pair_ = socket_pair();
  Listener listener_;
  Watch watch_{loop_.readiness(), std::move(pair_.near), listener_};
};

TEST_F(ReadinessTest, EndsAWaitOnceWhenBytesComeAndNotBefore) {
  watch_.wait(Direction::in);
  poll();
  EXPECT_EQ(listener_.reads, 0);
  put(pair_.far, "x");
  poll();
  EXPECT_EQ(listener_.reads, 1);
  EXPECT_EQ(listener_.writes, 0);
}

TEST_F(ReadinessTest, WhatIsThereIsToldUntilItIsReadWhateverWasReadOfIt) {
  put(pair_.far, "two");
  watch_.wait(Direction::in);
  poll();
  char one = 0;
  ASSERT_EQ(::read(watch_.fd(), &one, 1), 1);
  watch_.wait(Direction::in);
  poll();
  EXPECT_EQ(listener_.reads, 2);
  EXPECT_EQ(drain(watch_.fd()), 2U);
  watch_.wait(Direction::in);
  poll();
  EXPECT_EQ(listener_.reads, 2);
}

TEST_F(ReadinessTest, WhatCameWhileNobodyWaitedIsToldToTheNextWait) {
  watch_.wait(Direction::in);
  put(pair_.far, "x");
  poll();
  put(pair_.far, "y");
  poll();  // it is taken back from the kernel
  poll();
  EXPECT_EQ(listener_.reads, 1);
  watch_.wait(Direction::in);
  poll();
  EXPECT_EQ(listener_.reads, 2);
}

TEST_F(ReadinessTest, NothingSpinsWhileNobodyWaits) {
  watch_.wait(Direction::in);
  put(pair_.far, "x");
  poll();
  ASSERT_EQ(listener_.reads, 1);
  // Another wait keeps the loop at work: the unread byte must not end it again and again.
  Ends other = socket_pair();
  Listener others;
  Watch watch(loop_.readiness(), std::move(other.near), others);
  watch.wait(Direction::in);
  poll();
  loop_.context().restart();
  EXPECT_EQ(loop_.context().poll(), 0U);
}

TEST_F(ReadinessTest, BothDirectionsWaitApart) {
  watch_.wait(Direction::in);
  watch_.wait(Direction::out);
  poll();
  EXPECT_EQ(listener_.writes, 1);
  EXPECT_EQ(listener_.reads, 0);
  put(pair_.far, "x");
  poll();
  EXPECT_EQ(listener_.writes, 1);
  EXPECT_EQ(listener_.reads, 1);
}

TEST_F(ReadinessTest, TwoWaitsForOneDirectionAreOne) {
  watch_.wait(Direction::out);
  watch_.wait(Direction::out);
  poll();
  EXPECT_EQ(listener_.writes, 1);
  EXPECT_FALSE(has_work());
}

TEST_F(ReadinessTest, AHangUpEndsBothWaitsAndThenIsQuiet) {
  watch_.wait(Direction::in);
  pair_.far.reset();
  poll();
  EXPECT_EQ(listener_.reads, 1);
  Ends other = socket_pair();
  Listener others;
  Watch watch(loop_.readiness(), std::move(other.near), others);
  watch.wait(Direction::in);
  poll();
  loop_.context().restart();
  EXPECT_EQ(loop_.context().poll(), 0U);  // nobody asks for it any more
  watch_.wait(Direction::in);
  watch_.wait(Direction::out);
  poll();
  EXPECT_EQ(listener_.reads, 2);
  EXPECT_EQ(listener_.writes, 1);
}

TEST_F(ReadinessTest, AClosedWatchIsNotCalledAndLeavesTheLoopWithoutWork) {
  watch_.wait(Direction::in);
  EXPECT_TRUE(has_work());
  put(pair_.far, "x");
  watch_.close();
  poll();
  EXPECT_EQ(listener_.reads, 0);
  EXPECT_FALSE(has_work());
  watch_.wait(Direction::in);
  EXPECT_FALSE(has_work());
}

TEST_F(ReadinessTest, AWaitThatBeginsRightAfterTheLastOneWasClosedLasts) {
  watch_.wait(Direction::in);
  EXPECT_TRUE(has_work());
  watch_.close();
  Ends other = socket_pair();
  Watch watch(loop_.readiness(), std::move(other.near), listener_);
  watch.wait(Direction::in);
  EXPECT_TRUE(has_work());
  put(other.far, "x");
  poll();
  EXPECT_EQ(listener_.reads, 1);
}

TEST_F(ReadinessTest, OneThatIsClosedByAnotherInTheSameRoundIsNotCalled) {
  Ends other = socket_pair();
  Listener first;
  Watch watch(loop_.readiness(), std::move(other.near), first);
  first.on_ready = [&](Direction) { watch_.close(); };
  listener_.on_ready = [&](Direction) { watch.close(); };
  watch.wait(Direction::in);
  watch_.wait(Direction::in);
  put(other.far, "x");
  put(pair_.far, "x");
  poll();
  EXPECT_EQ(first.reads + listener_.reads, 1);
}

TEST_F(ReadinessTest, ANewDescriptorWithTheNumberOfAnOldOneHearsNothingOfIt) {
  Ends other = socket_pair();
  Listener newer;
  std::unique_ptr<Watch> watch;
  // Both are in one report of the kernel; whoever is first puts a new descriptor in the place of
  // the second.
  Ends third = socket_pair();
  Listener first;
  Watch first_watch(loop_.readiness(), std::move(third.near), first);
  first.on_ready = [&](Direction) {
    const int number = watch_.fd();
    watch_.close();
    ASSERT_EQ(::dup2(other.near.get(), number), number);
    watch = std::make_unique<Watch>(loop_.readiness(), UniqueFd(number), newer);
    watch->wait(Direction::in);
  };
  first_watch.wait(Direction::in);
  put(third.far, "x");
  watch_.wait(Direction::in);
  put(pair_.far, "x");
  poll();
  if (!watch) return;  // the kernel told of the other one first
  EXPECT_EQ(newer.reads, 0);
  put(other.far, "x");
  poll();
  EXPECT_EQ(newer.reads, 1);
}

TEST_F(ReadinessTest, ACopyThatStaysOpenDoesNotSpeakForTheClosedOne) {
  const UniqueFd copy(::dup(watch_.fd()));
  watch_.wait(Direction::in);
  poll();
  watch_.close();
  put(pair_.far, "x");
  Ends other = socket_pair();
  Listener others;
  Watch watch(loop_.readiness(), std::move(other.near), others);
  watch.wait(Direction::in);
  poll();
  loop_.context().restart();
  EXPECT_EQ(loop_.context().poll(), 0U);
  EXPECT_EQ(listener_.reads + others.reads, 0);
}

TEST_F(ReadinessTest, WhatEpollDoesNotTakeIsAlwaysReady) {
  std::string path = testing::TempDir() + "m531x_readiness_XXXXXX";
  UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
  ASSERT_TRUE(file.valid());
  ::unlink(path.c_str());
  Watch watch(loop_.readiness(), std::move(file), listener_);
  for (int i = 1; i <= 2; ++i) {
    watch.wait(Direction::in);
    watch.wait(Direction::out);
    EXPECT_EQ(listener_.reads, i - 1);  // never before the wait returns
    poll();
    EXPECT_EQ(listener_.reads, i);
    EXPECT_EQ(listener_.writes, i);
  }
  watch.wait(Direction::in);
  watch.close();
  poll();
  EXPECT_EQ(listener_.reads, 2);
  EXPECT_FALSE(has_work());
}

TEST_F(ReadinessTest, MoreThanOneRoundOfThemAreAllTold) {
  constexpr std::size_t kCount = 300;
  std::vector<UniqueFd> far;
  std::vector<std::unique_ptr<Watch>> watches;
  for (std::size_t i = 0; i < kCount; ++i) {
    Ends ends = socket_pair();
    put(ends.far, "x");
    far.push_back(std::move(ends.far));
    watches.push_back(std::make_unique<Watch>(loop_.readiness(), std::move(ends.near), listener_));
    watches.back()->wait(Direction::in);
  }
  poll();
  EXPECT_EQ(listener_.reads, static_cast<int>(kCount));
}

TEST_F(ReadinessTest, AStoppedLoopLeavesTheRestForItsNextRun) {
  Ends other = socket_pair();
  Watch watch(loop_.readiness(), std::move(other.near), listener_);
  listener_.on_ready = [this](Direction) { loop_.stop(); };
  watch.wait(Direction::in);
  watch_.wait(Direction::in);
  put(other.far, "x");
  put(pair_.far, "x");
  loop_.context().run();
  EXPECT_EQ(listener_.reads, 1);
  loop_.context().restart();
  loop_.context().run();
  EXPECT_EQ(listener_.reads, 2);
}

TEST(Readiness, TheEndOfTheLoopLetsGoOfStreamsThatWait) {
  Ends pair = socket_pair();
  auto loop = std::make_unique<EventLoop>();
  auto stream = std::make_shared<ByteStream>(*loop, std::move(pair.near));
  const std::weak_ptr<ByteStream> watched = stream;
  stream->wait_readable([keeps = stream] { FAIL() << keeps->closed(); });
  stream.reset();
  EXPECT_FALSE(watched.expired());
  loop.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(Readiness, AWaitKeepsItsStreamAndItsEndLetsGo) {
  Ends pair = socket_pair();
  EventLoop loop;
  auto stream = std::make_shared<ByteStream>(loop, std::move(pair.near));
  const std::weak_ptr<ByteStream> watched = stream;
  int calls = 0;
  stream->wait_writable([&calls] { ++calls; });
  stream->wait_writable([] { FAIL() << "the first one lasts"; });
  stream.reset();
  loop.context().run();
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace m531x::port
