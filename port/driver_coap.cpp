// SPDX-License-Identifier: Apache-2.0
// The driver's side of the CoAP session.
#include <strings.h>

#include "port/coap_session.h"
#include "port/driver.h"

namespace m531x::port {

using Call = sim::Call;

void Driver::open_coap(const Action& action) {
  if (observer_ != nullptr) observer_->coap_opening(action.host, action.port, action.tls);
  close_coap();
  if (coap_endpoint_ == nullptr) {
    tell({.kind = Call::Kind::coap_closed, .why = Cause::no_route});
    return;
  }
  CoapTarget target{.host = std::string(action.host),
                    .port = action.port,
                    .dtls = action.tls,
                    .identity = {},
                    .key = {},
                    .time_limit = connect_timeout_};
  if (action.tls) {
    const auto credentials = modem_.coap_credentials();
    target.identity = credentials.identity;
    target.key = credentials.key;
  }
  if (!coap_) coap_ = std::make_unique<Coap>();
  coap_->session = coap_endpoint_->open(
      std::move(target), [self = shared_from_this()](const Call& call) { self->coap_told(call); },
      std::exchange(coap_->observations, {}));
}

void Driver::close_coap() {
  if (!coap_) return;
  const auto session = std::exchange(coap_->session, nullptr);
  if (!session) return;
  coap_->observations = session->take_observations();
  session->close();
}

// libcoap may be waiting for the answer to a request: that alone is given here, all that follows
// from the call comes later.
void Driver::coap_told(const Call& call) {
  if (stopped_) return;
  if (observer_ != nullptr) observer_->coap_told(call);
  tell(call);
  send_coap();
  pump_soon();
}

bool Driver::send_coap() {
  bool moved = false;
  while (coap_ && coap_->session) {
    const auto message = modem_.coap_output();
    if (!message || !coap_->session->send(*message)) return moved;
    if (observer_ != nullptr) observer_->coap_sent(*message);
    tell({.kind = Call::Kind::coap_sent});
    moved = true;
  }
  return moved;
}

}  // namespace m531x::port
