// SPDX-License-Identifier: Apache-2.0
// Actions of a modem that have been taken from it and not yet by its owner, with host names that
// stay as long as the owner may look at them.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

#include "m531x/action.h"

namespace m531x::sim {

class ActionQueue {
 public:
  void put(const Action& action) { queued_.push_back({action, std::string(action.host)}); }
  // The oldest; its host name lives until forget_taken().
  std::optional<Action> take() {
    if (taken_count_ == queued_.size()) return std::nullopt;
    Queued& next = queued_[taken_count_++];
    next.action.host = next.host;
    return next.action;
  }
  void forget_taken() {
    queued_.erase(queued_.begin(), queued_.begin() + static_cast<std::ptrdiff_t>(taken_count_));
    taken_count_ = 0;
  }
  // Whether the owner is still to be told to connect or to close it: what it says of it till then
  // is of the past.
  [[nodiscard]] bool is_past(ConnId conn) const {
    return std::any_of(begin(), queued_.cend(),
                       [conn](const Queued& queued) { return is_of(queued, conn); });
  }
  // The owner knows already that it is closed.
  void forget_close(ConnId conn) {
    const auto first = std::find_if(begin(), queued_.cend(),
                                    [conn](const Queued& queued) { return is_of(queued, conn); });
    if (first != queued_.cend() && first->action.kind == Action::Kind::close) queued_.erase(first);
  }

 private:
  struct Queued {
    Action action;
    std::string host;
  };
  using Queue = std::deque<Queued>;

  [[nodiscard]] Queue::const_iterator begin() const {
    return queued_.begin() + static_cast<std::ptrdiff_t>(taken_count_);
  }
  static bool is_of(const Queued& queued, ConnId conn) {
    using Kind = Action::Kind;
    const bool of_connection =
        queued.action.kind == Kind::connect || queued.action.kind == Kind::close;
    return of_connection && queued.action.conn == conn;
  }

  Queue queued_;
  std::size_t taken_count_ = 0;
};

}  // namespace m531x::sim
