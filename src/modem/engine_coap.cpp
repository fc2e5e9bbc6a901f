// SPDX-License-Identifier: Apache-2.0
// The engine's side of the CoAP session: one at a time, for the LwM2M client while there is one.
// Each of these is followed by follow(), for which the client's times are no work of every call.
#include "modem/engine.h"

namespace m531x::modem {

void Engine::coap_follow(Millis now) {
  mobile.radio.use(now);
  mobile.touch();
  advance(now);
}

void Engine::coap_opened(Millis now) {
  if (lwm2m && coap_taken_) lwm2m->opened(now);
  coap_follow(now);
}

void Engine::coap_received(const CoapMessage& message, Millis now) {
  if (lwm2m && coap_taken_) lwm2m->received(message, now);
  coap_follow(now);
}

void Engine::coap_acknowledged(CoapId id, Millis now) {
  if (lwm2m && coap_taken_) lwm2m->acknowledged(id);
  coap_follow(now);
}

void Engine::coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure /*why*/, Millis now) {
  if (lwm2m && coap_taken_) lwm2m->failed(kind, id);
  coap_follow(now);
}

void Engine::coap_closed(Cause why, Millis now) {
  if (std::exchange(coap_taken_, false) && lwm2m) lwm2m->closed(why, now);
  mobile.touch();
  advance(now);
}

std::optional<CoapMessage> Engine::coap_output() {
  return lwm2m && coap_taken_ ? lwm2m->output() : std::nullopt;
}

void Engine::coap_sent(Millis now) {
  if (lwm2m && coap_taken_) lwm2m->sent();
  coap_follow(now);
}

Modem::CoapCredentials Engine::coap_credentials() const {
  if (!lwm2m) return {};
  const Lwm2mClient::Peer peer = lwm2m->peer();
  return {.identity = peer.identity, .key = peer.key};
}

// A session that nobody wants any more is closed once what was still to be said in it is out.
std::optional<Action> Engine::coap_action() {
  if (coap_taken_) {
    if (lwm2m && !lwm2m->is_done_with_session()) return std::nullopt;
    coap_taken_ = false;
    return Action{.kind = Action::Kind::coap_close, .conn = 0, .host = {}};
  }
  if (!lwm2m || !lwm2m->wants_session()) return std::nullopt;
  coap_taken_ = true;
  const Lwm2mClient::Peer peer = lwm2m->peer();
  lwm2m->session_asked();
  mobile.radio.use(now_);
  mobile.touch();
  return Action{.kind = Action::Kind::coap_open,
                .conn = 0,
                .host = peer.host,
                .port = peer.port,
                .tls = peer.tls};
}

}  // namespace m531x::modem
