// SPDX-License-Identifier: Apache-2.0
// A call of sim::Modem as a value. A modem is a value, too, and the same calls give the same bytes:
// so a list of these is all there is to know of a modem's life, which can be written down and lived
// again.
#pragma once

#include "sim/modem.h"

namespace m531x::sim {

struct Call {
  // Every call that may change the modem.
  enum class Kind : std::uint8_t {
    // In.
    dte_received,
    net_opened,
    net_received,
    net_closed,
    net_resolved,
    net_checked,
    coap_opened,
    coap_received,
    coap_acknowledged,
    coap_failed,
    coap_closed,
    reset,
    set_coverage,
    set_signal,
    inject,
    add_fault,
    clear_faults,
    tick,
    // Out.
    dte_sent,
    net_output,  // which may write a request
    net_sent,
    coap_sent,
    next_action,
  };
  Kind kind = Kind::tick;
  Millis now{0};
  ConnId conn = 0;                           // of net_opened, ..., net_output, net_sent
  Bytes bytes{};                             // of ..._received and inject; the address of resolved
  std::size_t byte_count = 0;                // of ..._sent
  Cause why = Cause::closed;                 // of net_closed and coap_closed
  ResetCause reset_cause = ResetCause::pin;  // of reset
  CoapMessage coap{};                        // of coap_received; the id of _acknowledged, _failed
  CoapFailure failure = CoapFailure::no_answer;
  bool yes = false;                           // good, or coverage
  Signal signal{};                            // of set_signal
  const Fault* fault = nullptr;               // of add_fault
  Action action{Action::Kind::close, 0, {}};  // what next_action gave
};
inline constexpr std::size_t kCallKindCount = static_cast<std::size_t>(Call::Kind::next_action) + 1;

// Whether the modem is told something, not asked.
[[nodiscard]] constexpr bool goes_in(Call::Kind kind) { return kind < Call::Kind::dte_sent; }

// Makes the call. False: inject has not taken the text or add the fault, there is no output on that
// connection, or no action.
bool apply(Modem& modem, const Call& call);

}  // namespace m531x::sim
