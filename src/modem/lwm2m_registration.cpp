// SPDX-License-Identifier: Apache-2.0
// What the client asks its servers (LwM2M 1.0 5.2.2, 5.3), and what comes of it.
#include <utility>

#include "modem/lwm2m_client.h"

namespace m531x::modem {

using mem::Text;

namespace {

void add_lifetime(Text& query, std::uint32_t lifetime) { query.add("lt=").add(lifetime); }

}  // namespace

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
  leaves_by_ = kNever;
  session_ = Session::none;
  request_ = Request::none;
  if (exchanges_) exchanges_->fill({});
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
  if (code == kCoapNotFound) return end(Lwm2mEvent::update_failed);
  if (code != kCoapChanged) return update_failed(Lwm2mEvent::update_failed);
  lifetime_ = asked_lifetime_;
  keep_registration(now);
  if (std::exchange(update_asked_, false)) tell(Lwm2mEvent::updated);
}

void Lwm2mClient::update_failed(Lwm2mEvent why) {
  request_ = Request::none;
  deadline_ = kNever;
  const bool asked = std::exchange(update_asked_, false);
  tell(why);
  if (!asked) need_update();
}

void Lwm2mClient::request_failed() {
  if (request_ == Request::none) return;
  if (is_leaving()) return deregistration_ended();
  if (request_ == Request::update) return update_failed(Lwm2mEvent::update_timed_out);
  time_out();
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

}  // namespace m531x::modem
