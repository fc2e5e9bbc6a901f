// SPDX-License-Identifier: Apache-2.0
// What power and radio do to the HTTP instances, and whether they are at work.
#include <algorithm>

#include "modem/http_client.h"

namespace m531x::modem {

void HttpClient::follow(Link link, Millis now) {
  if (link == link_) return;
  link_ = link;
  for (mem::Box<Connection>& slot : connections_) {
    if (!slot || slot->state == Connection::State::unwanted) continue;
    if (slot->state == Connection::State::wanted) {
      if (link == Link::up) slot->deadline = attempt_ends(now);
    } else if (link == Link::down && slot->instance != kNoInstance) {
      end(slot->instance, *instances_[slot->instance], Cause::aborted);
    } else if (link == Link::down) {
      slot->state = Connection::State::unwanted;
    }
  }
}

void HttpClient::reset() {
  for (mem::Box<Instance>& slot : instances_) {
    if (slot) disconnect(*slot);
    slot.reset();
  }
  for (mem::Box<Connection>& slot : connections_) {
    if (!slot) continue;
    if (slot->state == Connection::State::wanted) {
      slot.reset();
    } else {
      slot->state = Connection::State::unwanted;
    }
  }
  awake_ = 0;
  checking_ = kNoInstance;
  check_is_due_ = false;
  report_is_starved_ = false;
}

InstanceState HttpClient::state(InstanceId id) const {
  const mem::Box<Instance>& slot = instances_[id];
  if (!slot) return InstanceState::none;
  if (!slot->is_busy()) return InstanceState::idle;
  return HttpClient::is_connecting(*slot) ? InstanceState::connecting : InstanceState::responding;
}

bool HttpClient::has_work() const {
  const auto is_busy = [](const auto& slot) { return slot && slot->is_busy(); };
  const auto is_left = [](const auto& slot) { return slot && slot->instance == kNoInstance; };
  return std::ranges::any_of(instances_, is_busy) || std::ranges::any_of(connections_, is_left);
}

}  // namespace m531x::modem
