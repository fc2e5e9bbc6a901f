// SPDX-License-Identifier: Apache-2.0
// The alarms of all modems on one loop: a heap of moments and one timer. Ten thousand timers of
// Asio cost more memory, and time whenever one is set anew.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <vector>

namespace m531x::port {

class Alarms;

// Rings once at a moment. Its owner may set, cancel or destroy it, or any other, while it rings.
class Alarm {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  explicit Alarm(Alarms& alarms) : alarms_(&alarms) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Takes the place of the moment that was set before.
  void ring_at(Moment moment);
  void do_not_ring();
  [[nodiscard]] bool is_set() const { return place_ != kNowhere; }

 protected:
  // Ends without ringing.
  ~Alarm() { do_not_ring(); }
  // The moment has come; it is not set any more.
  virtual void ring() = 0;

 private:
  friend class Alarms;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  Alarms* alarms_;
  std::size_t place_ = kNowhere;
};

class Alarms {
 public:
  explicit Alarms(boost::asio::io_context& context) : timer_(context) {}
  ~Alarms();
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

 private:
  friend class Alarm;
  using Moment = Alarm::Moment;
  struct Entry {
    Moment moment;
    Alarm* alarm;
  };

  void set(Alarm& alarm, Moment moment);
  void remove(Alarm& alarm);
  void put(std::size_t place, const Entry& entry);
  void rise(std::size_t place, const Entry& entry);
  void sink(std::size_t place, const Entry& entry);
  void arm();
  void ring();
  void ring_once();

  boost::asio::steady_timer timer_;
  std::vector<Entry> heap_;  // the earliest first
  bool armed_ = false;
  bool rings_ = false;
  Moment armed_for_;
};

}  // namespace m531x::port
