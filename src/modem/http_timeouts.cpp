// SPDX-License-Identifier: Apache-2.0
// What has to happen until when: the time-outs of requests and connections.
#include <algorithm>

#include "modem/http_client.h"

namespace m531x::modem {

using State = Connection::State;

// Without a network an attempt is given up soon; it has its whole time once there is one.
Millis HttpClient::attempt_ends(Millis now) const {
  if (link_ == Link::up) return now + settings_.connect_timeout;
  return now + std::min(settings_.network.attach_wait, settings_.connect_timeout);
}

// Nothing is owed on an idle connection, nor while what has come waits for the host.
std::optional<HttpClient::Due> HttpClient::due(const Connection& connection) const {
  if (connection.state == State::unwanted) return std::nullopt;
  Due due{connection.deadline, Cause::connect_timeout};
  if (connection.instance == kNoInstance) return due;
  const Instance& instance = *instances_[connection.instance];
  if (connection.state == State::open) {
    const Response* const response = instance.response.get();
    const bool begun = response != nullptr && response->begun;
    if (begun ? response->has_received() : response == nullptr && !connection.request_due) {
      return std::nullopt;
    }
    if (begun) {
      due = {response->deadline, Cause::silence_timeout};
    } else if (connection.all_sent()) {
      due = {response->deadline, Cause::response_timeout};
    } else {
      due.cause = link_ == Link::up ? Cause::send_timeout : Cause::not_attached;
    }
  } else if (connection.state == State::wanted && link_ != Link::up) {
    due.cause = Cause::not_attached;
  }
  if (settings_.request_timeout > Millis(0) && instance.request_ends < due.at) {
    due = {instance.request_ends, Cause::request_timeout};
  }
  return due;
}

void HttpClient::expire(Millis now) {
  for (mem::Box<Connection>& slot : connections_) {
    if (!slot) continue;
    const std::optional<Due> late = due(*slot);
    if (!late || now < late->at) continue;
    if (slot->instance != kNoInstance) {
      end(slot->instance, *instances_[slot->instance], cause_of(*slot, late->cause));
    } else if (slot->state == State::wanted) {
      slot.reset();
    } else {
      slot->state = State::unwanted;
    }
  }
}

// What is late may be so for another reason, and what has no connection yet has a code of its own.
Cause HttpClient::cause_of(const Connection& connection, Cause late) {
  if (connection.state != State::open) {
    if (late != Cause::request_timeout) return late;
    notes_.add({static_cast<std::int8_t>(connection.instance), 0, words_of(late)});
    return Cause::connect_timeout;
  }
  return late != Cause::send_timeout && is_starved() ? Cause::out_of_memory : late;
}

std::optional<Millis> HttpClient::next_deadline(Millis now) const {
  std::optional<Millis> next;
  const auto consider = [&next](Millis at) {
    if (!next || at < *next) next = at;
  };
  for (const mem::Box<Connection>& slot : connections_) {
    if (!slot) continue;
    if (const auto owed = due(*slot)) consider(owed->at);
  }
  for (const mem::Box<Instance>& slot : instances_) {
    if (slot && slot->response && slot->response->has_received() && slot->next_report > now) {
      consider(slot->next_report);
    }
  }
  return next;
}

}  // namespace m531x::modem
