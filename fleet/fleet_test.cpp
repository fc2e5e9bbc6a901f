// SPDX-License-Identifier: Apache-2.0
// What a fleet leaves to chance is the same for the same seed, in whatever order its modems come.
#include "fleet/fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace m531x::fleet {
namespace {

constexpr std::size_t kModems = 3;
constexpr std::uint64_t kCycles = 50;
// The longest that --think takes.
constexpr Micros kHour{3'600'000'000};

Plan plan_of(std::uint32_t seed, Micros least, Micros most) {
  Plan plan;
  plan.modem_count = kModems;
  plan.think_least = least;
  plan.think_most = most;
  plan.seed = seed;
  return plan;
}

std::vector<Micros> think_times(const Plan& plan) {
  std::vector<Micros> times;
  for (std::size_t modem = 0; modem < kModems; ++modem) {
    for (std::uint64_t cycle = 1; cycle <= kCycles; ++cycle) {
      times.push_back(plan.think_time(modem, cycle));
    }
  }
  return times;
}

TEST(FleetPlan, ThinkTimesAreThoseOfTheSeed) {
  const auto times = think_times(plan_of(7, Micros(0), kHour));
  EXPECT_EQ(think_times(plan_of(7, Micros(0), kHour)), times);
  EXPECT_NE(think_times(plan_of(8, Micros(0), kHour)), times);
}

TEST(FleetPlan, EachModemAndEachCycleHasAThinkTimeOfItsOwn) {
  auto times = think_times(plan_of(7, Micros(0), kHour));
  std::ranges::sort(times);
  EXPECT_EQ(std::ranges::adjacent_find(times), times.end());
}

TEST(FleetPlan, ThinkTimesAreInTheirRange) {
  constexpr Micros kLeast{10};
  constexpr Micros kMost{12};
  std::array<std::size_t, 3> counts{};
  for (const Micros time : think_times(plan_of(1, kLeast, kMost))) {
    ASSERT_GE(time, kLeast);
    ASSERT_LE(time, kMost);
    ++counts[static_cast<std::size_t>((time - kLeast).count())];
  }
  for (const std::size_t count : counts) EXPECT_GT(count, kModems * kCycles / 5);
  for (const Micros time : think_times(plan_of(1, kMost, kMost))) EXPECT_EQ(time, kMost);
  for (const Micros time : think_times(plan_of(1, Micros(0), kHour))) EXPECT_LE(time, kHour);
}

// Whose cycle ends first is up to the server and the machine.
TEST(Fleet, AModemsThinkTimesAreNotThoseOfWhoEndsFirst) {
  const Plan plan = plan_of(7, Micros(0), kHour);
  port::EventLoop loop;
  std::array<Block, 1> blocks{};
  BlockPool pool(blocks);
  Fleet fleet(loop, settings::settings_of(models().front()), pool, nullptr, {}, plan, {}, [] {});
  std::array<Host, kModems> hosts{Host(fleet, 0), Host(fleet, 1), Host(fleet, 2)};
  for (std::uint64_t cycle = 1; cycle <= kCycles; ++cycle) {
    for (std::size_t i = 0; i < kModems; ++i) {
      Host& host = hosts[(i + cycle) % kModems];
      host.begun_count = cycle;
      const Micros before = fleet.now();
      const auto time = fleet.next_cycle(host, true);
      ASSERT_TRUE(time);
      const Micros thinks = plan.think_time(host.number(), cycle);
      EXPECT_GE(*time, before + thinks);
      EXPECT_LE(*time, fleet.now() + thinks);
    }
  }
}

TEST(Fleet, BeginsSoManyCyclesOfAModem) {
  Plan plan = plan_of(7, Micros(0), Micros(0));
  plan.cycles = 5;
  port::EventLoop loop;
  std::array<Block, 1> blocks{};
  BlockPool pool(blocks);
  Fleet fleet(loop, settings::settings_of(models().front()), pool, nullptr, {}, plan, {}, [] {});
  Host host(fleet, 0);
  host.begun_count = 4;
  EXPECT_TRUE(fleet.next_cycle(host, true));
  host.begun_count = 5;
  EXPECT_FALSE(fleet.next_cycle(host, true));
  host.begun_count = 6;
  EXPECT_FALSE(fleet.next_cycle(host, true));
}

}  // namespace
}  // namespace m531x::fleet
