// SPDX-License-Identifier: Apache-2.0
#include "settings/rows.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace m531x::settings {
namespace {

using rows::choice;
using rows::get;
using rows::Kind;
using rows::number;
using rows::set;
using rows::text;
using rows::truth;

constexpr auto kModem = &ModuleSettings::modem;
constexpr auto kVariant = &Settings::variant;
constexpr auto kIdentity = &Settings::identity;
constexpr auto kNetwork = &Settings::network;
constexpr auto kSignal = &Network::signal;
constexpr auto kClock = &Settings::clock;
constexpr auto kBoot = &Settings::boot;
constexpr auto kConditions = &ModuleSettings::conditions;
constexpr auto kAir = &sim::Conditions::air;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kMaxBps = 1'000'000'000;

// In the order of the enumerations' values.
constexpr std::array<std::string_view, 3> kDisconnectNames = {"DISCON", "DISCONN", "DICONN"};
constexpr std::array<std::string_view, 2> kErrorReports = {"http_error", "disconnect_code"};
constexpr std::array<std::string_view, 2> kQueryOrders = {"text_then_ok", "ok_then_text"};
constexpr std::array<std::string_view, 2> kCfgReadbacks = {"with_length", "without_length"};
constexpr std::array<std::string_view, 2> kNmihForms = {"more_length", "status_length"};
constexpr std::array<std::string_view, 2> kEmptyValues = {"refused", "clears"};
constexpr std::array<std::string_view, 4> kRegistrations = {"home", "roaming", "denied",
                                                            "searching"};
constexpr std::array<std::string_view, 2> kOverflows = {"hold", "drop"};

template <auto Field>
constexpr Setting limit(std::string_view key, std::int64_t low, std::int64_t high,
                        std::string_view meaning) {
  return number<&ModuleSettings::modem, &Settings::limits, Field>(key, low, high, "bytes", meaning);
}

template <auto Field>
constexpr Setting measured(std::string_view key, const SignalRange& range, std::string_view unit,
                           std::string_view meaning) {
  Setting setting = number<&ModuleSettings::modem, &Settings::network, &Network::signal, Field>(
      key, range.low, range.high, unit, meaning);
  if (range.unknown != range.low) setting.unknown = range.unknown;
  return setting;
}

template <auto Field>
constexpr Setting variant(std::string_view key, std::span<const std::string_view> names,
                          std::string_view meaning) {
  return choice<&ModuleSettings::modem, &Settings::variant, Field>(key, names, meaning);
}

constexpr std::string_view kShortForm = "1 to 24 printable characters";
constexpr std::string_view k8BitsForm = "8 bits, or nothing: what the host asks for";
constexpr std::int64_t kLastSecond = 4'000'000'000;  // in 2096

// Printable and without a quote, so that it can stand in an answer.
template <std::size_t kLeast, std::size_t kMost>
bool is_name(std::string_view text) {
  return text.size() >= kLeast && text.size() <= kMost &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
}

template <std::size_t kLeast, std::size_t kMost>
bool is_digits(std::string_view text) {
  return text.size() >= kLeast && text.size() <= kMost &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

template <std::size_t kCount>
bool is_bits(std::string_view text) {
  return (text.empty() || text.size() == kCount) &&
         std::ranges::all_of(text, [](char c) { return c == '0' || c == '1'; });
}

bool is_ipv4(std::string_view text) {
  in_addr address;
  return ::inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

Value get_model(const ModuleSettings& settings) {
  return std::int64_t{settings.model - models().data()};
}

void set_model(ModuleSettings& settings, const Value& row) {
  settings = settings_of(models()[static_cast<std::size_t>(std::get<std::int64_t>(row))]);
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
     get<&ModuleSettings::modem, &Settings::baud>,
     set<&ModuleSettings::modem, &Settings::baud>},
    truth<kConditions, &sim::Conditions::pace>(
        "line.pace", "bytes take the time on the serial line that its rate asks for"),
    truth<kModem, &Settings::lwm2m_auto_update>(
        "lwm2m.auto_update", "the module updates its registration; off, +MIPLEVENT 14 asks for it"),
    text<kModem, &Settings::lwm2m_server>("lwm2m.server", "1 to 64 printable characters",
                                          is_name<1, 64>, "host and port of AT+MIPLCREATE"),
    text<kModem, kIdentity, &Identity::manufacturer>("module.manufacturer", kShortForm,
                                                     is_name<1, 24>, "AT+CGMI"),
    text<kModem, kIdentity, &Identity::model>("module.name", kShortForm, is_name<1, 24>,
                                              "AT+CGMM, ATI and the boot text"),
    text<kModem, kIdentity, &Identity::revision>("module.revision", "1 to 48 printable characters",
                                                 is_name<1, 48>, "AT+CGMR"),
    text<kModem, kIdentity, &Identity::imei>("module.imei", "15 digits", is_digits<15, 15>,
                                             "AT+CGSN=1"),
    text<kModem, kIdentity, &Identity::serial>("module.serial", kShortForm, is_name<1, 24>,
                                               "AT+CGSN=0"),
    truth<kModem, kIdentity, &Identity::sim>("sim.present", "a card is in its holder"),
    text<kModem, kIdentity, &Identity::imsi>("sim.imsi", "14 or 15 digits", is_digits<14, 15>,
                                             "AT+CIMI"),
    text<kModem, kIdentity, &Identity::iccid>("sim.iccid", "19 or 20 digits", is_digits<19, 20>,
                                              "AT+NCCID, AT+ICCID"),
    number<kModem, kBoot, &Boot::duration>("boot.duration_ms", 0, kDayMs, "ms",
                                           "deaf for so long after power-on and restarts"),
    truth<kModem, kBoot, &Boot::text>(
        "boot.text", "at power-on the module says what it says unasked after each restart"),
    choice<kModem, kNetwork, &Network::result>("network.registration", kRegistrations,
                                               "what becomes of an attempt to register"),
    truth<kModem, kNetwork, &Network::coverage>("network.coverage",
                                                "there is a network at power-on"),
    number<kModem, kNetwork, &Network::registration_delay>(
        "network.registration_delay_ms", 0, kDayMs, "ms", "an attempt to register takes so long"),
    number<kModem, kNetwork, &Network::attach_wait>(
        "network.attach_wait_ms", 0, kDayMs, "ms",
        "a request waits so long for a registration, then it fails"),
    number<kModem, kNetwork, &Network::inactivity>(
        "network.inactivity_ms", 0, kDayMs, "ms",
        "without data for so long, the network releases the signalling connection"),
    number<kModem, kNetwork, &Network::round_trip>("network.round_trip_ms", 1, kDayMs, "ms",
                                                   "what AT+NPING and AT+CMPING measure"),
    text<kModem, kNetwork, &Network::plmn>("network.plmn", "5 or 6 digits", is_digits<5, 6>,
                                           "AT+COPS, as number"),
    text<kModem, kNetwork, &Network::operator_name>("network.operator", kShortForm, is_name<1, 24>,
                                                    "AT+COPS, as name"),
    number<kModem, kNetwork, &Network::tac>("network.tac", 0, 0xffff, "+CEREG", "tracking area"),
    number<kModem, kNetwork, &Network::cell_id>("network.cell_id", 0, 0xfff'ffff, "+CEREG",
                                                "cell identity"),
    number<kModem, kNetwork, &Network::access_technology>("network.access_technology", 0, 9,
                                                          "<AcT>", "9 is NB-IoT, 7 LTE"),
    number<kModem, kNetwork, &Network::band>("network.band", 1, 85, "band", "of the cell"),
    number<kModem, kNetwork, &Network::earfcn>("network.earfcn", 0, 262'143, "EARFCN",
                                               "of the cell"),
    number<kModem, kNetwork, &Network::pci>("network.pci", 0, 503, "PCI", "of the cell"),
    measured<&Signal::rssi>("signal.rssi", kRssiRange, "<rssi>", "AT+CSQ"),
    measured<&Signal::ber>("signal.ber", kBerRange, "<ber>", "AT+CSQ"),
    measured<&Signal::rsrq>("signal.rsrq", kRsrqRange, "<rsrq>", "AT+CESQ"),
    measured<&Signal::rsrp>("signal.rsrp", kRsrpRange, "<rsrp>", "AT+CESQ"),
    measured<&Signal::sinr>("signal.sinr", kSinrRange, "dB", "AT+NUESTATS"),
    text<kModem, kNetwork, &Network::apn>("network.apn", "1 to 32 printable characters",
                                          is_name<1, 32>, "access point name of the first context"),
    text<kModem, kNetwork, &Network::address>("network.address", "an IPv4 address", is_ipv4,
                                              "AT+CGPADDR and +IP"),
    text<kModem, kNetwork, &Network::granted_tau>("network.granted_tau", k8BitsForm, is_bits<8>,
                                                  "T3412 that the network grants"),
    text<kModem, kNetwork, &Network::granted_active_time>(
        "network.granted_active_time", k8BitsForm, is_bits<8>, "T3324 that the network grants"),
    text<kModem, kNetwork, &Network::granted_edrx>(
        "network.granted_edrx", "4 bits, or nothing: what the host asks for", is_bits<4>,
        "eDRX cycle that the network grants"),
    number<kConditions, kAir, &sim::Air::down_bps>(
        "air.down_bps", 0, kMaxBps, "bit/s", "what the radio carries to the modem; 0 is any rate"),
    number<kConditions, kAir, &sim::Air::up_bps>("air.up_bps", 0, kMaxBps, "bit/s",
                                                 "what it carries from the modem; 0 is any rate"),
    number<kConditions, kAir, &sim::Air::latency>("air.latency_ms", 0, kHourMs, "ms",
                                                  "there and back, half of it each way"),
    number<kConditions, kAir, &sim::Air::jitter>(
        "air.jitter_ms", 0, kHourMs, "ms", "up to so much more for each segment to the modem"),
    number<kConditions, &sim::Conditions::seed>("random.seed", 0, UINT32_MAX, "seed",
                                                "of all that is left to chance"),
    number<kModem, kClock, &Clock::start>(
        "clock.start", 0, kLastSecond, "s",
        "seconds since 1970 (UTC) at power-on; to the program, 0 is now"),
    number<kModem, kClock, &Clock::zone>("clock.zone", kMinZone, kMaxZone, "quarters of an hour",
                                         "time zone of the network"),
    number<&ModuleSettings::modem, &Settings::urc_guard>(
        "dte.urc_guard_ms", 1, kDayMs, "ms",
        "longest silence in a partly typed line that holds reports back"),
    number<&ModuleSettings::modem, &Settings::mss_bytes>(
        "tcp.mss", 64, kMaxMssBytes, "bytes", "where what the server sends is cut into reports"),
    choice<&ModuleSettings::modem, &Settings::overflow>(
        "tcp.overflow", kOverflows,
        "when the host is too slow: stop reading the network, or lose segments as the hardware "
        "does"),
    number<&ModuleSettings::modem, &Settings::connect_timeout>("http.connect_timeout_ms", 1, kDayMs,
                                                               "ms", "for a connection to stand"),
    number<&ModuleSettings::modem, &Settings::send_timeout>(
        "http.send_timeout_ms", 1, kDayMs, "ms",
        "longest time that the server takes nothing of a request"),
    number<&ModuleSettings::modem, &Settings::response_timeout>(
        "http.response_timeout_ms", 1, kDayMs, "ms",
        "for the first byte of a response, from the last one of its request"),
    number<&ModuleSettings::modem, &Settings::between_bytes_timeout>(
        "http.between_bytes_timeout_ms", 1, kDayMs, "ms",
        "longest silence of the server within a response"),
    number<&ModuleSettings::modem, &Settings::request_timeout>(
        "http.request_timeout_ms", 0, kDayMs, "ms",
        "for the whole of a request, from AT+HTTPSEND to the last byte; 0 is for ever"),
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
    limit<&Limits::send_buffer_bytes>("limits.send_buffer", 64, 2 * kMiB,
                                      "a request as it goes out, with header and content"),
    limit<&Limits::dte_queue_bytes>("limits.dte_queue", 1, kMiB,
                                    "no new report starts while so much waits for the host"),
    variant<&Variant::disconnect_name>("variant.disconnect_name", kDisconnectNames,
                                       "the disconnect report is +HTTP..."),
    truth<kModem, kVariant, &Variant::disconnect_code>("variant.disconnect_code",
                                                       "the disconnect report ends in a code"),
    variant<&Variant::error_report>("variant.error_report", kErrorReports,
                                    "what tells of a failed connection"),
    truth<kModem, kVariant, &Variant::connect_error_line>(
        "variant.connect_error_line", "CONNECT ERROR comes before the report of a failed connect"),
    truth<kModem, kVariant, &Variant::nmic_summation>(
        "variant.nmic_summation", "+HTTPNMIC has five fields, with <summation>"),
    truth<kModem, kVariant, &Variant::reason_line>(
        "variant.reason_line", "a line with the reason follows +HTTPERR:<id>,<status>"),
    variant<&Variant::query_order>("variant.query_order", kQueryOrders,
                                   "OK before or after the text of a query"),
    variant<&Variant::cfg_readback>("variant.cfg_readback", kCfgReadbacks,
                                    "how AT+HTTPCFG=<id>,<type> answers"),
    variant<&Variant::nmih_form>("variant.nmih_form", kNmihForms,
                                 "the fields of +HTTPNMIH after the id"),
    variant<&Variant::empty_value>("variant.empty_value", kEmptyValues,
                                   "AT+HTTPHEADER=<id>, with nothing after the comma"),
    truth<kModem, kVariant, &Variant::space_after_colon>("variant.space_after_colon",
                                                         "a space after the colon of 3GPP lines"),
    truth<kModem, kVariant, &Variant::echo>("variant.echo", "echo at power-up"),
});

}  // namespace

ModuleSettings settings_of(const Model& model) {
  return {.model = &model, .modem = default_settings(model), .conditions = {}};
}

// What NB-IoT carries at best (36.306: category NB1) less its overhead, and how long it takes on an
// ordinary day.
void be_as_hardware(ModuleSettings& settings) {
  constexpr Millis kRoundTrip{1'600};
  settings.conditions.pace = true;
  settings.conditions.air = {
      .down_bps = 25'000, .up_bps = 16'000, .latency = kRoundTrip, .jitter = Millis(200)};
  settings.modem.overflow = Overflow::drop;
  settings.modem.boot = {.duration = Millis(3'000), .text = true};
  settings.modem.network.registration_delay = Millis(6'000);
  settings.modem.network.round_trip = kRoundTrip;
}

std::span<const Setting> module_table() { return kSettings; }

const Setting* find_setting(std::span<const Setting> table, std::string_view key) {
  const auto row = std::ranges::find(table, key, &Setting::key);
  return row == table.end() ? nullptr : &*row;
}

bool apply(std::string_view key, std::string_view value, ModuleSettings& settings) {
  const Setting* const setting = find_setting(kSettings, key);
  if (setting == nullptr || setting->kind == Kind::model) return false;
  const auto parsed = parse_value(*setting, value);
  if (parsed) setting->set(settings, *parsed);
  return parsed.has_value();
}

}  // namespace m531x::settings
