// SPDX-License-Identifier: Apache-2.0
// The engine's side of the CoAP session.
#include "modem/engine.h"

namespace m531x::modem {

void Engine::coap_opened(Millis now) { advance(now); }
void Engine::coap_received(const CoapMessage& /*message*/, Millis now) { advance(now); }
void Engine::coap_acknowledged(CoapId /*id*/, Millis now) { advance(now); }
void Engine::coap_failed(CoapMessage::Kind /*kind*/, CoapId /*id*/, CoapFailure /*why*/,
                         Millis now) {
  advance(now);
}
void Engine::coap_closed(Cause /*why*/, Millis now) { advance(now); }
std::optional<CoapMessage> Engine::coap_output() { return std::nullopt; }
void Engine::coap_sent(Millis now) { advance(now); }
Modem::CoapCredentials Engine::coap_credentials() const { return {}; }

}  // namespace m531x::modem
