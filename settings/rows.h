// SPDX-License-Identifier: Apache-2.0
// How a row of settings/table.h is made from the members that lead to its value. The first may be
// one of a class that derives from ModuleSettings: such a row is for objects of that class alone.
#pragma once

#include <type_traits>

#include "settings/table.h"

namespace m531x::settings::rows {

using Kind = Setting::Kind;

template <typename Owner, typename Member>
Owner owner_of(Member Owner::*);
template <auto First>
using OwnerOf = decltype(owner_of(First));

template <typename T>
constexpr bool kIsText = requires(const T& value) {
  value.view();
};

template <auto First, auto... Rest>
Value get(const ModuleSettings& settings) {
  const auto& value = ((static_cast<const OwnerOf<First>&>(settings).*First).*....*Rest);
  using Member = std::remove_cvref_t<decltype(value)>;
  if constexpr (kIsText<Member>) {
    return std::string(value.view());
  } else if constexpr (std::is_same_v<Member, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<Member, Millis>) {
    return static_cast<std::int64_t>(value.count());
  } else {
    return static_cast<std::int64_t>(value);
  }
}

template <auto First, auto... Rest>
void set(ModuleSettings& settings, const Value& value) {
  auto& member = ((static_cast<OwnerOf<First>&>(settings).*First).*....*Rest);
  using Member = std::remove_cvref_t<decltype(member)>;
  if constexpr (kIsText<Member> || std::is_same_v<Member, std::string>) {
    member = std::string_view(std::get<std::string>(value));
  } else {
    member = static_cast<Member>(std::get<std::int64_t>(value));
  }
}

template <auto... Path>
constexpr Setting number(std::string_view key, std::int64_t low, std::int64_t high,
                         std::string_view unit, std::string_view meaning) {
  return {key, Kind::number, meaning, low, high, unit, {}, get<Path...>, set<Path...>};
}

template <auto... Path>
constexpr Setting truth(std::string_view key, std::string_view meaning) {
  return {key, Kind::truth, meaning, 0, 1, "", {}, get<Path...>, set<Path...>};
}

template <auto... Path>
constexpr Setting text(std::string_view key, std::string_view form,
                       bool (*accepts)(std::string_view), std::string_view meaning) {
  return {key, Kind::text, meaning, 0, 0, form, {}, get<Path...>, set<Path...>, accepts};
}

template <auto... Path>
constexpr Setting choice(std::string_view key, std::span<const std::string_view> names,
                         std::string_view meaning) {
  return {key, Kind::choice, meaning,      0,           static_cast<std::int64_t>(names.size()) - 1,
          "",  names,        get<Path...>, set<Path...>};
}

}  // namespace m531x::settings::rows
