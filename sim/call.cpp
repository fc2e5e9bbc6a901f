// SPDX-License-Identifier: Apache-2.0
#include "sim/call.h"

namespace m531x::sim {

bool apply(Modem& modem, const Call& call) {
  using Kind = Call::Kind;
  switch (call.kind) {
    case Kind::dte_received:
      modem.dte_received(call.bytes, call.now);
      break;
    case Kind::net_opened:
      modem.net_opened(call.conn, call.now);
      break;
    case Kind::net_received:
      modem.net_received(call.conn, call.bytes, call.now);
      break;
    case Kind::net_closed:
      modem.net_closed(call.conn, call.why, call.now);
      break;
    case Kind::net_resolved:
      modem.net_resolved(call.bytes, call.now);
      break;
    case Kind::net_checked:
      modem.net_checked(call.yes, call.now);
      break;
    case Kind::coap_opened:
      modem.coap_opened(call.now);
      break;
    case Kind::coap_received:
      modem.coap_received(call.coap, call.now);
      break;
    case Kind::coap_acknowledged:
      modem.coap_acknowledged(call.coap.id, call.now);
      break;
    case Kind::coap_failed:
      modem.coap_failed(call.coap.kind, call.coap.id, call.failure, call.now);
      break;
    case Kind::coap_closed:
      modem.coap_closed(call.why, call.now);
      break;
    case Kind::reset:
      modem.reset(call.reset_cause, call.now);
      break;
    case Kind::set_coverage:
      modem.set_coverage(call.yes, call.now);
      break;
    case Kind::set_signal:
      modem.set_signal(call.signal, call.now);
      break;
    case Kind::inject:
      return modem.inject(call.bytes, call.now);
    case Kind::add_fault:
      return modem.add(*call.fault, call.now);
    case Kind::clear_faults:
      modem.clear_faults(call.now);
      break;
    case Kind::tick:
      modem.tick(call.now);
      break;
    case Kind::dte_sent:
      modem.dte_sent(call.byte_count, call.now);
      break;
    case Kind::net_output: {
      Bytes first;
      return modem.net_output(call.conn, std::span(&first, 1)) > 0;
    }
    case Kind::net_sent:
      modem.net_sent(call.conn, call.byte_count, call.now);
      break;
    case Kind::coap_sent:
      modem.coap_sent(call.now);
      break;
    case Kind::next_action:
      return modem.next_action().has_value();
  }
  return true;
}

}  // namespace m531x::sim
