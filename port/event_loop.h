// SPDX-License-Identifier: Apache-2.0
// The one loop of the program, its clock, and the read buffer that all modems share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "m531x/bytes.h"
#include "port/alarms.h"
#include "port/backlog.h"
#include "port/readiness.h"

namespace m531x::port {

class EventLoop {
 public:
  // From here on a broken pipe and a file that grew too large are errors that write reports, not
  // signals.
  EventLoop();

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  // The waits for what a byte stream reads and writes.
  [[nodiscard]] Readiness& readiness() { return readiness_; }
  // Time since the loop was made; the time that all modems on it are given.
  [[nodiscard]] Millis now() const {
    return standing_ ? *standing_ : std::chrono::duration_cast<Millis>(uptime());
  }
  [[nodiscard]] std::chrono::microseconds uptime() const;
  [[nodiscard]] std::chrono::steady_clock::time_point time_point(Millis time) const {
    return start_ + time;
  }
  // Room for one read, valid until the next call.
  [[nodiscard]] std::span<char> read_buffer(std::size_t byte_count);

  [[nodiscard]] Alarms& alarms() { return alarms_; }
  // For what comes and goes in large pieces.
  [[nodiscard]] LentBuffer& incoming() { return incoming_; }
  [[nodiscard]] LentBuffer& outgoing() { return outgoing_; }

  // From here on SIGINT, SIGTERM and SIGHUP (unless it is ignored, as by nohup) stop the loop; the
  // first of them calls `first` instead, if there is one, which may still do something and then
  // stop it.
  void stop_on_signals(std::function<void()> first = nullptr);
  // Serves until the loop is stopped.
  void run() { context_.run(); }
  void stop() { context_.stop(); }

  // While it lasts, now() is the time at which it began: a turn of many small steps asks the clock
  // once. One within another changes nothing.
  class StandingTime {
   public:
    explicit StandingTime(EventLoop& loop) : loop_(loop), is_first_(!loop.standing_) {
      if (is_first_) loop_.standing_ = loop_.now();
    }
    ~StandingTime() {
      if (is_first_) loop_.standing_.reset();
    }
    StandingTime(const StandingTime&) = delete;
    StandingTime& operator=(const StandingTime&) = delete;

   private:
    EventLoop& loop_;
    const bool is_first_;
  };

 private:
  void wait_for_signal(std::function<void()> call);

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::optional<Millis> standing_;
  // Ahead of the context: what it keeps until its end may hold them.
  LentBuffer incoming_;
  LentBuffer outgoing_;
  boost::asio::io_context context_;
  Readiness readiness_;
  Alarms alarms_;
  std::optional<boost::asio::signal_set> signals_;
  std::vector<char> buffer_;
};

}  // namespace m531x::port
