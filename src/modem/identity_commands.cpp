// SPDX-License-Identifier: Apache-2.0
#include "modem/identity_commands.h"

#include <algorithm>

#include "modem/parameters.h"

namespace m531x::modem {

using at::Call;
using at::Final;
using at::Form;
using mem::Text;

Final sim_state(const Engine& engine) {
  if (!engine.settings.identity.sim) return Final::sim_not_inserted;
  const bool is_off = engine.model.base.sim_needs_radio && engine.mobile.radio.functionality() == 0;
  return is_off ? Final::sim_failure : Final::ok;
}

// AT+NCCID, AT+NCCID?, AT+ICCID  ->  <name>:<iccid>, OK
Final card_number(Engine& engine, const Call& call) {
  const Final state = sim_state(engine);
  return state == Final::ok ? engine.answer(call.name, engine.settings.identity.iccid) : state;
}

// AT+CGSN[=<snt>]  ->  <sn>, or +CGSN:<imei>, <imeisv> or <svn>, OK              (27.007 5.4)
Final serial_number(Engine& engine, const Call& call) {
  const Identity& identity = engine.settings.identity;
  const auto kind = call.form == Form::action ? 0 : call.args.number(0, 0, 3);
  if (!kind || call.args.size() > 1) return Final::wrong_parameters;
  constexpr Bytes kSoftwareVersion = "01";
  const Bytes imei = identity.imei;
  const Bytes serial = engine.model.base.serial_is_imei ? imei : Bytes(identity.serial);
  switch (*kind) {
    case 0:
      return engine.dce.information(serial) ? Final::ok : Final::unknown;
    case 1:
      return engine.answer(call.name, imei);
    case 2:  // 23.003 6.2.2: the version in the place of the check digit
      return engine.answer(call.name, Text().add(mem::first(imei, 14)).add(kSoftwareVersion));
    default:
      return engine.answer(call.name, kSoftwareVersion);
  }
}

// AT+CPIN?  ->  +CPIN:READY, OK. The SIM asks for no PIN, so none is taken.       (27.007 8.3)
Final pin(Engine& engine, const Call& call) {
  if (call.form == Form::set) {
    const bool is_wrong = call.args.size() > 2 || is_omitted(call.args, 0);
    return is_wrong ? Final::wrong_parameters : Final::not_allowed;
  }
  const Final state = sim_state(engine);
  return state == Final::ok ? engine.answer(call.name, "READY") : state;
}

// AT+CSCS=<chset>; AT+CSCS?  ->  +CSCS:"IRA", OK                                 (27.007 5.5)
// Told, and nothing else: all texts are in the letters that both have.
Final character_set(Engine& engine, const Call& call) {
  static constexpr Bytes kSets[] = {"IRA", "GSM"};
  std::uint8_t& chosen = engine.mobile.requests.character_set;
  if (call.form == Form::read) {
    return engine.answer(call.name, Text().add('"').add(kSets[chosen]).add('"'));
  }
  const auto* const set = std::ranges::find(kSets, call.args[0].text());
  if (set == std::end(kSets) || call.args.size() != 1) return Final::wrong_parameters;
  chosen = static_cast<std::uint8_t>(set - kSets);
  return Final::ok;
}

}  // namespace m531x::modem
