// SPDX-License-Identifier: Apache-2.0
// PDP contexts and addresses (27.007 10.1.1, 10.1.10, 10.1.14), name servers, names and echoes.
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final contexts(Engine& engine, const at::Call& call);      // AT+CGDCONT
at::Final activation(Engine& engine, const at::Call& call);    // AT+CGACT
at::Final addresses(Engine& engine, const at::Call& call);     // AT+CGPADDR
at::Final name_servers(Engine& engine, const at::Call& call);  // AT+DNSSER
at::Final look_up(Engine& engine, const at::Call& call);       // AT+CMDNS
at::Final ping(Engine& engine, const at::Call& call);          // AT+NPING, AT+CMPING

}  // namespace m531x::modem
