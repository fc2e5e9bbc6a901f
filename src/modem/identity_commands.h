// SPDX-License-Identifier: Apache-2.0
// Who the module and its SIM are (27.007 5.1-5.6, 8.3).
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

// Final::ok when the SIM can be read now; else what to answer.
at::Final sim_state(const Engine& engine);

// A text alone, as 27.007 has it: AT+CGMI, AT+CGMM, AT+CGMR, AT+GSN.
template <auto kMember>
at::Final module_text(Engine& engine, const at::Call&) {
  return engine.dce.information(engine.settings.identity.*kMember) ? at::Final::ok
                                                                   : at::Final::unknown;
}

// AT+CIMI: the same, from the SIM.
template <auto kMember>
at::Final sim_text(Engine& engine, const at::Call& call) {
  const at::Final state = sim_state(engine);
  return state == at::Final::ok ? module_text<kMember>(engine, call) : state;
}

at::Final card_number(Engine& engine, const at::Call& call);    // AT+NCCID, AT+ICCID
at::Final serial_number(Engine& engine, const at::Call& call);  // AT+CGSN
at::Final pin(Engine& engine, const at::Call& call);            // AT+CPIN
at::Final character_set(Engine& engine, const at::Call& call);  // AT+CSCS

}  // namespace m531x::modem
