// SPDX-License-Identifier: Apache-2.0
// The HTTP commands (manual 1.1-1.7).
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final http_cfg(Engine& engine, const at::Call& call);
at::Final http_close(Engine& engine, const at::Call& call);
at::Final http_content(Engine& engine, const at::Call& call);
at::Final http_create(Engine& engine, const at::Call& call);
at::Final http_header(Engine& engine, const at::Call& call);
at::Final http_send(Engine& engine, const at::Call& call);

}  // namespace m531x::modem
