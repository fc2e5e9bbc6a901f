// SPDX-License-Identifier: Apache-2.0
#include "sim/pacer.h"

#include <gtest/gtest.h>

namespace m531x::sim {
namespace {

constexpr std::uint32_t kBits8N1 = 10;

Pacer pacer_of(std::uint32_t rate) {
  Pacer pacer;
  pacer.set_rate(rate, kBits8N1);
  return pacer;
}

TEST(Pacer, NothingPassesBeforeItBegins) {
  Pacer pacer = pacer_of(9600);
  EXPECT_EQ(pacer.allowed(Millis(1000)), 0U);
  EXPECT_EQ(pacer.next(), std::nullopt);
  pacer.begin(Millis(1000));
  EXPECT_EQ(pacer.allowed(Millis(999)), 0U);
  EXPECT_EQ(pacer.allowed(Millis(1000)), 0U);
}

// 9600 baud 8N1: a byte takes 1.0417 ms.
TEST(Pacer, AByteTakesItsBits) {
  Pacer pacer = pacer_of(9600);
  pacer.begin(Millis(0));
  EXPECT_EQ(pacer.next(), Millis(2));
  EXPECT_EQ(pacer.allowed(Millis(1)), 0U);
  EXPECT_EQ(pacer.allowed(Millis(2)), 1U);
  EXPECT_EQ(pacer.allowed(Millis(3)), 2U);
}

TEST(Pacer, ASecondIsExactHoweverItIsTaken) {
  for (const int step : {1, 2, 7, 50, 100}) {
    Pacer pacer = pacer_of(9600);
    pacer.begin(Millis(5));
    std::size_t taken = 0;
    for (Millis now(5); now <= Millis(1005); now += Millis(step)) {
      const std::size_t allowed = pacer.allowed(now);
      pacer.took(allowed, now);
      taken += allowed;
    }
    const int last_ms = 1000 / step * step;
    EXPECT_EQ(taken, static_cast<std::size_t>(last_ms * 960 / 1000)) << step;
  }
}

// A timer that is late makes it up; a host that did not read does not.
TEST(Pacer, WhatIsNotTakenIsGone) {
  const auto after = [](Millis late) {
    Pacer pacer = pacer_of(9600);
    pacer.begin(Millis(0));
    const std::size_t taken = pacer.allowed(late);
    pacer.took(taken, late);
    return taken;
  };
  const std::size_t most = 96;  // of kMostLate
  EXPECT_EQ(after(Pacer::kMostLate - Millis(1)), most - 1);
  EXPECT_EQ(after(Pacer::kMostLate), most);
  EXPECT_EQ(after(Pacer::kMostLate + Millis(1)), most);
  EXPECT_EQ(after(Millis(3'600'000)), most);

  Pacer pacer = pacer_of(9600);
  pacer.begin(Millis(0));
  pacer.took(pacer.allowed(Millis(5000)), Millis(5000));
  EXPECT_EQ(pacer.allowed(Millis(5000)), 0U);
  EXPECT_EQ(pacer.next(), Millis(5002));
  EXPECT_EQ(pacer.allowed(Millis(5100)), 96U);
}

// Taken in parts, one moment allows no more than at once.
TEST(Pacer, PartsMakeTheWhole) {
  Pacer pacer = pacer_of(9600);
  pacer.begin(Millis(0));
  std::size_t taken = 0;
  while (pacer.allowed(Millis(200)) > 0 && taken < 1'000) {
    pacer.took(1, Millis(200));
    ++taken;
  }
  EXPECT_EQ(taken, 96U);
}

TEST(Pacer, ASlowRateStillPasses) {
  Pacer pacer;
  pacer.set_rate(50, 8);  // a byte in 160 ms, which is more than kMostLate
  pacer.begin(Millis(0));
  EXPECT_EQ(pacer.next(), Millis(160));
  EXPECT_EQ(pacer.allowed(Millis(159)), 0U);
  EXPECT_EQ(pacer.allowed(Millis(160)), 1U);
  pacer.took(1, Millis(160));
  EXPECT_EQ(pacer.next(), Millis(320));
}

TEST(Pacer, AnyRateIsAtOnce) {
  Pacer pacer = pacer_of(0);
  pacer.begin(Millis(10));
  EXPECT_EQ(pacer.next(), Millis(10));
  EXPECT_EQ(pacer.allowed(Millis(9)), 0U);
  EXPECT_GT(pacer.allowed(Millis(10)), 1'000'000U);
  pacer.took(1'000'000, Millis(10));
  EXPECT_GT(pacer.allowed(Millis(10)), 1'000'000U);
}

TEST(Pacer, AnotherRateBeginsAnew) {
  Pacer pacer = pacer_of(9600);
  pacer.begin(Millis(0));
  pacer.set_rate(9600, kBits8N1);
  EXPECT_EQ(pacer.allowed(Millis(100)), 96U);
  pacer.set_rate(115200, kBits8N1);
  EXPECT_EQ(pacer.allowed(Millis(100)), 0U);
  pacer.begin(Millis(100));
  EXPECT_EQ(pacer.allowed(Millis(101)), 11U);
}

}  // namespace
}  // namespace m531x::sim
