// SPDX-License-Identifier: Apache-2.0
#include "port/alarms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "port/event_loop.h"

namespace m531x::port {
namespace {

using std::chrono::milliseconds;
using Moment = Alarm::Moment;

class Bell : public Alarm {
 public:
  explicit Bell(Alarms& alarms, std::function<void()> rings = nullptr)
      : Alarm(alarms), rings_(std::move(rings)) {}
  int count = 0;

 private:
  void ring() override {
    ++count;
    if (rings_) rings_();
  }
  std::function<void()> rings_;
};

class AlarmsTest : public testing::Test {
 protected:
  // All that has to come; the loop has no other work.
  void run() {
    loop_.context().restart();
    loop_.context().run();
  }

  EventLoop loop_;
  Moment now_ = std::chrono::steady_clock::now();
};

TEST_F(AlarmsTest, RingsOnceAndNotBeforeItsMoment) {
  Moment rang;
  Bell bell(loop_.alarms(), [&] { rang = std::chrono::steady_clock::now(); });
  bell.ring_at(now_ + milliseconds(20));
  EXPECT_TRUE(bell.is_set());
  run();
  EXPECT_EQ(bell.count, 1);
  EXPECT_GE(rang, now_ + milliseconds(20));
  EXPECT_FALSE(bell.is_set());
  run();
  EXPECT_EQ(bell.count, 1);
}

TEST_F(AlarmsTest, AMomentThatIsPastRingsAtOnceButNotBeforeSetReturns) {
  Bell bell(loop_.alarms());
  bell.ring_at(now_ - milliseconds(1));
  EXPECT_EQ(bell.count, 0);
  run();
  EXPECT_EQ(bell.count, 1);
}

TEST_F(AlarmsTest, ANewMomentTakesThePlaceOfTheOldOneEarlierOrLater) {
  std::vector<int> order;
  Bell first(loop_.alarms(), [&] { order.push_back(1); });
  Bell second(loop_.alarms(), [&] { order.push_back(2); });
  first.ring_at(now_ + milliseconds(5));
  second.ring_at(now_ + milliseconds(15));
  first.ring_at(now_ + milliseconds(25));
  second.ring_at(now_ + milliseconds(10));
  run();
  EXPECT_EQ(order, (std::vector{2, 1}));
}

TEST_F(AlarmsTest, ACancelledOneDoesNotRingAndLeavesTheLoopWithoutWork) {
  Bell bell(loop_.alarms());
  bell.ring_at(now_ + std::chrono::hours(1));
  bell.do_not_ring();
  bell.do_not_ring();
  run();
  EXPECT_EQ(bell.count, 0);
}

TEST_F(AlarmsTest, OneThatIsSetAgainRightAfterTheLastWasCancelledRings) {
  Bell bell(loop_.alarms());
  bell.ring_at(now_ + std::chrono::hours(1));
  bell.do_not_ring();
  bell.ring_at(now_ + milliseconds(5));
  run();
  EXPECT_EQ(bell.count, 1);
}

TEST_F(AlarmsTest, WhatRingsMaySetItselfAndEndAnother) {
  auto other = std::make_unique<Bell>(loop_.alarms());
  std::unique_ptr<Bell> bell;
  bell = std::make_unique<Bell>(loop_.alarms(), [&] {
    other.reset();
    if (bell->count < 3) bell->ring_at(now_);
  });
  bell->ring_at(now_);
  other->ring_at(now_);
  run();
  EXPECT_EQ(bell->count, 3);
}

TEST_F(AlarmsTest, ManyRingInTheOrderOfTheirMomentsWhateverIsSetAndCancelled) {
  std::mt19937 random(1);
  std::vector<Moment> rang;
  std::vector<std::unique_ptr<Bell>> bells;
  std::vector<Moment> moments(500);
  std::size_t cancelled = 0;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    bells.push_back(std::make_unique<Bell>(loop_.alarms(), [&, i] { rang.push_back(moments[i]); }));
  }
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < moments.size(); ++i) {
      moments[i] = now_ + std::chrono::microseconds(random() % 20'000);
      bells[i]->ring_at(moments[i]);
    }
  }
  for (std::size_t i = 0; i < moments.size(); i += 3, ++cancelled) bells[i]->do_not_ring();
  run();
  EXPECT_EQ(rang.size(), moments.size() - cancelled);
  EXPECT_TRUE(std::ranges::is_sorted(rang));
}

TEST(Alarms, OneThatOutlivesTheLoopIsHarmless) {
  auto loop = std::make_unique<EventLoop>();
  Bell bell(loop->alarms());
  bell.ring_at(std::chrono::steady_clock::now());
  loop.reset();
  EXPECT_FALSE(bell.is_set());
  bell.do_not_ring();
}

}  // namespace
}  // namespace m531x::port
