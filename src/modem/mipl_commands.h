// SPDX-License-Identifier: Apache-2.0
// LwM2M for OneNET: AT+MIPL.... The manual's chapter 2.3 uses these commands and does not define
// them; docs/conformance.md says what each is taken from.
#pragma once

#include "modem/engine.h"

namespace m531x::modem {

at::Final mipl_create(Engine& engine, const at::Call& call);
at::Final mipl_create_ex(Engine& engine, const at::Call& call);
at::Final mipl_delete(Engine& engine, const at::Call& call);
at::Final mipl_open(Engine& engine, const at::Call& call);
at::Final mipl_close(Engine& engine, const at::Call& call);
at::Final mipl_add_object(Engine& engine, const at::Call& call);
at::Final mipl_delete_object(Engine& engine, const at::Call& call);
at::Final mipl_update(Engine& engine, const at::Call& call);
at::Final mipl_notify(Engine& engine, const at::Call& call);
at::Final mipl_read_response(Engine& engine, const at::Call& call);
at::Final mipl_observe_response(Engine& engine, const at::Call& call);
at::Final mipl_discover_response(Engine& engine, const at::Call& call);
at::Final mipl_version(Engine& engine, const at::Call& call);

// +MIPLWRITERSP, +MIPLEXECUTERSP, +MIPLPARAMETERRSP.
at::Final answer_change(Engine& engine, const at::Call& call, Lwm2mClient::Kind kind);
template <Lwm2mClient::Kind kKind>
at::Final mipl_change_response(Engine& engine, const at::Call& call) {
  return answer_change(engine, call, kKind);
}

}  // namespace m531x::modem
