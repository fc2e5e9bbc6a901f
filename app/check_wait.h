// SPDX-License-Identifier: Apache-2.0
// A check is a sequence: it waits for one thing after the other, while the loop serves the port and
// the server.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <stdexcept>

#include "port/event_loop.h"

namespace m531x::app {

using Moment = std::chrono::steady_clock::time_point;

[[nodiscard]] inline Moment from_now(Millis time) {
  return std::chrono::steady_clock::now() + time;
}

// The check cannot go on: the port is gone or silent, or a signal came. what() says it.
class CheckStopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class CheckWait {
 public:
  explicit CheckWait(port::EventLoop& loop) : loop_(loop), work_(loop.context().get_executor()) {}

  // Serves the loop until `done` or until `end`. Returns what `done` says then.
  template <typename Done>
  bool until(Done done, Moment end) {
    poll();
    while (!done()) {
      if (loop_.context().run_one_until(end) == 0) {
        stop_if_told();
        return done();
      }
    }
    return true;
  }
  // For what does not come: nothing tells of it but time.
  void pass(Moment end) {
    until([] { return false; }, end);
  }
  // All that has happened already.
  void poll() {
    loop_.context().poll();
    stop_if_told();
  }

 private:
  void stop_if_told() {
    if (loop_.context().stopped()) throw CheckStopped("ended by a signal");
  }

  port::EventLoop& loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

}  // namespace m531x::app
