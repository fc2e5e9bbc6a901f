// SPDX-License-Identifier: Apache-2.0
#include "modem/serial_commands.h"

#include <algorithm>

#include "mem/text.h"
#include "modem/parameters.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Final;
using at::Form;
using at::Profile;
using mem::Text;

// 0 = automatic (V.250 6.2.10).
constexpr auto kIprRates = std::to_array<std::uint32_t>(
    {0, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800});
constexpr auto kNatspeedRates =
    std::to_array<std::uint32_t>({2400, 4800, 9600, 57600, 115200, 230400, 460800});

// Parameter i as one of `rates`.
std::optional<std::uint32_t> rate_of(const Call& call, std::size_t i,
                                     std::span<const std::uint32_t> rates) {
  const auto number = call.args.number(i, 0, rates.back());
  if (!number || std::ranges::find(rates, *number) == rates.end()) return std::nullopt;
  return number;
}

constexpr std::uint8_t to_byte(std::uint32_t number) { return static_cast<std::uint8_t>(number); }

// +IFC and +ICF: two numbers, of which the second may be left out and then stays (V.250 6.2.11,
// 6.2.12).
Final number_pair(Engine& engine, const Call& call, std::array<std::uint8_t, 2>& value,
                  std::uint32_t high0, std::uint32_t high1) {
  if (call.form == Form::read) {
    const Text text = Text().add(std::uint32_t{value[0]}).add(',').add(std::uint32_t{value[1]});
    return engine.answer(call.name, text);
  }
  const auto first = call.args.number(0, 0, high0);
  const auto second = number_or(call.args, 1, 0, high1, value[1]);
  if (!first || !second || call.args.size() > 2) return Final::wrong_parameters;
  value = {to_byte(*first), to_byte(*second)};
  engine.serial.change();
  return Final::ok;
}

// The framing of 8 data bits with <stopbits> and <parity> of +NATSPEED, as +ICF has it.
std::array<std::uint8_t, 2> framing_of(std::uint32_t stop_bits, std::uint32_t parity,
                                       std::uint8_t parity_now) {
  if (parity == 0) return {to_byte(stop_bits == 2 ? 1 : 3), parity_now};
  return {to_byte(stop_bits == 2 ? kParityAnd2StopBits : 2), to_byte(parity - 1)};
}

Final tell_speed(Engine& engine, const Call& call) {
  const Profile& profile = engine.dce.profile;
  const Uart uart = uart_of(profile);
  Text text;
  text.add(uart.baud).add(',').add(std::uint32_t{engine.serial.sync()});
  text.add(',').add(std::uint32_t{uart.stop_bits});
  text.add(',').add(static_cast<std::uint32_t>(uart.parity));
  text.add(',').add(uart.to_host == Flow::xon_xoff ? '1' : '0');
  return engine.answer(call.name, text);
}

}  // namespace

// AT+IPR=<rate>  ->  OK at the old rate                                            (V.250 6.2.10)
Final rate(Engine& engine, const Call& call) {
  std::uint32_t& value = engine.dce.profile.rate;
  if (call.form == Form::read) return engine.answer(call.name, Text().add(value));
  const auto number = rate_of(call, 0, kIprRates);
  if (!number || call.args.size() != 1) return Final::wrong_parameters;
  value = *number;
  engine.serial.change();
  return Final::ok;
}

// AT+ICF=<format>[,<parity>]                                                       (V.250 6.2.11)
Final framing(Engine& engine, const Call& call) {
  return number_pair(engine, call, engine.dce.profile.framing, 6, 3);
}

// AT+IFC=<DCE_by_DTE>[,<DTE_by_DCE>]                                               (V.250 6.2.12)
Final flow_control(Engine& engine, const Call& call) {
  return number_pair(engine, call, engine.dce.profile.flow_control, 2, 2);
}

// AT+NATSPEED=<baud>,<timeout>,<store>[,<sync>[,<stopbits>[,<parity>[,<xonxoff>]]]]
//   ->  OK at the old settings; they come back when no command line arrives at the new ones within
//   <timeout> seconds. What is left out stays.
// AT+NATSPEED?  ->  +NATSPEED:<baud>,<sync>,<stopbits>,<parity>,<xonxoff>
Final uart_speed(Engine& engine, const Call& call) {
  if (call.form == Form::read) return tell_speed(engine, call);
  Profile& profile = engine.dce.profile;
  const Uart now = uart_of(profile);
  const bool xon_xoff = now.to_host == Flow::xon_xoff;
  const auto baud = rate_of(call, 0, kNatspeedRates);
  const auto timeout = call.args.number(1, 0, 30);
  const auto stores = call.args.number(2, 0, 1);
  const auto sync = number_or(call.args, 3, 0, 3, engine.serial.sync());
  const auto stop_bits = number_or(call.args, 4, 1, 2, now.stop_bits);
  const auto parity = number_or(call.args, 5, 0, 2, static_cast<std::uint32_t>(now.parity));
  const auto flow = number_or(call.args, 6, 0, 1, xon_xoff ? 1 : 0);
  if (!baud || !timeout || !stores || !sync || !stop_bits || !parity || !flow ||
      call.args.size() > 7) {
    return Final::wrong_parameters;
  }
  engine.serial.begin_trial({Millis(*timeout * 1000), *stores == 1});
  profile.rate = *baud;
  if (!is_omitted(call.args, 4) || !is_omitted(call.args, 5)) {
    profile.framing = framing_of(*stop_bits, *parity, profile.framing[1]);
  }
  if (!is_omitted(call.args, 6)) profile.flow_control = {to_byte(*flow), to_byte(*flow)};
  engine.serial.set_sync(to_byte(*sync));
  return Final::ok;
}

}  // namespace m531x::modem
