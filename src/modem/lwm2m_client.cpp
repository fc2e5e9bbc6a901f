// SPDX-License-Identifier: Apache-2.0
// The client's life: session, registration, update, its end; and its messages.
#include "modem/lwm2m_client.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace m531x::modem {

using at::Final;
using mem::Text;

namespace {

// A message as it waits in the queue, its path, query and payload behind it.
struct Queued {
  CoapMessage::Kind kind;
  CoapMessage::Observe observe;
  bool confirmable;
  CoapCode code;
  CoapId id;
  ContentFormat format;
  std::uint16_t path_bytes;
  std::uint16_t query_bytes;
  std::uint32_t payload_bytes;

  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(sizeof(Queued)) + path_bytes + query_bytes + payload_bytes;
  }
};

Queued front_of(const mem::Chain& queue) {
  std::array<char, sizeof(Queued)> raw{};
  mem::copy_to(queue.view().first(raw.size()), raw.data());
  Queued head{};
  std::memcpy(&head, raw.data(), raw.size());
  return head;
}

void add_lifetime(Text& query, std::uint32_t lifetime) { query.add("lt=").add(lifetime); }

}  // namespace

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
    parts_by_ = std::exchange(deadline_, kNever);
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

// Messages.

bool Lwm2mClient::send(const CoapMessage& message, const mem::Chain* payload) {
  const std::uint32_t more = payload == nullptr ? 0 : payload->size();
  const Queued head = {.kind = message.kind,
                       .observe = message.observe,
                       .confirmable = message.confirmable,
                       .code = message.code,
                       .id = message.id,
                       .format = message.format,
                       .path_bytes = static_cast<std::uint16_t>(message.path.size()),
                       .query_bytes = static_cast<std::uint16_t>(message.query.size()),
                       .payload_bytes = more};
  if (message_count_ == kMaxMessages || head.size() > world_.pool.scratch().size()) return false;
  std::array<char, sizeof(Queued)> raw{};
  std::memcpy(raw.data(), &head, raw.size());
  mem::Rollback rollback(out_);
  if (!out_.append(raw) || !out_.append(message.path) || !out_.append(message.query) ||
      (payload != nullptr && !out_.append(payload->view()))) {
    return false;
  }
  rollback.keep();
  ++message_count_;
  return true;
}

std::optional<CoapMessage> Lwm2mClient::output() const {
  if (message_count_ == 0) return std::nullopt;
  const Queued head = front_of(out_);
  const std::span<char> scratch = world_.pool.scratch();
  mem::copy_to(out_.view().first(head.size()), scratch.data());
  Bytes rest = mem::after(Bytes(scratch.data(), head.size()), sizeof(Queued));
  CoapMessage message = {.kind = head.kind,
                         .id = head.id,
                         .code = head.code,
                         .format = head.format,
                         .observe = head.observe,
                         .confirmable = head.confirmable};
  message.path = mem::first(rest, head.path_bytes);
  rest.remove_prefix(head.path_bytes);
  message.query = mem::first(rest, head.query_bytes);
  message.payload = mem::after(rest, head.query_bytes);
  return message;
}

void Lwm2mClient::sent() {
  if (message_count_ == 0) return;
  out_.consume(front_of(out_).size());
  --message_count_;
}

// One request of the module at a time: an answer to an earlier one is no longer waited for.
bool Lwm2mClient::request(Request what, CoapCode code, Bytes path, Bytes query,
                          const mem::Chain* payload) {
  const auto id = static_cast<CoapId>(request_id_ + 1);
  const CoapMessage message = {
      .kind = CoapMessage::Kind::request,
      .id = id,
      .code = code,
      .format = payload == nullptr ? ContentFormat::none : ContentFormat::link,
      .path = path,
      .query = query};
  if (!send(message, payload)) return false;
  request_ = what;
  request_id_ = id;
  return true;
}

void Lwm2mClient::respond(CoapId id, CoapCode code) {
  if (send({.kind = CoapMessage::Kind::response, .id = id, .code = code})) return;
  Exchange* const place = exchanges_ ? free_exchange() : nullptr;
  if (place == nullptr) return remark("no room for an answer to the LwM2M server; it was lost");
  *place = {.kind = Kind::owed, .code = code, .id = id};
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

void Lwm2mClient::begin_bootstrap() {
  Text query;
  query.add("ep=").add(endpoint(world_.settings.identity));
  phase_ = Phase::bootstrapping;
  if (!request(Request::bootstrap, kCoapPost, "bs", query, nullptr)) {
    return end(Lwm2mEvent::bootstrap_failed);
  }
  tell(Lwm2mEvent::bootstrap_started);
}

void Lwm2mClient::begin_registration() {
  Text query;
  query.add("ep=").add(endpoint(world_.settings.identity)).add("&b=U&");
  add_lifetime(query, lifetime_);
  mem::Chain links(world_.pool);
  phase_ = Phase::registering;
  if (!objects_->list(links) || !request(Request::registration, kCoapPost, "rd", query, &links)) {
    end(Lwm2mEvent::registration_failed);
  }
}

bool Lwm2mClient::send_update(std::uint32_t lifetime, bool with_objects, Millis now) {
  Text query;
  add_lifetime(query, lifetime);
  mem::Chain links(world_.pool);
  if (with_objects && !objects_->list(links)) return false;
  if (!request(Request::update, kCoapPost, location(), query, with_objects ? &links : nullptr)) {
    return false;
  }
  update_asked_ = false;
  asked_lifetime_ = lifetime;
  deadline_ = now + kUpdateWait;
  return true;
}

bool Lwm2mClient::deregister(Bytes location) {
  return request(Request::deregistration, kCoapDelete, location, {}, nullptr);
}

// Of the instance that is closed, or of the one before it, of which nobody is told.
void Lwm2mClient::deregistration_ended() {
  if (phase_ == Phase::deregistering) return end(Lwm2mEvent::deregistered);
  parts_by_ = kNever;
  session_ = Session::none;
  request_ = Request::none;
}

void Lwm2mClient::closed(Cause /*why*/, Millis now) {
  if (session_ == Session::none || session_ == Session::wanted) {
    out_.clear();
    message_count_ = 0;
    return;
  }
  const Phase phase = phase_;
  const bool was_parting = is_parting();
  lose_session(now);
  if (was_parting) return;
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
  parts_by_ = kNever;
  out_.clear();
  message_count_ = 0;
  reopen_at_ = now;
  if (request_ == Request::update) deadline_ = kNever;
  if (request_ == Request::update && std::exchange(update_asked_, false)) {
    tell(Lwm2mEvent::update_failed);
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
  if (!is_parting()) {
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
      std::min({deadline_, parts_by_, lifetime_ends_, tell_at_,
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
  if (parts_by_ <= now) deregistration_ended();
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
      return request_failed();
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

// Until the host has made one, or the lifetime is over.
void Lwm2mClient::need_update() {
  update_at_ = kNever;
  tell(Lwm2mEvent::update_needed);
}

// At nine tenths of the lifetime: an update may take its time.
void Lwm2mClient::keep_registration(Millis now) {
  constexpr std::int64_t kMillisPerSecond = 1000;
  const Millis lifetime{std::int64_t{lifetime_} * kMillisPerSecond};
  deadline_ = kNever;
  lifetime_ends_ = now + lifetime;
  update_at_ = now + lifetime / 10 * 9;
}

// What the server says.

void Lwm2mClient::received(const CoapMessage& message, Millis now) {
  if (session_ != Session::open) return;
  if (message.kind == CoapMessage::Kind::response) {
    answered(message, now);
  } else if (phase_ == Phase::bootstrapping) {
    bootstrap_request(message);
  } else if (phase_ == Phase::registered || phase_ == Phase::registering) {
    // Who asks while it is registering has registered it: datagrams may overtake each other.
    server_request(message, now);
  } else {
    respond(message.id, kCoapNotFound);
  }
}

void Lwm2mClient::answered(const CoapMessage& response, Millis now) {
  if (request_ == Request::none || response.id != request_id_) return;
  switch (std::exchange(request_, Request::none)) {
    case Request::bootstrap:
      if (response.code != kCoapChanged) end(Lwm2mEvent::bootstrap_failed);
      break;
    case Request::registration:
      registration_answered(response, now);
      break;
    case Request::update:
      update_answered(response.code, now);
      break;
    case Request::deregistration:
      deregistration_ended();
      break;
    case Request::none:
      break;
  }
}

void Lwm2mClient::registration_answered(const CoapMessage& response, Millis now) {
  const bool is_good = response.code == kCoapCreated && !response.path.empty() &&
                       response.path.size() <= kMaxLocationBytes;
  if (phase_ != Phase::registering) {
    if (!is_good || !deregister(response.path)) deregistration_ended();
    return;
  }
  if (!is_good) return end(Lwm2mEvent::registration_failed);
  exchanges_->location = response.path;
  phase_ = Phase::registered;
  keep_registration(now);
  tell(Lwm2mEvent::registered);
}

// A server that knows nothing of the registration has none (LwM2M 1.0 5.3.2). One that refuses the
// update leaves it as it was, its lifetime too.
void Lwm2mClient::update_answered(CoapCode code, Millis now) {
  deadline_ = kNever;
  const bool asked = std::exchange(update_asked_, false);
  if (code == kCoapChanged) {
    lifetime_ = asked_lifetime_;
    keep_registration(now);
    if (asked) tell(Lwm2mEvent::updated);
  } else if (code == kCoapNotFound) {
    end(Lwm2mEvent::update_failed);
  } else {
    tell(Lwm2mEvent::update_failed);
    if (!asked) need_update();
  }
}

void Lwm2mClient::request_failed() {
  const Request failed = std::exchange(request_, Request::none);
  if (phase_ == Phase::registered) deadline_ = kNever;
  switch (failed) {
    case Request::bootstrap:
      return end(Lwm2mEvent::bootstrap_failed);
    case Request::registration:
      return phase_ == Phase::registering ? end(Lwm2mEvent::registration_timed_out)
                                          : deregistration_ended();
    case Request::update: {
      const bool asked = std::exchange(update_asked_, false);
      tell(Lwm2mEvent::update_timed_out);
      if (!asked) need_update();
      return;
    }
    case Request::deregistration:
      return deregistration_ended();
    case Request::none:
      return;
  }
}

// A notification that nobody acknowledges ends its observation, as a Reset does (RFC 7641 4.5).
void Lwm2mClient::failed(CoapMessage::Kind kind, CoapId id) {
  if (kind == CoapMessage::Kind::request) {
    if (id == request_id_) request_failed();
  } else if (kind == CoapMessage::Kind::response) {
    remark("an answer to the LwM2M server did not arrive");
  } else if (Observation* const observation = find_observation(id)) {
    forget(*observation);
  }
}

void Lwm2mClient::acknowledged(CoapId id) {
  Observation* const observation = find_observation(id);
  if (observation == nullptr || !std::exchange(observation->awaits_ack, false)) return;
  tell(Lwm2mEvent::notify_acknowledged, observation->ack_id);
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
