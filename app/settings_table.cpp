// SPDX-License-Identifier: Apache-2.0
#include "app/settings_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <type_traits>
#include <vector>

#include "port/serial_port.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Kind = Setting::Kind;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kDayMs = 86'400'000;

// In the order of the enumerations' values.
constexpr std::array<std::string_view, 3> kDisconnectNames = {"DISCON", "DISCONN", "DICONN"};
constexpr std::array<std::string_view, 2> kErrorReports = {"http_error", "disconnect_code"};
constexpr std::array<std::string_view, 2> kQueryOrders = {"text_then_ok", "ok_then_text"};
constexpr std::array<std::string_view, 2> kCfgReadbacks = {"with_length", "without_length"};
constexpr std::array<std::string_view, 2> kNmihForms = {"more_length", "status_length"};
constexpr std::array<std::string_view, 2> kEmptyValues = {"refused", "clears"};
constexpr std::array<std::string_view, 2> kOverflows = {"hold", "drop"};

template <auto... Path>
std::int64_t get(const RunSettings& settings) {
  const auto& value = (settings.*....*Path);
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, Millis>) {
    return value.count();
  } else {
    return static_cast<std::int64_t>(value);
  }
}

template <auto... Path>
void set(RunSettings& settings, std::int64_t value) {
  auto& member = (settings.*....*Path);
  member = static_cast<std::remove_cvref_t<decltype(member)>>(value);
}

template <auto... Path>
constexpr Setting number(std::string_view key, std::int64_t low, std::int64_t high,
                         std::string_view unit, std::string_view meaning) {
  return {key, Kind::number, meaning, low, high, unit, {}, get<Path...>, set<Path...>};
}

template <auto Field>
constexpr Setting limit(std::string_view key, std::int64_t low, std::int64_t high,
                        std::string_view meaning) {
  return number<&RunSettings::modem, &Settings::limits, Field>(key, low, high, "bytes", meaning);
}

template <auto Field>
constexpr Setting truth(std::string_view key, std::string_view meaning) {
  constexpr auto kModem = &RunSettings::modem;
  constexpr auto kVariant = &Settings::variant;
  return {key,
          Kind::truth,
          meaning,
          0,
          1,
          "",
          {},
          get<kModem, kVariant, Field>,
          set<kModem, kVariant, Field>};
}

template <auto... Path>
constexpr Setting choice(std::string_view key, std::span<const std::string_view> names,
                         std::string_view meaning) {
  return {key, Kind::choice, meaning,      0,           static_cast<std::int64_t>(names.size()) - 1,
          "",  names,        get<Path...>, set<Path...>};
}

template <auto Field>
constexpr Setting variant(std::string_view key, std::span<const std::string_view> names,
                          std::string_view meaning) {
  return choice<&RunSettings::modem, &Settings::variant, Field>(key, names, meaning);
}

std::int64_t get_model(const RunSettings& settings) { return settings.model - models().data(); }

void set_model(RunSettings& settings, std::int64_t row) {
  const auto pool_bytes = settings.pool_bytes;
  settings = settings_of(models()[static_cast<std::size_t>(row)]);
  settings.pool_bytes = pool_bytes;
}

// The bounds are such that no accepted value can stall the modem: it takes one segment into a
// receive buffer of any size, and one answer into a queue of any size.
constexpr auto kSettings = std::to_array<Setting>({
    {"model",
     Kind::model,
     "the module; it decides the defaults of all others",
     0,
     0,
     "",
     {},
     get_model,
     set_model},
    {"line.baud",
     Kind::rate,
     "rate of the serial line at power-up",
     0,
     0,
     "baud",
     {},
     get<&RunSettings::modem, &Settings::baud>,
     set<&RunSettings::modem, &Settings::baud>},
    number<&RunSettings::modem, &Settings::urc_guard>(
        "dte.urc_guard_ms", 1, kDayMs, "ms",
        "longest silence in a partly typed line that holds reports back"),
    number<&RunSettings::modem, &Settings::mss_bytes>(
        "tcp.mss", 64, kMaxMssBytes, "bytes", "where what the server sends is cut into reports"),
    choice<&RunSettings::modem, &Settings::overflow>(
        "tcp.overflow", kOverflows,
        "when the host is too slow: stop reading the network, or lose segments as the hardware "
        "does"),
    number<&RunSettings::modem, &Settings::connect_timeout>("http.connect_timeout_ms", 1, kDayMs,
                                                            "ms", "for a connection to stand"),
    number<&RunSettings::modem, &Settings::response_timeout>(
        "http.response_timeout_ms", 1, kDayMs, "ms",
        "longest silence of the server while a response is due"),
    limit<&Limits::line_bytes>("limits.line", 16, 1'000'000, "a command line without its CR"),
    limit<&Limits::header_bytes>("limits.header", 1, 65'535, "AT+HTTPHEADER, all parts"),
    limit<&Limits::content_bytes>("limits.content", 1, kMiB, "AT+HTTPCONTENT, all parts"),
    limit<&Limits::path_bytes>("limits.path", 1, 65'535, "the path of AT+HTTPSEND"),
    limit<&Limits::url_bytes>("limits.url", 1, 65'535, "the URL of AT+HTTPCREATE"),
    limit<&Limits::user_bytes>("limits.user", 1, 1'024, "the user of AT+HTTPCREATE"),
    limit<&Limits::password_bytes>("limits.password", 1, 1'024, "the password of AT+HTTPCREATE"),
    limit<&Limits::certificate_bytes>("limits.certificate", 1, 65'535,
                                      "AT+HTTPCFG types 1 to 3, each, all parts"),
    limit<&Limits::response_header_bytes>("limits.response_header", 64, 16 * kMiB,
                                          "the status line and header lines of one response"),
    limit<&Limits::response_line_bytes>("limits.response_line", 64, kMiB,
                                        "one line of them, or of a chunk header"),
    limit<&Limits::receive_buffer_bytes>("limits.receive_buffer", 1, kMiB,
                                         "received but not yet reported, per instance"),
    limit<&Limits::dte_queue_bytes>("limits.dte_queue", 1, kMiB,
                                    "no new report starts while so much waits for the host"),
    number<&RunSettings::pool_bytes>("pool.bytes", 65'536, 1LL << 36, "bytes",
                                     "memory that all modems of the program share, as it is used"),
    variant<&Variant::disconnect_name>("variant.disconnect_name", kDisconnectNames,
                                       "the disconnect report is +HTTP..."),
    truth<&Variant::disconnect_code>("variant.disconnect_code",
                                     "the disconnect report ends in a code"),
    variant<&Variant::error_report>("variant.error_report", kErrorReports,
                                    "what tells of a failed connection"),
    truth<&Variant::connect_error_line>(
        "variant.connect_error_line", "CONNECT ERROR comes before the report of a failed connect"),
    truth<&Variant::nmic_summation>("variant.nmic_summation",
                                    "+HTTPNMIC has five fields, with <summation>"),
    truth<&Variant::reason_line>("variant.reason_line",
                                 "a line with the reason follows +HTTPERR:<id>,<status>"),
    variant<&Variant::query_order>("variant.query_order", kQueryOrders,
                                   "OK before or after the text of a query"),
    variant<&Variant::cfg_readback>("variant.cfg_readback", kCfgReadbacks,
                                    "how AT+HTTPCFG=<id>,<type> answers"),
    variant<&Variant::nmih_form>("variant.nmih_form", kNmihForms,
                                 "the fields of +HTTPNMIH after the id"),
    variant<&Variant::empty_value>("variant.empty_value", kEmptyValues,
                                   "AT+HTTPHEADER=<id>, with nothing after the comma"),
    truth<&Variant::space_after_colon>("variant.space_after_colon",
                                       "a space after the colon of 3GPP lines"),
    truth<&Variant::echo>("variant.echo", "echo at power-up"),
});

std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names;
  for (const Model& model : models()) names.push_back(model.name);
  return names;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// The index of `text` in `names`, or -1.
std::int64_t index_of(std::span<const std::string_view> names, std::string_view text) {
  const auto at = std::ranges::find_if(
      names, [text](std::string_view name) { return equal_ignoring_case(name, text); });
  return at == names.end() ? -1 : at - names.begin();
}

constexpr std::array<std::string_view, 2> kTruths = {"false", "true"};

// `a, b or c`.
template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const bool last = std::next(name) == names.end();
    text += fmt::format("{}{}", text.empty() ? "" : last ? " or " : ", ", *name);
  }
  return text;
}

}  // namespace

RunSettings settings_of(const Model& model) {
  RunSettings settings;
  settings.model = &model;
  settings.modem = default_settings(model);
  return settings;
}

std::span<const Setting> settings_table() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  const auto* const row = std::ranges::find(kSettings, key, &Setting::key);
  return row == kSettings.end() ? nullptr : row;
}

std::string range_of(const Setting& setting) {
  switch (setting.kind) {
    case Kind::number:
      return fmt::format("a number from {} to {} ({})", setting.low, setting.high, setting.unit);
    case Kind::rate:
      return listed(port::serial_rates());
    case Kind::truth:
      return listed(kTruths);
    case Kind::choice:
      return listed(setting.names);
    case Kind::model:
      break;
  }
  return listed(model_names());
}

std::string value_of(const Setting& setting, const RunSettings& settings) {
  const std::int64_t value = setting.get(settings);
  const auto index = static_cast<std::size_t>(value);
  switch (setting.kind) {
    case Kind::number:
    case Kind::rate:
      return std::to_string(value);
    case Kind::truth:
      return std::string(kTruths[index]);
    case Kind::choice:
      return std::string(setting.names[index]);
    case Kind::model:
      break;
  }
  return std::string(models()[index].name);
}

std::int64_t parse_value(const Setting& setting, std::string_view text) {
  std::int64_t value = -1;
  switch (setting.kind) {
    case Kind::number:
    case Kind::rate: {
      const char* const text_end = text.data() + text.size();
      const auto [end, error] = std::from_chars(text.data(), text_end, value);
      if (error != std::errc() || end != text_end) refuse_value(setting);
      break;
    }
    case Kind::truth:
      value = index_of(kTruths, text);
      break;
    case Kind::choice:
      value = index_of(setting.names, text);
      break;
    case Kind::model:
      value = index_of(model_names(), text);
      break;
  }
  check_value(setting, value);
  return value;
}

void check_value(const Setting& setting, std::int64_t value) {
  const bool good = setting.kind == Kind::rate ? std::ranges::find(port::serial_rates(), value) !=
                                                     port::serial_rates().end()
                    : setting.kind == Kind::number ? value >= setting.low && value <= setting.high
                                                   : value >= 0;
  if (!good) refuse_value(setting);
}

void refuse_value(const Setting& setting) {
  throw port::UserError(fmt::format("{} must be {}", setting.key, range_of(setting)));
}

}  // namespace m531x::app
