// SPDX-License-Identifier: Apache-2.0
#include "modem/network_commands.h"

#include <algorithm>

#include "modem/identity_commands.h"
#include "modem/lines.h"
#include "modem/parameters.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Final;
using at::Form;
using mem::Text;

// <mode> and <format> of +COPS.
constexpr std::uint32_t kAutomatic = 0;
constexpr std::uint32_t kManual = 1;
constexpr std::uint32_t kDeregister = 2;
constexpr std::uint32_t kSetFormat = 3;
constexpr std::uint32_t kLongName = 0;
constexpr std::uint32_t kNumeric = 2;

// The numbers of 27.007 8.69 in tenths of a decibel, as the M5310-A tells them.
constexpr std::int32_t kNotMeasured = -32'768;
constexpr std::int32_t power_of(const Signal& signal) {
  return signal.rsrp == 255 ? kNotMeasured : -1410 + 10 * signal.rsrp;
}
constexpr std::int32_t quality_of(const Signal& signal) {
  return signal.rsrq == 255 ? kNotMeasured : -195 + 5 * signal.rsrq;
}
constexpr std::int32_t total_power_of(const Signal& signal) {
  return signal.rssi == 99 ? kNotMeasured : -1130 + 20 * signal.rssi;
}

void add_operator(Text& text, const Engine& engine, bool in_digits) {
  const Network& network = engine.settings.network;
  text.add('"').add(in_digits ? Bytes(network.plmn) : Bytes(network.operator_name)).add('"');
}

// AT+COPS=?: what a search would find, one network or none.
Final list_operators(Engine& engine, const Call& call) {
  Text text;
  if (engine.mobile.radio.hears_a_cell()) {
    text.add("(2,");
    add_operator(text, engine, false);
    text.add(',');
    add_operator(text, engine, false);
    text.add(',');
    add_operator(text, engine, true);
    text.add(',').add(std::uint32_t{engine.settings.network.access_technology}).add("),,");
  }
  return engine.answer(call.name, text.add("(0-3),(0,2)"));
}

Final tell_operator(Engine& engine, const Call& call) {
  const std::uint8_t mode = engine.flash.operator_mode;
  const bool in_digits = !engine.mobile.requests.names_operator;
  Text text;
  text.add(std::uint32_t{mode});
  if (engine.mobile.radio.attached(engine.now())) {
    text.add(in_digits ? ",2," : ",0,");
    add_operator(text, engine, in_digits);
    text.add(',').add(std::uint32_t{engine.settings.network.access_technology});
  }
  return engine.answer(call.name, text);
}

Final select_operator(Engine& engine, std::uint32_t mode) {
  Mobile& mobile = engine.mobile;
  Flash next = engine.flash;
  next.operator_mode = static_cast<std::uint8_t>(mode);
  engine.store(next);
  if (mode == kDeregister) {
    mobile.radio.detach();
  } else {
    mobile.radio.attach(engine.now());
  }
  mobile.touch();
  return Final::ok;
}

// Each of the M5310-A's figures on its line.
Lines tell_radio(Engine& engine, Bytes prefix, Lines lines) {
  const Network& network = engine.settings.network;
  const Radio& radio = engine.mobile.radio;
  const Signal signal = radio.signal();
  const bool camps = radio.hears_a_cell();
  const auto if_camping = [camps](auto value, std::int32_t otherwise) {
    return camps ? static_cast<std::int32_t>(value) : otherwise;
  };
  const struct {
    Bytes name;
    std::int32_t value;
  } figures[] = {
      {"Signal power:", power_of(signal)},
      {"Total power:", total_power_of(signal)},
      {"TX power:", radio.connected(engine.now()) ? 230 : kNotMeasured},
      {"TX time:", 0},
      {"RX time:", 0},
      {"Cell ID:", if_camping(network.cell_id, 0)},
      {"ECL:", if_camping(0, 255)},
      {"SNR:", if_camping(10 * signal.sinr, kNotMeasured)},
      {"EARFCN:", if_camping(network.earfcn, 0)},
      {"PCI:", if_camping(network.pci, 0)},
      {"RSRQ:", quality_of(signal)},
      {"OPERATOR MODE:", 4},
      {"CURRENT BAND:", if_camping(network.band, 0)},
  };
  for (const auto& figure : figures) {
    lines.add(Text().add(prefix).add(figure.name).add(figure.value));
  }
  return lines;
}

// The one cell, if it is heard: <earfcn>,<pci>,<primary>,<rsrp>,<rsrq>,<rssi>,<snr>.
Lines tell_cell(Engine& engine, Lines lines) {
  const Network& network = engine.settings.network;
  const Signal signal = engine.mobile.radio.signal();
  if (!engine.mobile.radio.hears_a_cell()) return lines;
  Text text;
  text.add("NUESTATS:CELL,").add(network.earfcn).add(',').add(std::uint32_t{network.pci});
  text.add(",1,").add(power_of(signal)).add(',').add(quality_of(signal));
  text.add(',').add(total_power_of(signal)).add(',').add(std::int32_t{signal.sinr} * 10);
  lines.add(text);
  return lines;
}

}  // namespace

// AT+CSQ  ->  +CSQ:<rssi>,<ber>, OK                                              (27.007 8.5)
Final signal_quality(Engine& engine, const Call& call) {
  const Signal signal = engine.mobile.radio.signal();
  Text text;
  text.add(std::uint32_t{signal.rssi}).add(',').add(std::uint32_t{signal.ber});
  return engine.answer(call.name, text);
}

// AT+CESQ  ->  +CESQ:<rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>, OK; the first four are those of
// other radios.                                                                  (27.007 8.69)
Final extended_signal_quality(Engine& engine, const Call& call) {
  const Signal signal = engine.mobile.radio.signal();
  Text text;
  text.add("99,99,255,255,");
  text.add(std::uint32_t{signal.rsrq}).add(',').add(std::uint32_t{signal.rsrp});
  return engine.answer(call.name, text);
}

// AT+CEREG=<n>; AT+CEREG?  ->  +CEREG:<n>,<stat>[,...], OK                     (27.007 10.1.22)
Final registration(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::read) {
    Text text;
    text.add(std::uint32_t{mobile.requests.registration}).add(',');
    mobile.add_registration(text, engine.now());
    return engine.answer(call.name, text);
  }
  const auto mode = call.args.number(0, 0, 5);
  if (!mode || call.args.size() != 1) return Final::wrong_parameters;
  mobile.begin_registration_reports(static_cast<std::uint8_t>(*mode), engine.now());
  return Final::ok;
}

// AT+COPS=<mode>[,<format>[,<oper>[,<AcT>]]]; AT+COPS?; AT+COPS=?                 (27.007 7.3)
// There is one network: choosing another one fails and changes nothing.
Final operators(Engine& engine, const Call& call) {
  if (call.form == Form::test) return list_operators(engine, call);
  if (call.form == Form::read) return tell_operator(engine, call);
  const at::Args& args = call.args;
  const auto mode = args.number(0, kAutomatic, kSetFormat);
  const auto format = number_or(args, 1, kLongName, kNumeric, kNumeric);
  if (!mode || !format || *format == 1 || args.size() > 4) return Final::wrong_parameters;
  if (!is_omitted(args, 3) && !args.number(3, 0, 9)) return Final::wrong_parameters;
  if (*mode == kSetFormat && is_omitted(args, 1)) return Final::wrong_parameters;
  const bool names_one = !is_omitted(args, 2);
  if (names_one != (*mode == kManual)) return Final::wrong_parameters;
  if (*mode != kDeregister && *mode != kSetFormat && !engine.settings.identity.sim) {
    return Final::sim_not_inserted;
  }
  const Network& network = engine.settings.network;
  const Bytes known = *format == kNumeric ? Bytes(network.plmn) : Bytes(network.operator_name);
  if (names_one && args[2].text() != known) return Final::no_network;
  if (!is_omitted(args, 1)) engine.mobile.requests.names_operator = *format == kLongName;
  if (*mode == kSetFormat) return Final::ok;
  return select_operator(engine, *mode);
}

// AT+CGATT=<state>; AT+CGATT?  ->  +CGATT:<state>, OK                           (27.007 10.1.9)
Final attachment(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::read) {
    return engine.answer(call.name, mobile.radio.attached(engine.now()) ? "1" : "0");
  }
  const auto state = call.args.number(0, 0, 1);
  if (!state || call.args.size() != 1) return Final::wrong_parameters;
  if (*state == 0) {
    mobile.radio.detach();
  } else {
    if (!engine.settings.identity.sim) return Final::sim_not_inserted;
    if (mobile.radio.functionality() != 1) return Final::not_allowed;
    mobile.radio.attach(engine.now());
  }
  mobile.touch();
  return Final::ok;
}

// AT+CSCON=<n>; AT+CSCON?  ->  +CSCON:<n>,<mode>, OK                           (27.007 10.1.30)
Final connection_reports(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::read) {
    Text text;
    text.add(std::uint32_t{mobile.requests.connection});
    text.add(mobile.radio.connected(engine.now()) ? ",1" : ",0");
    return engine.answer(call.name, text);
  }
  const auto on = call.args.number(0, 0, 1);
  if (!on || call.args.size() != 1) return Final::wrong_parameters;
  mobile.begin_connection_reports(*on != 0, engine.now());
  return Final::ok;
}

// AT+NBAND=<n>[,<n>...]; AT+NBAND?  ->  +NBAND:<n>[,<n>...], OK; AT+NBAND=?
Final bands(Engine& engine, const Call& call) {
  const auto& known = engine.model.base.bands;
  const auto add_list = [](Text& text, std::span<const std::uint8_t> list) {
    for (std::size_t i = 0; i < list.size() && list[i] != 0; ++i) {
      if (i > 0) text.add(',');
      text.add(std::uint32_t{list[i]});
    }
  };
  Text text;
  if (call.form == Form::test) {
    text.add('(');
    add_list(text, known);
    return engine.answer(call.name, text.add(')'));
  }
  if (call.form == Form::read) {
    const auto& chosen = engine.flash.bands;
    add_list(text, chosen[0] != 0 ? chosen : known);
    return engine.answer(call.name, text);
  }
  Flash next = engine.flash;
  next.bands = {};
  if (call.args.size() > Flash::kMaxBands) return Final::wrong_parameters;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    const auto band = call.args.number(i, 1, 255);
    if (!band || std::ranges::find(known, *band) == known.end()) return Final::wrong_parameters;
    if (std::ranges::find(next.bands, *band) != next.bands.end()) return Final::wrong_parameters;
    next.bands[i] = static_cast<std::uint8_t>(*band);
  }
  engine.store(next);
  engine.mobile.touch();
  return Final::ok;
}

// AT+NCSEARFCN  ->  OK. There is one cell and nothing that is remembered of others.
Final forget_cells(Engine&, const Call&) { return Final::ok; }

// AT+NEARFCN=0,<earfcn>[,<pci>]; AT+NEARFCN?  ->  [+NEARFCN:0,<earfcn>[,<pci>],] OK. Until the
// next restart only that cell is looked for; AT+NEARFCN=0,0 lifts it. <pci> is in hex, up to 1F7.
Final cell_lock(Engine& engine, const Call& call) {
  Mobile::Requests& requests = engine.mobile.requests;
  if (call.form == Form::read) {
    if (requests.earfcn == 0) return Final::ok;
    Text text;
    text.add("0,").add(requests.earfcn);
    if (requests.has_pci) text.add(',').add_hex(requests.pci, 3);
    return engine.answer(call.name, text);
  }
  constexpr std::uint32_t kMaxPci = 0x1f7;
  const auto earfcn = call.args.number(1, 0, 262'143);
  if (!call.args.number(0, 0, 0) || !earfcn || call.args.size() > 3) return Final::wrong_parameters;
  std::uint32_t pci = 0;
  const bool has_pci = !is_omitted(call.args, 2);
  if (has_pci) {
    const auto read = hex_number(call.args[2].text(), 3);
    if (!read || *read > kMaxPci) return Final::wrong_parameters;
    pci = *read;
  }
  requests.earfcn = *earfcn;
  requests.pci = static_cast<std::uint16_t>(pci);
  requests.has_pci = has_pci;
  engine.mobile.touch();
  return Final::ok;
}

// AT+NUESTATS[=RADIO|CELL|ALL]: powers in tenths of a dBm, ratios in tenths of a dB; -32768 = not
// measured.
Final statistics(Engine& engine, const Call& call) {
  if (call.form == Form::action) return tell_radio(engine, "", Lines(engine.dce)).result();
  if (call.args.size() != 1) return Final::wrong_parameters;
  const Bytes type = call.args[0].text();
  constexpr Bytes kRadio = "NUESTATS:RADIO,";
  Lines lines(engine.dce);
  if (is_word(type, "RADIO")) return tell_radio(engine, kRadio, lines).result();
  if (is_word(type, "CELL")) return tell_cell(engine, lines).result();
  if (!is_word(type, "ALL")) return Final::wrong_parameters;
  return tell_cell(engine, tell_radio(engine, kRadio, lines)).result();
}

}  // namespace m531x::modem
