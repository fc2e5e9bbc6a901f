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

template <typename T>
at::Final store_number(const at::Call& call, std::uint32_t high, T& value) {
  const auto number = basic_number(call, high);
  if (!number) return at::Final::wrong_parameters;
  value = static_cast<T>(*number);
  return at::Final::ok;
}

// A basic command that stores its number, 0 to kHigh, in the profile.
template <auto kMember, std::uint32_t kHigh>
at::Final set_number(Engine& engine, const at::Call& call) {
  return store_number(call, kHigh, engine.dce.profile.*kMember);
}

// ATS<n>=<0-127>, ATS<n>? with three digits (V.250 5.3.2).
at::Final s_parameter(Engine& engine, const at::Call& call, char& value);
template <auto kMember>
at::Final s_parameter(Engine& engine, const at::Call& call) {
  return s_parameter(engine, call, engine.dce.profile.characters.*kMember);
}

at::Final identify(Engine& engine, const at::Call& call);         // ATI
at::Final restore_factory(Engine& engine, const at::Call& call);  // AT&F
at::Final restore_stored(Engine& engine, const at::Call& call);   // ATZ
at::Final store_profile(Engine& engine, const at::Call& call);    // AT&W
at::Final view_profile(Engine& engine, const at::Call& call);     // AT&V
at::Final error_numbers(Engine& engine, const at::Call& call);    // +CMEE

}  // namespace m531x::modem
