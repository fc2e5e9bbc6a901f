// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/script.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "mem/text.h"

namespace m531x::fuzz {
namespace {

using CallKind = Call::Kind;

// A setting that changes what a session can do, with the range that inputs give it.
struct Setting {
  std::string_view name;
  std::uint32_t low;
  std::uint32_t high;
  void (*set)(Script&, std::uint32_t);
};

template <auto Field>
constexpr Setting limit(std::string_view name, std::uint32_t low, std::uint32_t high) {
  return {name, low, high,
          [](Script& script, std::uint32_t value) { script.settings.limits.*Field = value; }};
}

template <auto Field>
constexpr Setting variant(std::string_view name, std::uint32_t high) {
  return {name, 0, high, [](Script& script, std::uint32_t value) {
            auto& field = script.settings.variant.*Field;
            field = static_cast<std::remove_reference_t<decltype(field)>>(value);
          }};
}

template <auto Field>
constexpr Setting time(std::string_view name, std::uint32_t low, std::uint32_t high) {
  return {name, low, high,
          [](Script& script, std::uint32_t value) { script.settings.*Field = Millis(value); }};
}

template <auto Part, auto Field>
constexpr Setting part(std::string_view name, std::uint32_t low, std::uint32_t high) {
  return {name, low, high, [](Script& script, std::uint32_t value) {
            auto& field = script.settings.*Part.*Field;
            field = static_cast<std::remove_reference_t<decltype(field)>>(value);
          }};
}

constexpr auto kSettings = std::to_array<Setting>({
    {"model", 0, 3,
     [](Script& script, std::uint32_t value) {
       script.model = &models()[value];
       script.settings = default_settings(*script.model);
       script.settings.limits.line_bytes = 2'000;
     }},
    {"blocks", 12, kManyBlocks,
     [](Script& script, std::uint32_t value) { script.block_count = value; }},
    {"mss", 64, kMaxMssBytes,
     [](Script& script, std::uint32_t value) {
       script.settings.mss_bytes = static_cast<std::uint16_t>(value);
     }},
    {"drop", 0, 1,
     [](Script& script, std::uint32_t value) {
       script.settings.overflow = static_cast<Overflow>(value);
     }},
    limit<&Limits::line_bytes>("line", 16, 4'000),
    limit<&Limits::header_bytes>("header", 1, 2'000),
    limit<&Limits::content_bytes>("content", 1, 4'000),
    limit<&Limits::path_bytes>("path", 1, 1'000),
    limit<&Limits::url_bytes>("url", 1, 1'000),
    limit<&Limits::user_bytes>("user", 1, 100),
    limit<&Limits::password_bytes>("password", 1, 100),
    limit<&Limits::certificate_bytes>("certificate", 1, 4'000),
    limit<&Limits::response_header_bytes>("response_header", 64, 100'000),
    limit<&Limits::response_line_bytes>("response_line", 64, 30'000),
    limit<&Limits::receive_buffer_bytes>("receive_buffer", 1, 10'000),
    limit<&Limits::dte_queue_bytes>("dte_queue", 1, 10'000),
    time<&Settings::connect_timeout>("connect_timeout", 1, 100'000),
    time<&Settings::response_timeout>("response_timeout", 1, 100'000),
    time<&Settings::urc_guard>("urc_guard", 1, 10'000),
    {"auto_update", 0, 1,
     [](Script& script, std::uint32_t value) { script.settings.lwm2m_auto_update = value != 0; }},
    part<&Settings::boot, &Boot::text>("boot_text", 0, 1),
    {"boot_duration", 0, 5'000,
     [](Script& script, std::uint32_t value) { script.settings.boot.duration = Millis(value); }},
    part<&Settings::network, &Network::result>("registration", 0, 3),
    {"registration_delay", 0, 5'000,
     [](Script& script,
        std::uint32_t value) { script.settings.network.registration_delay = Millis(value); }},
    {"attach_wait", 0, 5'000,
     [](Script& script,
        std::uint32_t value) { script.settings.network.attach_wait = Millis(value); }},
    part<&Settings::network, &Network::coverage>("coverage", 0, 1),
    part<&Settings::identity, &Identity::sim>("sim", 0, 1),
    variant<&Variant::disconnect_name>("disconnect_name", 2),
    variant<&Variant::disconnect_code>("disconnect_code", 1),
    variant<&Variant::error_report>("error_report", 1),
    variant<&Variant::connect_error_line>("connect_error_line", 1),
    variant<&Variant::nmic_summation>("nmic_summation", 1),
    variant<&Variant::reason_line>("reason_line", 1),
    variant<&Variant::query_order>("query_order", 1),
    variant<&Variant::cfg_readback>("cfg_readback", 1),
    variant<&Variant::nmih_form>("nmih_form", 1),
    variant<&Variant::empty_value>("empty_value", 1),
    variant<&Variant::space_after_colon>("space_after_colon", 1),
    variant<&Variant::echo>("echo", 1),
});

// How a call begins, and what follows.
enum class Follows : std::uint8_t { nothing, number, bytes, conn, conn_bytes, conn_number, cause };
struct Form {
  char letter;
  CallKind kind;
  Follows follows;
  std::uint32_t high = 0;  // of the number
};

constexpr std::uint32_t kLongestWait = 200'000;

constexpr auto kForms = std::to_array<Form>({
    {'>', CallKind::host_types, Follows::bytes},
    {'r', CallKind::host_reads, Follows::number, Call::kAll},
    {'o', CallKind::server_opens, Follows::conn},
    {'<', CallKind::server_sends, Follows::conn_bytes},
    {'e', CallKind::server_ends, Follows::cause},
    {'w', CallKind::server_reads, Follows::conn_number, 1},
    {'a', CallKind::resolved, Follows::bytes},
    {'c', CallKind::checked, Follows::number, 1},
    {'+', CallKind::time_passes, Follows::number, kLongestWait},
    {'n', CallKind::coverage, Follows::number, 1},
    {'g', CallKind::signal, Follows::number, 99},
    {'p', CallKind::reset_pressed, Follows::nothing},
    {'d', CallKind::watchdog_bites, Follows::nothing},
    {'i', CallKind::injected, Follows::bytes},
    {'m', CallKind::others_take, Follows::number, kManyBlocks},
    {'q', CallKind::others_output, Follows::number, kManyBlocks},
    {'O', CallKind::coap_opens, Follows::nothing},
    {'E', CallKind::coap_ends, Follows::cause},
    {'C', CallKind::coap_says, Follows::bytes},
    {'K', CallKind::coap_acknowledges, Follows::number, UINT16_MAX},
    {'F', CallKind::coap_fails, Follows::number, UINT16_MAX},
});

int hex_value(char c) {
  constexpr Bytes kDigits = "0123456789abcdef";
  const std::size_t at = kDigits.find(static_cast<char>(c | 0x20));
  return at == Bytes::npos ? -1 : static_cast<int>(at);
}

// \r, \n, \\ and \xhh; any other backslash is one.
std::string unescape(Bytes text) {
  std::string bytes;
  while (!text.empty()) {
    const bool is_hex = text.size() >= 4 && text.starts_with("\\x") && hex_value(text[2]) >= 0 &&
                        hex_value(text[3]) >= 0;
    std::size_t size = 2;
    if (text.starts_with("\\r")) {
      bytes += '\r';
    } else if (text.starts_with("\\n")) {
      bytes += '\n';
    } else if (text.starts_with("\\\\")) {
      bytes += '\\';
    } else if (is_hex) {
      bytes += static_cast<char>(hex_value(text[2]) * 16 + hex_value(text[3]));
      size = 4;
    } else {
      bytes += text.front();
      size = 1;
    }
    text.remove_prefix(size);
  }
  return bytes;
}

std::uint32_t number_of(Bytes text, std::uint32_t low, std::uint32_t high) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::clamp(value, low, high);
}

void apply_setting(Bytes text, Script& script) {
  const std::size_t space = std::min(text.find(' '), text.size());
  const auto* const setting = std::ranges::find(kSettings, mem::first(text, space), &Setting::name);
  if (setting == kSettings.end()) return;
  setting->set(script, number_of(mem::after(text, space + 1), setting->low, setting->high));
}

std::optional<Call> parse_call(Bytes line) {
  const auto* const form = std::ranges::find(kForms, line.front(), &Form::letter);
  if (form == kForms.end()) return std::nullopt;
  Call call{.kind = form->kind, .bytes = {}};
  Bytes rest = mem::after(line, 1);
  if (form->follows >= Follows::conn) {
    const std::uint32_t conn = rest.empty() ? 0 : static_cast<unsigned char>(rest.front()) - '0';
    call.conn = static_cast<ConnId>(conn % kMaxConnections);
    rest = mem::after(rest, 1);
  }
  switch (form->follows) {
    case Follows::nothing:
    case Follows::conn:
      break;
    case Follows::number:
    case Follows::conn_number:
      call.number = number_of(rest, 0, form->high);
      break;
    case Follows::bytes:
    case Follows::conn_bytes:
      call.bytes = unescape(rest);
      break;
    case Follows::cause:
      call.cause = static_cast<Cause>(number_of(rest, 0, kCauseCount - 1));
      break;
  }
  return call;
}

}  // namespace

std::span<const std::string_view> setting_names() {
  static constexpr auto kNames = [] {
    std::array<std::string_view, kSettings.size()> names;
    std::ranges::transform(kSettings, names.begin(), &Setting::name);
    return names;
  }();
  return kNames;
}

Script parse_script(Bytes text) {
  Script script;
  script.block_count = kManyBlocks;
  apply_setting("model 0", script);
  while (!text.empty() && script.calls.size() < kMaxCalls) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const Bytes line = mem::first(text, end);
    text = mem::after(text, end + 1);
    if (line.empty()) continue;
    if (line.front() == '=') {
      apply_setting(mem::after(line, 1), script);
    } else if (const auto call = parse_call(line)) {
      script.calls.push_back(*call);
    }
  }
  return script;
}

}  // namespace m531x::fuzz
