// SPDX-License-Identifier: Apache-2.0
// The radio and the registration (27.007 7.3, 8.5, 8.69, 10.1.9, 10.1.22, 10.1.30), and what the
// M5310-A tells of its cell.
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final signal_quality(Engine& engine, const at::Call& call);           // AT+CSQ
at::Final extended_signal_quality(Engine& engine, const at::Call& call);  // AT+CESQ
at::Final registration(Engine& engine, const at::Call& call);             // AT+CEREG
at::Final operators(Engine& engine, const at::Call& call);                // AT+COPS
at::Final attachment(Engine& engine, const at::Call& call);               // AT+CGATT
at::Final connection_reports(Engine& engine, const at::Call& call);       // AT+CSCON
at::Final bands(Engine& engine, const at::Call& call);                    // AT+NBAND
at::Final forget_cells(Engine& engine, const at::Call& call);             // AT+NCSEARFCN
at::Final cell_lock(Engine& engine, const at::Call& call);                // AT+NEARFCN
at::Final statistics(Engine& engine, const at::Call& call);               // AT+NUESTATS

}  // namespace m531x::modem
