// SPDX-License-Identifier: Apache-2.0
// The commands that set the serial line: V.250 6.2.10-6.2.12 and the M5310-A's own.
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final rate(Engine& engine, const at::Call& call);          // +IPR
at::Final framing(Engine& engine, const at::Call& call);       // +ICF
at::Final flow_control(Engine& engine, const at::Call& call);  // +IFC
at::Final uart_speed(Engine& engine, const at::Call& call);    // +NATSPEED

}  // namespace m531x::modem
