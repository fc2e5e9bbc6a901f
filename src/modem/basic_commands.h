// SPDX-License-Identifier: Apache-2.0
// The commands of V.250 6 and 27.007 9.1 that set and show how the modem talks to its host.
#pragma once

#include "mem/text.h"
#include "modem/engine.h"

namespace m531x::modem {

// E1: a number that is not given is 0 (V.250 5.3.1).
inline std::optional<std::uint32_t> basic_number(const at::Call& call, std::uint32_t high) {
  return call.args.size() == 0 ? 0 : call.args.number(0, 0, high);
}

// A basic command that stores its number, 0 to kHigh, in the profile.
template <auto kMember, std::uint32_t kHigh>
at::Final set_number(Engine& engine, const at::Call& call) {
  const auto number = basic_number(call, kHigh);
  if (!number) return at::Final::wrong_parameters;
  auto& value = engine.dce.profile.*kMember;
  value = static_cast<std::remove_reference_t<decltype(value)>>(*number);
  return at::Final::ok;
}

// ATS<n>=<0-127>, ATS<n>? with three digits (V.250 5.3.2).
template <auto kMember>
at::Final s_parameter(Engine& engine, const at::Call& call) {
  char& value = engine.dce.profile.characters.*kMember;
  if (call.form == at::Form::set) {
    const auto number = call.args.number(0, 0, 127);
    if (!number) return at::Final::wrong_parameters;
    value = static_cast<char>(*number);
    return at::Final::ok;
  }
  const auto code = static_cast<unsigned char>(value);
  const char digits[] = {static_cast<char>('0' + code / 100),
                         static_cast<char>('0' + code / 10 % 10),
                         static_cast<char>('0' + code % 10)};
  return engine.dce.information(Bytes(digits, sizeof digits)) ? at::Final::ok : at::Final::unknown;
}

at::Final identify(Engine& engine, const at::Call& call);         // ATI
at::Final restore_factory(Engine& engine, const at::Call& call);  // AT&F
at::Final restore_stored(Engine& engine, const at::Call& call);   // ATZ
at::Final store_profile(Engine& engine, const at::Call& call);    // AT&W
at::Final view_profile(Engine& engine, const at::Call& call);     // AT&V
at::Final error_numbers(Engine& engine, const at::Call& call);    // +CMEE

}  // namespace m531x::modem
