// SPDX-License-Identifier: Apache-2.0
// The clock and the zone that the network gives (27.007 8.15, 8.41).
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final clock(Engine& engine, const at::Call& call);         // AT+CCLK
at::Final zone_reports(Engine& engine, const at::Call& call);  // AT+CTZR

}  // namespace m531x::modem
