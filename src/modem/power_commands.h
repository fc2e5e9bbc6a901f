// SPDX-License-Identifier: Apache-2.0
// Power: the radio's functionality, restarts, power saving (27.007 8.2, 7.38, 7.40), and what the
// module is configured to do at power-up.
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final functionality(Engine& engine, const at::Call& call);  // AT+CFUN
at::Final restart_unasked(Engine& engine, const at::Call&);     // AT+NRB
at::Final restart(Engine& engine, const at::Call&);             // AT+CMRB
at::Final power_off(Engine& engine, const at::Call&);           // AT+CPOF
at::Final power_saving(Engine& engine, const at::Call& call);   // AT+CPSMS
at::Final edrx(Engine& engine, const at::Call& call);           // AT+CEDRXS
at::Final sleep_reports(Engine& engine, const at::Call& call);  // AT+NPSMR
at::Final sleep_lock(Engine& engine, const at::Call& call);     // AT+SM
at::Final configuration(Engine& engine, const at::Call& call);  // AT+NCONFIG
at::Final dual_mode(Engine& engine, const at::Call& call);      // AT+CFGDUALMODE
at::Final rat_priority(Engine& engine, const at::Call& call);   // AT+CFGRATPRIO

}  // namespace m531x::modem
