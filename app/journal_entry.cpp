// SPDX-License-Identifier: Apache-2.0
// The lines of a journal: one table of how calls are written, read both ways.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "app/journal.h"
#include "app/redact.h"
#include "m531x/ascii.h"
#include "port/user_error.h"
#include "scenario/fault_table.h"
#include "transcript/script.h"

namespace m531x::app {
namespace {

using sim::Call;
using CallKind = Call::Kind;
using port::UserError;

// Behind the words of a call that takes of the output: there was more.
constexpr std::string_view kMore = "...";

// What follows the words of a call.
enum class Rest : std::uint8_t {
  none,
  bytes,
  cause,
  signal,
  fault,
  target,
  instance,
  message,
  id,
  failure,
};

struct Form {
  std::string_view words;
  bool of_net;  // behind `net <conn>`
  Rest rest;
  Call call;  // what the words say of it
};

constexpr Call action(Action::Kind kind, bool tls = false) {
  return {.kind = CallKind::next_action,
          .action = {.kind = kind, .conn = 0, .host = {}, .tls = tls}};
}

// Of two words that begin alike the longer ones are first.
constexpr auto kForms = std::to_array<Form>({
    {">", false, Rest::bytes, {.kind = CallKind::dte_received}},
    {"<", false, Rest::bytes, {.kind = CallKind::dte_sent}},
    {">", true, Rest::bytes, {.kind = CallKind::net_received}},
    {"<", true, Rest::bytes, {.kind = CallKind::net_sent}},
    {"opened", true, Rest::none, {.kind = CallKind::net_opened}},
    {"asked", true, Rest::none, {.kind = CallKind::net_output}},
    {"ended", true, Rest::cause, {.kind = CallKind::net_closed}},
    {"resolved", false, Rest::bytes, {.kind = CallKind::net_resolved}},
    {"checked good", false, Rest::none, {.kind = CallKind::net_checked, .yes = true}},
    {"checked bad", false, Rest::none, {.kind = CallKind::net_checked}},
    {"reset pressed", false, Rest::none, {.kind = CallKind::reset}},
    {"watchdog bites",
     false,
     Rest::none,
     {.kind = CallKind::reset, .reset_cause = ResetCause::watchdog}},
    {"coverage found", false, Rest::none, {.kind = CallKind::set_coverage, .yes = true}},
    {"coverage lost", false, Rest::none, {.kind = CallKind::set_coverage}},
    {"signal", false, Rest::signal, {.kind = CallKind::set_signal}},
    {"inject", false, Rest::bytes, {.kind = CallKind::inject}},
    {"fault", false, Rest::fault, {.kind = CallKind::add_fault}},
    {"faults cleared", false, Rest::none, {.kind = CallKind::clear_faults}},
    {"tick", false, Rest::none, {.kind = CallKind::tick}},
    {"connect tls", true, Rest::target, action(Action::Kind::connect, true)},
    {"connect", true, Rest::target, action(Action::Kind::connect)},
    {"close", true, Rest::none, action(Action::Kind::close)},
    {"coap opened", false, Rest::none, {.kind = CallKind::coap_opened}},
    {"coap >", false, Rest::message, {.kind = CallKind::coap_received}},
    {"coap acknowledged", false, Rest::id, {.kind = CallKind::coap_acknowledged}},
    {"coap failed", false, Rest::failure, {.kind = CallKind::coap_failed}},
    {"coap ended", false, Rest::cause, {.kind = CallKind::coap_closed}},
    {"coap sent", false, Rest::none, {.kind = CallKind::coap_sent}},
    {"coap open dtls", false, Rest::target, action(Action::Kind::coap_open, true)},
    {"coap open", false, Rest::target, action(Action::Kind::coap_open)},
    {"coap close", false, Rest::none, action(Action::Kind::coap_close)},
    {"resolve", false, Rest::bytes, action(Action::Kind::resolve)},
    {"check", false, Rest::instance, action(Action::Kind::check)},
});

bool is_of(const Form& form, const Call& call) {
  const auto what = [](const Call& one) {
    return std::tuple(one.kind, one.yes, one.reset_cause, one.action.kind, one.action.tls);
  };
  return what(form.call) == what(call);
}

constexpr auto kSignalFields = std::to_array<std::pair<int (*)(const Signal&), SignalRange>>({
    {[](const Signal& signal) { return int{signal.rssi}; }, kRssiRange},
    {[](const Signal& signal) { return int{signal.ber}; }, kBerRange},
    {[](const Signal& signal) { return int{signal.rsrq}; }, kRsrqRange},
    {[](const Signal& signal) { return int{signal.rsrp}; }, kRsrpRange},
    {[](const Signal& signal) { return int{signal.sinr}; }, kSinrRange},
});

ConnId& conn_of(Call& call) {
  return call.kind == CallKind::next_action ? call.action.conn : call.conn;
}

// Takes the next word off `rest`, and the space behind it.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

std::int64_t number(std::string_view word, std::string_view what, std::int64_t low,
                    std::int64_t high) {
  std::int64_t value = 0;
  const char* const end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, value);
  if (error != std::errc() || at != end || value < low || value > high) {
    throw UserError(fmt::format("{} must be a number from {} to {}", what, low, high));
  }
  return value;
}

// The way back from escaped().
std::string unescaped(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    constexpr std::string_view kLetters = "rnt\\";
    constexpr std::string_view kMeanings = "\r\n\t\\";
    const char c = text.front();
    const std::size_t letter = text.size() > 1 ? kLetters.find(text[1]) : std::string_view::npos;
    std::size_t size = 1;
    if (c != '\\') {
      if (static_cast<unsigned char>(c) < ' ') throw UserError("a control character stands there");
      bytes += c;
    } else if (letter != std::string_view::npos) {
      bytes += kMeanings[letter];
      size = 2;
    } else if (text.size() >= 4 && text[1] == 'x' && is_hex_digit(text[2]) &&
               is_hex_digit(text[3])) {
      bytes += static_cast<char>(hex_value(text[2]) * 16 + hex_value(text[3]));
      size = 4;
    } else {
      throw UserError("a backslash is followed by r, n, t, a backslash or x and two hex digits");
    }
    text.remove_prefix(size);
  }
  if (bytes.size() > kMaxEntryBytes) {
    throw UserError(fmt::format("there are more than {} bytes", kMaxEntryBytes));
  }
  return bytes;
}

}  // namespace

sim::Fault read_fault(std::string_view text) {
  try {
    return scenario::parse_fault(unescaped(text));
  } catch (const scenario::Error& error) {
    throw UserError(escaped(error.what()));  // it quotes the words
  }
}

namespace {

// Its numbers, in order; those of the lengths say how its bytes are cut.
std::string message_text(const Entry& entry) {
  const CoapMessage& message = entry.call.coap;
  return fmt::format("{} {} {} {} {} {} {} {} {}", static_cast<int>(message.kind), message.id,
                     message.code, static_cast<unsigned>(message.format),
                     static_cast<unsigned>(message.accept), static_cast<int>(message.observe),
                     entry.path_bytes, entry.query_bytes, escaped(entry.bytes));
}

void read_message(std::string_view rest, Entry& entry) {
  CoapMessage& message = entry.call.coap;
  const auto next = [&rest](std::string_view what, std::int64_t high) {
    return number(take_word(rest), what, 0, high);
  };
  message.kind = static_cast<CoapMessage::Kind>(next("a kind of message", 1));
  message.id = static_cast<CoapId>(next("the number of a message", UINT16_MAX));
  message.code = static_cast<CoapCode>(next("a code", UINT8_MAX));
  message.format = static_cast<ContentFormat>(next("a format", UINT16_MAX));
  message.accept = static_cast<ContentFormat>(next("a format", UINT16_MAX));
  message.observe = static_cast<CoapMessage::Observe>(next("what is observed", 2));
  entry.path_bytes = static_cast<std::size_t>(next("a length", kMaxEntryBytes));
  entry.query_bytes = static_cast<std::size_t>(next("a length", kMaxEntryBytes));
  entry.bytes = unescaped(rest);
  if (entry.path_bytes + entry.query_bytes > entry.bytes.size()) {
    throw UserError("the message is shorter than its path and query");
  }
}

void read_failure(std::string_view rest, Call& call) {
  call.coap.kind = static_cast<CoapMessage::Kind>(number(take_word(rest), "a kind", 0, 2));
  call.coap.id =
      static_cast<CoapId>(number(take_word(rest), "the number of a message", 0, UINT16_MAX));
  call.failure = static_cast<CoapFailure>(number(rest, "a failure", 0, 1));
}

std::string rest_of(const Form& form, const Entry& entry) {
  const Call& call = entry.call;
  switch (form.rest) {
    case Rest::none:
      return "";
    case Rest::bytes:
      return escaped(entry.bytes);
    case Rest::cause:
      return std::string(transcript::name_of(call.why));
    case Rest::signal: {
      std::string text;
      for (const auto& [get, range] : kSignalFields) {
        text += fmt::format("{}{}", text.empty() ? "" : " ", get(call.signal));
      }
      return text;
    }
    case Rest::fault:
      return escaped(scenario::words_of_fault(entry.fault));
    case Rest::target:
      return fmt::format("{}:{}", escaped(entry.bytes), call.action.port);
    case Rest::message:
      return message_text(entry);
    case Rest::id:
      return std::to_string(call.coap.id);
    case Rest::failure:
      return fmt::format("{} {} {}", static_cast<int>(call.coap.kind), call.coap.id,
                         static_cast<int>(call.failure));
    case Rest::instance:
      break;
  }
  return std::to_string(call.action.instance);
}

void read_signal(std::string_view rest, Signal& signal) {
  std::array<int, kSignalFields.size()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const SignalRange& range = kSignalFields[i].second;
    const std::string_view word = take_word(rest);
    const bool unknown = word == std::to_string(range.unknown);
    values[i] = unknown
                    ? range.unknown
                    : static_cast<int>(number(word, "a part of the signal", range.low, range.high));
  }
  if (!rest.empty()) throw UserError("a signal has five numbers");
  signal = {static_cast<std::uint8_t>(values[0]), static_cast<std::uint8_t>(values[1]),
            static_cast<std::uint8_t>(values[2]), static_cast<std::uint8_t>(values[3]),
            static_cast<std::int8_t>(values[4])};
}

void read_target(std::string_view rest, Entry& entry) {
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) throw UserError("a target is HOST:PORT");
  entry.bytes = unescaped(rest.substr(0, colon));
  entry.call.action.port =
      static_cast<std::uint16_t>(number(rest.substr(colon + 1), "a port", 1, UINT16_MAX));
}

void read_rest(const Form& form, std::string_view rest, Entry& entry) {
  Call& call = entry.call;
  switch (form.rest) {
    case Rest::none:
      if (!rest.empty()) throw UserError(fmt::format("nothing follows \"{}\"", form.words));
      return;
    case Rest::bytes:
      entry.bytes = unescaped(rest);
      call.byte_count = entry.bytes.size();
      return;
    case Rest::cause: {
      const auto cause = transcript::find_cause(rest);
      if (!cause) throw UserError("that is no cause");
      call.why = *cause;
      return;
    }
    case Rest::signal:
      return read_signal(rest, call.signal);
    case Rest::fault:
      entry.fault = read_fault(rest);
      return;
    case Rest::target:
      return read_target(rest, entry);
    case Rest::message:
      return read_message(rest, entry);
    case Rest::id:
      call.coap.id = static_cast<CoapId>(number(rest, "the number of a message", 0, UINT16_MAX));
      return;
    case Rest::failure:
      return read_failure(rest, call);
    case Rest::instance:
      call.action.instance =
          static_cast<std::uint8_t>(number(rest, "an instance", 0, kMaxInstances - 1));
      return;
  }
}

void read_call(std::string_view rest, Entry& entry) {
  const bool of_net = rest.starts_with("net ");
  ConnId conn = 0;
  if (of_net) {
    rest.remove_prefix(4);
    conn = static_cast<ConnId>(number(take_word(rest), "a connection", 0, kMaxConnections - 1));
  }
  for (const Form& form : kForms) {
    if (form.of_net != of_net || !rest.starts_with(form.words)) continue;
    std::string_view behind = rest.substr(form.words.size());
    const bool takes = form.call.kind == CallKind::dte_sent || form.call.kind == CallKind::net_sent;
    entry.is_part = takes && behind.starts_with(kMore);
    if (entry.is_part) behind.remove_prefix(kMore.size());
    if (!behind.empty() && !behind.starts_with(' ')) continue;
    if (!behind.empty()) behind.remove_prefix(1);
    const Millis now = entry.call.now;
    entry.call = form.call;
    entry.call.now = now;
    if (of_net) conn_of(entry.call) = conn;
    return read_rest(form, behind, entry);
  }
  throw UserError("that is no call of a modem");
}

Flash read_flash(std::string_view hex) {
  Flash flash;
  if (hex.empty()) return flash;
  std::string image;
  for (std::size_t at = 0; at + 1 < hex.size() && image.size() <= kFlashImageBytes; at += 2) {
    if (!is_hex_digit(hex[at]) || !is_hex_digit(hex[at + 1])) break;
    image += static_cast<char>(hex_value(hex[at]) * 16 + hex_value(hex[at + 1]));
  }
  if (hex.size() != 2 * kFlashImageBytes || !decode(image, flash)) {
    throw UserError("what the module kept is damaged");
  }
  return flash;
}

std::string flash_text(const Flash& flash) {
  if (flash == Flash()) return "";
  std::string hex = " ";
  for (const char byte : encode(flash))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace

Call Entry::with_views() const {
  Call whole = call;
  if (call.kind == sim::Call::Kind::next_action) {
    whole.action.host = bytes;
  } else if (call.kind == sim::Call::Kind::coap_received) {
    const Bytes all = bytes;
    whole.coap.path = all.substr(0, path_bytes);
    whole.coap.query = all.substr(path_bytes, query_bytes);
    whole.coap.payload = all.substr(path_bytes + query_bytes);
  } else {
    whole.bytes = bytes;
    whole.fault = &fault;
  }
  return whole;
}

std::string line_of(const Entry& entry) {
  const std::string start = fmt::format("{} {} ", entry.call.now.count(), entry.modem);
  const auto spaced = [](const std::string& text) { return text.empty() ? "" : ' ' + text; };
  switch (entry.kind) {
    case Entry::Kind::on:
      return start + "on" + flash_text(entry.flash) + '\n';
    case Entry::Kind::off:
      if (entry.undone == 0 && entry.bytes.empty()) return start + "off\n";
      return start + fmt::format("off {}", entry.undone) + spaced(escaped(entry.bytes)) + '\n';
    case Entry::Kind::nothing:
      return start + "nothing\n";
    case Entry::Kind::call:
      break;
  }
  const auto form =
      std::ranges::find_if(kForms, [&entry](const Form& one) { return is_of(one, entry.call); });
  Call call = entry.call;
  const std::string net = form->of_net ? fmt::format("net {} ", conn_of(call)) : "";
  const std::string_view more = entry.is_part ? kMore : "";
  return start + net + std::string(form->words) + std::string(more) +
         spaced(rest_of(*form, entry)) + '\n';
}

Entry parse_entry(std::string_view line) {
  Entry entry;
  entry.call.now = Millis(number(take_word(line), "the time", 0, kMaxJournalTime.count()));
  entry.modem = static_cast<unsigned>(number(take_word(line), "the modem", 0, UINT32_MAX));
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (word == "on") {
    entry.kind = Entry::Kind::on;
    entry.flash = read_flash(rest);
  } else if (word == "off") {
    entry.kind = Entry::Kind::off;
    if (!rest.empty()) {
      constexpr std::int64_t kMostUndone = 1'000;
      entry.undone =
          static_cast<unsigned>(number(take_word(rest), "what is undone", 0, kMostUndone));
    }
    entry.bytes = unescaped(rest);
  } else {
    read_call(line, entry);
  }
  return entry;
}

}  // namespace m531x::app
