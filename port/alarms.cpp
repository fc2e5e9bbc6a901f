// SPDX-License-Identifier: Apache-2.0
#include "port/alarms.h"

#include <utility>

#include "port/scoped_flag.h"

namespace m531x::port {

void Alarm::ring_at(Moment moment) {
  if (alarms_ != nullptr) alarms_->set(*this, moment);
}

void Alarm::do_not_ring() {
  if (is_set()) alarms_->remove(*this);
}

// Those of modems that something else still keeps.
Alarms::~Alarms() {
  for (const Entry& entry : heap_) {
    entry.alarm->place_ = Alarm::kNowhere;
    entry.alarm->alarms_ = nullptr;
  }
}

void Alarms::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  entry.alarm->place_ = place;
}

void Alarms::rise(std::size_t place, const Entry& entry) {
  while (place > 0) {
    const std::size_t above = (place - 1) / 2;
    if (heap_[above].moment <= entry.moment) break;
    put(place, heap_[above]);
    place = above;
  }
  put(place, entry);
}

void Alarms::sink(std::size_t place, const Entry& entry) {
  while (true) {
    std::size_t below = 2 * place + 1;
    if (below >= heap_.size()) break;
    if (below + 1 < heap_.size() && heap_[below + 1].moment < heap_[below].moment) ++below;
    if (entry.moment <= heap_[below].moment) break;
    put(place, heap_[below]);
    place = below;
  }
  put(place, entry);
}

void Alarms::set(Alarm& alarm, Moment moment) {
  const Entry entry{moment, &alarm};
  if (!alarm.is_set()) {
    heap_.push_back(entry);
    rise(heap_.size() - 1, entry);
  } else if (const std::size_t place = alarm.place_; moment < heap_[place].moment) {
    rise(place, entry);
  } else {
    sink(place, entry);
  }
  arm();
}

void Alarms::remove(Alarm& alarm) {
  const std::size_t place = std::exchange(alarm.place_, Alarm::kNowhere);
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) {
    if (heap_.empty() && armed_) timer_.cancel();
    return;
  }
  if (place > 0 && last.moment < heap_[(place - 1) / 2].moment) {
    rise(place, last);
  } else {
    sink(place, last);
  }
}

// A timer that runs out too early costs less than one that is set back for every alarm that is.
void Alarms::arm() {
  if (rings_ || heap_.empty()) return;
  const Moment first = heap_.front().moment;
  if (armed_ && armed_for_ <= first) return;
  armed_ = true;
  armed_for_ = first;
  timer_.expires_at(first);
  timer_.async_wait([this, first](boost::system::error_code error) {
    if (error && armed_for_ != first) return;  // another wait has taken its place
    armed_ = false;
    if (error) return arm();
    ring();
  });
}

// What is due now rings; what rings may set what is due at once, which waits for the next turn.
void Alarms::ring() {
  ring_once();
  arm();
}

void Alarms::ring_once() {
  const ScopedFlag ringing(rings_);
  const Moment now = std::chrono::steady_clock::now();
  for (std::size_t most = heap_.size(); most > 0 && !heap_.empty(); --most) {
    if (heap_.front().moment > now) return;
    Alarm& first = *heap_.front().alarm;
    remove(first);
    first.ring();
  }
}

}  // namespace m531x::port
