// SPDX-License-Identifier: Apache-2.0
// The table of settings keys.
#include "tests/transcript/settings_keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <limits>

namespace m531x::transcript {

namespace {

template <typename E>
struct Word {
  std::string_view word;
  E value;
};

template <typename E>
constexpr std::array<Word<E>, 0> kWords{};
template <>
constexpr std::array kWords<bool> = {Word<bool>{"true", true}, Word<bool>{"false", false}};
template <>
constexpr std::array kWords<DisconnectName> = {Word{"discon", DisconnectName::discon},
                                               Word{"disconn", DisconnectName::disconn},
                                               Word{"diconn", DisconnectName::diconn}};
template <>
constexpr std::array kWords<ErrorReport> = {Word{"http_error", ErrorReport::http_error},
                                            Word{"disconnect_code", ErrorReport::disconnect_code}};
template <>
constexpr std::array kWords<QueryOrder> = {Word{"text_then_ok", QueryOrder::text_then_ok},
                                           Word{"ok_then_text", QueryOrder::ok_then_text}};
template <>
constexpr std::array kWords<CfgReadback> = {Word{"with_length", CfgReadback::with_length},
                                            Word{"without_length", CfgReadback::without_length}};
template <>
constexpr std::array kWords<NmihForm> = {Word{"more_length", NmihForm::more_length},
                                         Word{"status_length", NmihForm::status_length}};
template <>
constexpr std::array kWords<EmptyValue> = {Word{"refused", EmptyValue::refused},
                                           Word{"clears", EmptyValue::clears}};
template <>
constexpr std::array kWords<Overflow> = {Word{"hold", Overflow::hold},
                                         Word{"drop", Overflow::drop}};

bool parse(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read(std::string_view text, Millis& out) {
  std::uint64_t number = 0;
  if (!parse(text, number)) return false;
  out = Millis(number);
  return true;
}

template <typename T>
bool read(std::string_view text, T& out) {
  if constexpr (std::unsigned_integral<T> && !std::same_as<T, bool>) {
    std::uint64_t number = 0;
    if (!parse(text, number) || number > std::numeric_limits<T>::max()) return false;
    out = static_cast<T>(number);
    return true;
  } else {
    const auto found = std::ranges::find(kWords<T>, text, &Word<T>::word);
    if (found == kWords<T>.end()) return false;
    out = found->value;
    return true;
  }
}

template <auto... Path>
bool set(std::string_view text, Settings& settings) {
  return read(text, (settings.*....*Path));
}

struct Key {
  std::string_view name;
  bool (*set)(std::string_view text, Settings& settings);
};

template <auto Field>
constexpr Key limit(std::string_view name) {
  return {name, set<&Settings::limits, Field>};
}

template <auto Field>
constexpr Key variant(std::string_view name) {
  return {name, set<&Settings::variant, Field>};
}

constexpr std::array kKeys = {
    Key{"tcp.mss", set<&Settings::mss_bytes>},
    Key{"tcp.overflow", set<&Settings::overflow>},
    Key{"tcp.connect_timeout_ms", set<&Settings::connect_timeout>},
    Key{"http.response_timeout_ms", set<&Settings::response_timeout>},
    Key{"uart.urc_guard_ms", set<&Settings::urc_guard>},
    Key{"uart.baud", set<&Settings::baud>},
    limit<&Limits::line_bytes>("limits.line_bytes"),
    limit<&Limits::header_bytes>("limits.header_bytes"),
    limit<&Limits::content_bytes>("limits.content_bytes"),
    limit<&Limits::path_bytes>("limits.path_bytes"),
    limit<&Limits::url_bytes>("limits.url_bytes"),
    limit<&Limits::user_bytes>("limits.user_bytes"),
    limit<&Limits::password_bytes>("limits.password_bytes"),
    limit<&Limits::certificate_bytes>("limits.certificate_bytes"),
    limit<&Limits::response_header_bytes>("limits.response_header_bytes"),
    limit<&Limits::response_line_bytes>("limits.response_line_bytes"),
    limit<&Limits::receive_buffer_bytes>("limits.receive_buffer_bytes"),
    limit<&Limits::dte_queue_bytes>("limits.dte_queue_bytes"),
    variant<&Variant::disconnect_name>("variant.disconnect_name"),
    variant<&Variant::disconnect_code>("variant.disconnect_code"),
    variant<&Variant::error_report>("variant.error_report"),
    variant<&Variant::connect_error_line>("variant.connect_error_line"),
    variant<&Variant::nmic_summation>("variant.nmic_summation"),
    variant<&Variant::reason_line>("variant.reason_line"),
    variant<&Variant::query_order>("variant.query_order"),
    variant<&Variant::cfg_readback>("variant.cfg_readback"),
    variant<&Variant::nmih_form>("variant.nmih_form"),
    variant<&Variant::empty_value>("variant.empty_value"),
    variant<&Variant::space_after_colon>("variant.space_after_colon"),
    variant<&Variant::echo>("variant.echo"),
};

}  // namespace

bool apply_setting(std::string_view key, std::string_view value, Settings& settings) {
  const auto found = std::ranges::find(kKeys, key, &Key::name);
  return found != kKeys.end() && found->set(value, settings);
}

}  // namespace m531x::transcript
