// SPDX-License-Identifier: Apache-2.0
// The client's life: its commands, its session, its times, its end.
#include "modem/lwm2m_client.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace m531x::modem {

using at::Final;
using mem::Text;

bool Lwm2mClient::Server::take(const Peer& peer) {
  clear();
  if (!host.append(peer.host) || !secrets.append(peer.identity) || !secrets.append(peer.key)) {
    clear();
    return false;
  }
  port = peer.port;
  tls = peer.tls;
  identity_bytes = static_cast<std::uint8_t>(peer.identity.size());
  return true;
}

Lwm2mClient::Peer Lwm2mClient::Server::peer() const {
  const Bytes both = secrets.view().front();
  return {.host = host.view().front(),
          .port = port,
          .tls = tls,
          .identity = mem::first(both, identity_bytes),
          .key = mem::after(both, identity_bytes)};
}

void Lwm2mClient::Server::clear() {
  host.clear();
  secrets.clear();
  port = 0;
}

void Lwm2mClient::Parts::clear() {
  bytes.clear();
  open = false;
}

Final Lwm2mClient::create(const Peer& peer, bool bootstraps) {
  if (!created_.take(peer) || !objects_.emplace(world_.pool)) return Final::unknown;
  bootstraps_ = bootstraps;
  removed_ = false;
  owed_events_ = 0;
  if (phase_ == Phase::deregistering) {
    phase_ = Phase::closed;
    leaves_by_ = std::exchange(deadline_, kNever);
  }
  return Final::ok;
}

Final Lwm2mClient::add_object(std::uint16_t id, std::uint8_t instances) {
  if (objects_->find(id) != nullptr || objects_->add(id, instances) == nullptr) {
    return Final::not_allowed;
  }
  return Final::ok;
}

Final Lwm2mClient::delete_object(std::uint16_t id) {
  Lwm2mObject* const object = objects_->find(id);
  if (object == nullptr) return Final::not_allowed;
  object->used = false;
  if (!exchanges_) return Final::ok;
  for (Observation& each : *observations_) {
    if (each.used && each.path.object == id) forget(each);
  }
  for (Exchange& each : *exchanges_) {
    if (each.kind == Kind::none || each.path.object != id) continue;
    if (answer_.open && answer_.id == each.id) answer_.clear();
    const CoapId asked = std::exchange(each, {}).id;
    respond(asked, kCoapNotFound);
  }
  return Final::ok;
}

Final Lwm2mClient::list_resources(std::uint16_t id, Bytes list) {
  Lwm2mObject* const object = objects_->find(id);
  if (object == nullptr) return Final::not_allowed;
  return take_resources(list, *object) ? Final::ok : Final::wrong_parameters;
}

Final Lwm2mClient::open(std::uint32_t lifetime, Millis timeout, Millis now) {
  if (phase_ != Phase::closed) return Final::not_allowed;
  if (!exchanges_.emplace(world_.pool) || !observations_.emplace(world_.pool)) {
    drop_exchanges();
    return Final::unknown;
  }
  granted_.clear();
  lifetime_ = lifetime;
  update_asked_ = false;
  deadline_ = now + timeout;
  reopen_at_ = now;
  phase_ = bootstraps_ ? Phase::seeking_bootstrap : Phase::seeking;
  return Final::ok;
}

// A registration that is not answered may stand all the same: its answer is waited for.
Final Lwm2mClient::close(Millis now) {
  if (may_be_deleted()) return Final::not_allowed;
  const bool is_asked = phase_ == Phase::registering && request_ == Request::registration;
  const bool stands = phase_ == Phase::registered && session_ == Session::open;
  if (!is_asked && !stands) {
    end(Lwm2mEvent::deregistered);
    return Final::ok;
  }
  if (!refuse_exchanges() || (stands && !deregister(location()))) return Final::unknown;
  phase_ = Phase::deregistering;
  drop_exchanges();
  deadline_ = now + kCloseWait;
  lifetime_ends_ = update_at_ = kNever;
  return Final::ok;
}

Final Lwm2mClient::update(std::uint32_t lifetime, bool with_objects, Millis now) {
  const bool idle = request_ == Request::none;
  if (phase_ != Phase::registered || session_ != Session::open || !idle) return Final::not_allowed;
  if (!send_update(lifetime, with_objects, now)) return Final::unknown;
  update_asked_ = true;
  return Final::ok;
}

// Tells the host, if its model does. An event that finds no room is told when there is some, but
// for those of one notification: that one is lost, and the trace has it.
void Lwm2mClient::tell(Lwm2mEvent event, std::optional<std::uint32_t> extra) {
  const auto number = static_cast<std::uint32_t>(event);
  if (removed_ || (world_.model.lwm2m.events >> number & 1) == 0) return;
  Text text;
  text.add("+MIPLEVENT:0,").add(number);
  if (extra) text.add(',').add(*extra);
  if (owed_events_ == 0 && take_report(text)) return;
  if (extra) return remark("no room for a LwM2M event; it was lost");
  owed_events_ |= 1U << number;
  tell_at_ = Millis{0};
}

// In the order of their numbers, which is that of a session.
void Lwm2mClient::tell_owed(Millis now) {
  tell_at_ = kNever;
  while (owed_events_ != 0) {
    const auto number = static_cast<std::uint32_t>(std::countr_zero(owed_events_));
    if (!take_report(Text().add("+MIPLEVENT:0,").add(number))) {
      tell_at_ = now + kRetryWait;
      return;
    }
    owed_events_ &= owed_events_ - 1;
  }
}

bool Lwm2mClient::take_report(Bytes text) {
  if (world_.reports.size() + text.size() > kMaxWaitingBytes) return false;
  if (!world_.reports.add(text)) return false;
  ++world_.counters.reports;
  return true;
}

Text Lwm2mClient::endpoint(const Identity& module) {
  return Text().add(module.imei.view()).add(';').add(module.imsi.view());
}

// The session.

Lwm2mClient::Peer Lwm2mClient::peer() const {
  const bool granted = granted_.port != 0 && phase_ != Phase::seeking_bootstrap;
  return (granted ? granted_ : created_).peer();
}

void Lwm2mClient::opened(Millis now) {
  if (session_ != Session::opening) return;
  session_ = Session::open;
  if (phase_ == Phase::seeking_bootstrap) {
    begin_bootstrap();
  } else if (phase_ == Phase::seeking) {
    tell(Lwm2mEvent::connected);
    begin_registration();
  } else if (phase_ == Phase::registered) {
    update_at_ = now;  // the server is to learn the new address
  }
}

void Lwm2mClient::closed(Cause /*why*/, Millis now) {
  if (session_ == Session::none || session_ == Session::wanted) {
    out_.clear();
    message_count_ = 0;
    return;
  }
  const Phase phase = phase_;
  const bool was_leaving = is_leaving();
  lose_session(now);
  if (was_leaving) return;
  if (phase == Phase::seeking_bootstrap || phase == Phase::bootstrapping) {
    end(Lwm2mEvent::bootstrap_failed);
  } else if (phase == Phase::seeking) {
    end(Lwm2mEvent::connect_failed);
  } else if (phase == Phase::registering) {
    end(Lwm2mEvent::registration_failed);
  } else if (phase == Phase::deregistering) {
    end(Lwm2mEvent::deregistered);
  } else {
    reopen_at_ = now + kReopenWait;
  }
}

// What was on its way with it is gone; what the host has begun goes on with the next one.
void Lwm2mClient::lose_session(Millis now) {
  session_ = Session::none;
  leaves_by_ = kNever;
  out_.clear();
  message_count_ = 0;
  reopen_at_ = now;
  if (request_ == Request::update) {
    deadline_ = kNever;
    if (std::exchange(update_asked_, false)) tell(Lwm2mEvent::update_failed);
  }
  request_ = Request::none;
  if (exchanges_) exchanges_->fill({});
  answer_.clear();
  notification_.clear();
  forget_unacknowledged();
  if (phase_ == Phase::bootstrapping) phase_ = Phase::seeking_bootstrap;
  if (phase_ == Phase::registering) phase_ = Phase::seeking;
}

// Whoever waits to hear of its last notification hears that it failed.
void Lwm2mClient::forget(Observation& observation) {
  if (notification_.open && observation.used && notification_.id == observation.id) {
    notification_.clear();
  }
  if (observation.awaits_ack) tell(Lwm2mEvent::notify_failed, observation.ack_id);
  observation = {};
}

void Lwm2mClient::forget_unacknowledged() {
  if (!observations_) return;
  for (Observation& each : *observations_) {
    if (std::exchange(each.awaits_ack, false)) tell(Lwm2mEvent::notify_failed, each.ack_id);
  }
}

// False: there is no room for an answer; those before it are out.
bool Lwm2mClient::refuse_exchanges() {
  for (Exchange& each : *exchanges_) {
    if (each.kind == Kind::none) continue;
    if (!send({.kind = CoapMessage::Kind::response, .id = each.id, .code = each.code}))
      return false;
    if (answer_.open && answer_.id == each.id) answer_.clear();
    each = {};
  }
  return true;
}

void Lwm2mClient::drop_exchanges() {
  forget_unacknowledged();
  exchanges_.reset();
  observations_.reset();
  answer_.clear();
  notification_.clear();
}

void Lwm2mClient::end(Lwm2mEvent why) {
  phase_ = Phase::closed;
  if (!is_leaving()) {
    session_ = Session::none;
    request_ = Request::none;
  }
  deadline_ = lifetime_ends_ = update_at_ = kNever;
  granted_.clear();
  drop_exchanges();
  tell(why);
}

// Time.

std::optional<Millis> Lwm2mClient::next_change() const {
  Millis next =
      std::min({deadline_, leaves_by_, lifetime_ends_, tell_at_,
                session_ == Session::open && request_ == Request::none ? update_at_ : kNever});
  if (needs_session() && session_ == Session::none && link_ == Link::up) {
    next = std::min(next, reopen_at_);
  }
  if (exchanges_) {
    for (const Exchange& each : *exchanges_) {
      if (each.kind != Kind::none) next = std::min(next, each.deadline);
    }
  }
  if (notification_.open) next = std::min(next, notification_.deadline);
  return next == kNever ? std::nullopt : std::optional(next);
}

void Lwm2mClient::follow(Link link, Millis now) {
  link_ = link;
  if (link != Link::up && session_ != Session::none) {
    lose_session(now);
    if (phase_ == Phase::deregistering) end(Lwm2mEvent::deregistered);
  }
  if (leaves_by_ <= now) deregistration_ended();
  if (deadline_ <= now) time_out();
  if (lifetime_ends_ <= now) end(Lwm2mEvent::lifetime_over);
  if (update_at_ <= now && session_ == Session::open && request_ == Request::none) {
    if (!world_.settings.lwm2m_auto_update) {
      need_update();
    } else if (send_update(lifetime_, false, now)) {
      update_at_ = kNever;
    } else {
      update_at_ = now + kReopenWait;
    }
  }
  if (exchanges_) expire_exchanges(now);
  if (tell_at_ <= now) tell_owed(now);
  if (notification_.open && notification_.deadline <= now) {
    notification_.clear();
    remark("a notification without its last part was given up");
  }
  if (needs_session() && session_ == Session::none && link_ == Link::up && reopen_at_ <= now) {
    session_ = Session::wanted;
  }
}

// What the phase waits for has not come.
void Lwm2mClient::time_out() {
  switch (phase_) {
    case Phase::seeking_bootstrap:
    case Phase::bootstrapping:
      return end(Lwm2mEvent::bootstrap_failed);
    case Phase::seeking:
      return end(Lwm2mEvent::connect_failed);
    case Phase::registering:
      return end(Lwm2mEvent::registration_timed_out);
    case Phase::deregistering:
      return end(Lwm2mEvent::deregistered);
    case Phase::registered:
      return update_failed(Lwm2mEvent::update_timed_out);
    case Phase::closed:
      deadline_ = kNever;
  }
}

// A host that says nothing does not leave a server waiting.
void Lwm2mClient::expire_exchanges(Millis now) {
  for (Exchange& each : *exchanges_) {
    if (each.kind == Kind::none || each.deadline > now) continue;
    if (answer_.open && answer_.id == each.id) answer_.clear();
    if (!send({.kind = CoapMessage::Kind::response, .id = each.id, .code = each.code})) {
      each.deadline = now + kRetryWait;
      continue;
    }
    each = {};
  }
}

bool Lwm2mClient::has_work() const {
  if (phase_ != Phase::closed && phase_ != Phase::registered) return true;
  if (message_count_ != 0 || request_ != Request::none || owed_events_ != 0) return true;
  return exchanges_ && std::ranges::any_of(*exchanges_, [](const Exchange& each) {
           return each.kind != Kind::none;
         });
}

Lwm2mState Lwm2mClient::state() const {
  switch (phase_) {
    case Phase::closed:
      return Lwm2mState::idle;
    case Phase::seeking_bootstrap:
    case Phase::bootstrapping:
      return Lwm2mState::bootstrapping;
    case Phase::seeking:
    case Phase::registering:
      return Lwm2mState::registering;
    case Phase::registered:
      return Lwm2mState::registered;
    case Phase::deregistering:
      break;
  }
  return Lwm2mState::deregistering;
}

}  // namespace m531x::modem
