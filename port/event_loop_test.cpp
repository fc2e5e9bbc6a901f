// SPDX-License-Identifier: Apache-2.0
#include "port/event_loop.h"

#include <gtest/gtest.h>

namespace m531x::port {
namespace {

TEST(EventLoop, TimeStandsUntilTheOuterOfTwoEnds) {
  constexpr Millis kWhile{3};
  EventLoop loop;
  Millis begin{0};
  {
    const EventLoop::StandingTime outer(loop);
    begin = loop.now();
    while (loop.uptime() < begin + kWhile) {
    }
    EXPECT_EQ(loop.now(), begin);
    { const EventLoop::StandingTime inner(loop); }
    EXPECT_EQ(loop.now(), begin);
  }
  EXPECT_GE(loop.now(), begin + kWhile);
}

}  // namespace
}  // namespace m531x::port
