// SPDX-License-Identifier: Apache-2.0
#include "modem/power_commands.h"

#include "modem/format.h"
#include "modem/lines.h"
#include "modem/parameters.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Final;
using at::Form;
using mem::Text;

// `+CFUN:(0,1,4),(0,1)`: the numbers are the model's.
Final list_functionalities(Engine& engine, const Call& call) {
  Text text;
  char separator = '(';
  for (std::uint32_t fun = 0; fun < 16; ++fun) {
    if ((engine.model.base.functionalities & 1U << fun) == 0) continue;
    text.add(separator).add(fun);
    separator = ',';
  }
  return engine.answer(call.name, text.add("),(0,1)"));
}

// A switch of +NCONFIG is a bit of Flash::config: TRUE or FALSE.
constexpr Bytes kSwitches[] = {"AUTOCONNECT",    "CR_0354_0338_SCRAMBLING", "CR_0859_SI_AVOID",
                               "COMBINE_ATTACH", "CELL_RESELECTION",        "ENABLE_BIP"};
constexpr std::uint16_t kFactorySwitches = 0b000111;

std::uint16_t switches(const Flash& flash) {
  return flash.config == Flash::kFactoryConfig ? kFactorySwitches : flash.config;
}

}  // namespace

// AT+CFUN=<fun>[,<rst>]; AT+CFUN?  ->  +CFUN:<fun>, OK; AT+CFUN=?                 (27.007 8.2)
Final functionality(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::test) return list_functionalities(engine, call);
  if (call.form == Form::read) {
    return engine.answer(call.name, Text().add(std::uint32_t{mobile.radio.functionality()}));
  }
  const auto fun = call.args.number(0, 0, 15);
  const auto restarts = number_or(call.args, 1, 0, 1, 0);
  if (!fun || !restarts || call.args.size() > 2) return Final::wrong_parameters;
  if ((engine.model.base.functionalities & 1U << *fun) == 0) return Final::wrong_parameters;
  if (engine.model.base.functionality_kept) {
    Flash next = engine.flash;
    next.functionality = static_cast<std::uint8_t>(*fun);
    engine.store(next);
  }
  mobile.radio.set_functionality(static_cast<std::uint8_t>(*fun), engine.now());
  mobile.touch();
  if (*restarts != 0) engine.then(Engine::Then::restart);
  return Final::ok;
}

// AT+NRB  ->  REBOOTING, then no result code but the boot text
Final restart_unasked(Engine& engine, const Call&) {
  if (!engine.dce.information("REBOOTING")) return Final::unknown;
  engine.then(Engine::Then::restart);
  return Final::none;
}

// AT+CMRB  ->  OK, then the boot text
Final restart(Engine& engine, const Call&) {
  engine.then(Engine::Then::restart);
  return Final::ok;
}

// AT+CPOF  ->  OK, then nothing until the reset line is pressed
Final power_off(Engine& engine, const Call&) {
  engine.then(Engine::Then::power_off);
  return Final::ok;
}

// AT+CPSMS=[<mode>[,,,<TAU>[,<active time>]]]; AT+CPSMS?                         (27.007 7.38)
// <mode> 2, or nothing at all, forgets the times.
Final power_saving(Engine& engine, const Call& call) {
  PowerSaving saving = engine.flash.power_saving;
  if (call.form == Form::read) {
    Text text;
    text.add(saving.on ? "1,,," : "0,,,");
    engine.mobile.add_string(text, saving.tau);
    text.add(',');
    engine.mobile.add_string(text, saving.active_time);
    return engine.answer(call.name, text);
  }
  const at::Args& args = call.args;
  const auto mode = number_or(args, 0, 0, 2, 2);
  if (!mode || args.size() > 5 || !is_omitted(args, 1) || !is_omitted(args, 2)) {
    return Final::wrong_parameters;
  }
  if (*mode == 2) saving = {};
  saving.on = *mode == 1;
  if (!take_bits(args, 3, saving.tau) || !take_bits(args, 4, saving.active_time)) {
    return Final::wrong_parameters;
  }
  Flash next = engine.flash;
  next.power_saving = saving;
  engine.store(next);
  engine.mobile.touch();
  return Final::ok;
}

// AT+CEDRXS=<mode>[,<AcT>[,<cycle>[,<window>]]]; AT+CEDRXS?                      (27.007 7.40)
Final edrx(Engine& engine, const Call& call) {
  Edrx request = engine.flash.edrx;
  if (call.form == Form::read) {
    constexpr Bytes kNone = "0000";
    Text text;
    text.add(kEdrxAccessTechnology).add(",\"");
    text.add(request.cycle.empty() ? kNone : Bytes(request.cycle)).add('"');
    return engine.answer(call.name, text);
  }
  const at::Args& args = call.args;
  const auto mode = args.number(0, 0, 3);
  if (!mode || args.size() > 4) return Final::wrong_parameters;
  if (!number_or(args, 1, kEdrxAccessTechnology, kEdrxAccessTechnology, kEdrxAccessTechnology)) {
    return Final::wrong_parameters;
  }
  if (!take_bits(args, 2, request.cycle) || !take_bits(args, 3, request.window)) {
    return Final::wrong_parameters;
  }
  if (*mode == 0 || *mode == 3) request = {};
  request.mode = static_cast<std::uint8_t>(*mode);
  Flash next = engine.flash;
  next.edrx = request;
  engine.store(next);
  engine.mobile.touch();
  return Final::ok;
}

// AT+NPSMR=<n>; AT+NPSMR?  ->  +NPSMR:0 or +NPSMR:1,<asleep>, OK
Final sleep_reports(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::read) {
    if (!mobile.requests.sleep) return engine.answer(call.name, "0");
    return engine.answer(call.name, mobile.radio.asleep(engine.now()) ? "1,1" : "1,0");
  }
  const auto on = call.args.number(0, 0, 1);
  if (!on || call.args.size() != 1) return Final::wrong_parameters;
  mobile.begin_sleep_reports(*on != 0, engine.now());
  return Final::ok;
}

// AT+SM=LOCK|UNLOCK|LOCK_FOREVER|UNLOCK_FOREVER: with a lock the module does not sleep; `forever`
// is kept without power.
Final sleep_lock(Engine& engine, const Call& call) {
  static constexpr struct {
    Bytes word;
    bool locks;
    bool forever;
  } kWords[] = {{"LOCK", true, false},
                {"UNLOCK", false, false},
                {"LOCK_FOREVER", true, true},
                {"UNLOCK_FOREVER", false, true}};
  if (call.args.size() != 1) return Final::wrong_parameters;
  for (const auto& row : kWords) {
    if (!is_word(call.args[0].text(), row.word)) continue;
    Flash next = engine.flash;
    if (row.forever) next.sleep_locked = row.locks;
    engine.store(next);
    engine.mobile.requests.sleep_locked = row.locks || next.sleep_locked;
    engine.mobile.touch();
    return Final::ok;
  }
  return Final::wrong_parameters;
}

// AT+NCONFIG=<switch>,TRUE|FALSE; AT+NCONFIG?: all of them, a line each. Holds from the next
// restart on.
Final configuration(Engine& engine, const Call& call) {
  const std::uint16_t before = switches(engine.flash);
  if (call.form == Form::read) {
    Lines lines(engine.dce);
    for (std::size_t i = 0; i < std::size(kSwitches); ++i) {
      Text text;
      text.add(call.name).add(':').add(engine.dce.space()).add(kSwitches[i]);
      lines.add(text.add((before & 1U << i) != 0 ? ",TRUE" : ",FALSE"));
    }
    return lines.result();
  }
  if (call.args.size() != 2) return Final::wrong_parameters;
  const bool on = is_word(call.args[1].text(), "TRUE");
  if (!on && !is_word(call.args[1].text(), "FALSE")) return Final::wrong_parameters;
  for (std::size_t i = 0; i < std::size(kSwitches); ++i) {
    if (!is_word(call.args[0].text(), kSwitches[i])) continue;
    const unsigned bit = 1U << i;
    Flash next = engine.flash;
    next.config = static_cast<std::uint16_t>(on ? before | bit : before & ~bit);
    engine.store(next);
    return Final::ok;
  }
  return Final::wrong_parameters;
}

// AT+CFGDUALMODE=<dual>,<order>; AT+CFGDUALMODE?. Stored and told: there is one radio.
Final dual_mode(Engine& engine, const Call& call) {
  Flash next = engine.flash;
  if (call.form == Form::read) {
    Text text;
    text.add(std::uint32_t{next.dual_mode[0]}).add(',').add(std::uint32_t{next.dual_mode[1]});
    return engine.answer(call.name, text);
  }
  const auto dual = call.args.number(0, 0, 1);
  const auto order = call.args.number(1, 0, 1);
  if (!dual || !order || call.args.size() != 2) return Final::wrong_parameters;
  next.dual_mode = {static_cast<std::uint8_t>(*dual), static_cast<std::uint8_t>(*order)};
  engine.store(next);
  return Final::ok;
}

// AT+CFGRATPRIO=<priority>; AT+CFGRATPRIO?. The same.
Final rat_priority(Engine& engine, const Call& call) {
  if (call.form == Form::read) {
    return engine.answer(call.name, Text().add(std::uint32_t{engine.flash.rat_priority}));
  }
  const auto priority = call.args.number(0, 0, 4);
  if (!priority || call.args.size() != 1) return Final::wrong_parameters;
  Flash next = engine.flash;
  next.rat_priority = static_cast<std::uint8_t>(*priority);
  engine.store(next);
  return Final::ok;
}

}  // namespace m531x::modem
