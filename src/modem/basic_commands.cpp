// SPDX-License-Identifier: Apache-2.0
#include "modem/basic_commands.h"

namespace m531x::modem {

using at::Call;
using at::Final;
using at::Form;
using at::Profile;
using mem::Text;

Final s_parameter(Engine& engine, const Call& call, char& value) {
  if (call.form == Form::set) {
    const auto number = call.args.number(0, 0, 127);
    if (!number) return Final::wrong_parameters;
    value = static_cast<char>(*number);
    return Final::ok;
  }
  const auto code = static_cast<unsigned char>(value);
  const char digits[] = {static_cast<char>('0' + code / 100),
                         static_cast<char>('0' + code / 10 % 10),
                         static_cast<char>('0' + code % 10)};
  return engine.dce.information(Bytes(digits, sizeof digits)) ? Final::ok : Final::unknown;
}

Final identify(Engine& engine, const Call& call) {
  if (!basic_number(call, 9)) return Final::wrong_parameters;
  return engine.dce.information(engine.settings.identity.model) ? Final::ok : Final::unknown;
}

Final restore_factory(Engine& engine, const Call& call) {
  if (!basic_number(call, 0)) return Final::wrong_parameters;
  engine.dce.profile = engine.factory_profile();
  engine.serial.change();
  return Final::ok;
}

Final restore_stored(Engine& engine, const Call& call) {
  if (!basic_number(call, 0)) return Final::wrong_parameters;
  engine.dce.profile = engine.stored_profile();
  engine.serial.change();
  return Final::ok;
}

Final store_profile(Engine& engine, const Call& call) {
  if (!basic_number(call, 0)) return Final::wrong_parameters;
  Flash next = engine.flash;
  next.has_profile = true;
  next.profile = engine.serial.proven(engine.dce.profile);
  engine.store(next);
  return Final::ok;
}

// AT&V: the profile in one line of basic commands and one of extended ones.
Final view_profile(Engine& engine, const Call& call) {
  if (!basic_number(call, 0)) return Final::wrong_parameters;
  const Profile& profile = engine.dce.profile;
  const auto number = [](auto value) { return std::uint32_t{static_cast<unsigned char>(value)}; };
  Text text;
  text.add("E").add(number(profile.echo)).add(" Q").add(number(profile.quiet));
  text.add(" V").add(number(profile.verbose)).add(" X").add(number(profile.result_codes));
  text.add(" &C").add(number(profile.carrier_detect));
  text.add(" &D").add(number(profile.terminal_ready));
  text.add(" S3=").add(number(profile.characters.terminator));
  text.add(" S4=").add(number(profile.characters.formatting));
  text.add(" S5=").add(number(profile.characters.editing));
  text.add(" +CMEE=").add(number(profile.error_numbers));
  text.add(" +IFC=").add(number(profile.flow_control[0]));
  text.add(",").add(number(profile.flow_control[1]));
  text.add(" +ICF=").add(number(profile.framing[0]));
  text.add(",").add(number(profile.framing[1]));
  return engine.dce.information(text) ? Final::ok : Final::unknown;
}

Final error_numbers(Engine& engine, const Call& call) {
  std::uint8_t& value = engine.dce.profile.error_numbers;
  if (call.form == Form::read) {
    return engine.answer(call.name, Text().add(std::uint32_t{value}));
  }
  const auto number = call.args.number(0, 0, 2);
  if (!number || call.args.size() != 1) return Final::wrong_parameters;
  value = static_cast<std::uint8_t>(*number);
  return Final::ok;
}

}  // namespace m531x::modem
