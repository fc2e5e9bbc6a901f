// SPDX-License-Identifier: Apache-2.0
// Command lines (V.250 5.2, manual 1.1 to 1.6): what is hidden in each parameter, and how.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/mask.h"
#include "app/mask_lwm2m.h"
#include "app/redact_url.h"
#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::size_t kConfigParameters = 5;  // of AT+MIPLCREATE
constexpr char kNumberMask = '9';             // where few numbers are allowed, it is none of them

// What may be hidden without a trace in how a line is cut: no end of a line, nothing that edits it.
bool stays(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\x7f'; }

// The same, of a byte that is spelled; a colon may stand behind a field's name.
bool stays_spelled(char c) { return (stays(c) && c != '"') || c == ':'; }

// A comma or semicolon behind a quote may end a string.
bool may_end_string(Bytes before, char c) {
  while (before.ends_with(' ')) before.remove_suffix(1);
  return (c == ',' || c == ';') && before.ends_with('"');
}

void hide_byte(std::string& body, std::size_t at, char mask = kMask) {
  char& c = body[at];
  if (!stays(c) && !may_end_string(Bytes(body).substr(0, at), c)) c = mask;
}

// Hides `size` bytes that spell themselves, but those in `kept`. A number stays one.
void hide_plain(std::string& body, std::size_t begin, std::size_t size,
                std::string_view kept = ":") {
  const auto* const from = body.data() + begin;
  const bool number = std::all_of(from, from + size, is_digit);
  for (std::size_t at = begin; at < begin + size; ++at) {
    if (kept.find(body[at]) == std::string_view::npos)
      hide_byte(body, at, number ? kNumberMask : kMask);
  }
}

// One byte's spelling, at `at`: an escape keeps its length and stays one.
void hide_unit(std::string& body, std::size_t at, const Unit& unit) {
  constexpr std::size_t kLetter = 2;
  constexpr std::size_t kTwoOctal = 3;
  if (unit.size == 1) {
    if (unit.byte != ':') hide_byte(body, at);
    return;
  }
  const char second = body[at + 1];
  const bool too_large = unit.size > kTwoOctal && second > '3' && is_digit(second);
  if (stays_spelled(unit.byte) || too_large) return;
  if (unit.size == kLetter) {
    body[at + 1] = '?';
  } else if (second == 'x') {
    body.replace(at + 2, unit.size - 2, "2a");
  } else {
    body.replace(at + 1, unit.size - 1, unit.size == kTwoOctal ? "52" : "052");
  }
}

// A byte and where its spelling begins.
struct Spelled {
  std::size_t at;
  Unit unit;
};

// The bytes that `text`, which begins at `begin`, spells; not `whole` when it is malformed behind
// them.
std::vector<Spelled> spelled(Bytes text, std::size_t begin, bool hex, bool& whole) {
  std::vector<Spelled> all;
  whole = true;
  while (!text.empty()) {
    Unit unit = hex ? Unit{0, 0} : read_unit(text);
    if (hex && text.size() >= 2 && is_hex_digit(text[0]) && is_hex_digit(text[1])) {
      unit = {static_cast<char>(hex_value(text[0]) * 16 + hex_value(text[1])), 2};
    }
    if (unit.size == 0) {
      whole = false;
      return all;
    }
    all.push_back({begin, unit});
    begin += unit.size;
    text.remove_prefix(unit.size);
  }
  return all;
}

void hide_spelled(std::string& body, const Spelled& one, bool hex) {
  if (!hex) return hide_unit(body, one.at, one.unit);
  if (!stays_spelled(one.unit.byte)) body.replace(one.at, 2, "2a");
}

// What does not spell a byte must not come to spell one.
void hide_malformed(std::string& body, std::size_t begin, std::size_t size, bool hex) {
  for (std::size_t at = begin; at < begin + size; ++at) {
    if (hex || body[at] != '\\') hide_byte(body, at);
  }
}

void hide_encoded(std::string& body, std::size_t begin, std::size_t size, bool hex) {
  bool whole = true;
  const auto all = spelled(Bytes(body).substr(begin, size), begin, hex, whole);
  for (const Spelled& one : all) hide_spelled(body, one, hex);
  const std::size_t end = all.empty() ? begin : all.back().at + all.back().unit.size;
  if (!whole) hide_malformed(body, end, begin + size - end, hex);
}

// The hex of a configuration in one part; of several, only their sizes stay.
void hide_config_hex(std::string& body, std::size_t begin, std::size_t size, bool is_whole) {
  bool good = true;
  std::string bytes;
  for (const Spelled& one : spelled(Bytes(body).substr(begin, size), begin, true, good)) {
    bytes += one.unit.byte;
  }
  if (!good) return hide_plain(body, begin, size);
  if (is_whole) {
    hide_configuration(bytes);
  } else {
    HostMask::hide_all(bytes);
  }
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  body.replace(begin, size, hex);
}

// `A/` repeats the last line wherever it stands.
void hide_before_prefix(std::span<char> bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at + 1 < bytes.size() && to_upper(bytes[at]) == 'A' && bytes[at + 1] == '/') {
      ++at;
    } else {
      HostMask::hide_all(bytes.subspan(at, 1));
    }
  }
}

// User and keys in a URL or a path, which begins at `begin`.
void hide_in_url(std::string& body, std::size_t begin, Bytes url) {
  constexpr std::string_view kKept = ":/";
  if (const auto user = find_user(url)) hide_plain(body, begin + user->begin, user->size, kKept);
  for (const Part& part : find_query_keys(url)) {
    hide_plain(body, begin + part.begin, part.size, kKept);
  }
}

enum class Encoding : bool { escapes, hex };

// How parameter `value` is spelled, as the next one says. nullopt: it says nothing that is known.
std::optional<Encoding> encoding_of(const std::vector<TypedParameter>& all, std::size_t value) {
  if (all.size() == value + 1) return Encoding::escapes;
  if (all.size() != value + 2) return std::nullopt;
  const auto number = number_of(trimmed(all[value + 1].text));
  if (!number || *number > 1) return std::nullopt;
  return static_cast<Encoding>(*number);
}

}  // namespace

void HostMask::hide_all(std::span<char> bytes) {
  for (char& c : bytes) {
    if (c != '\r' && c != '\n' && c != '\b') c = kMask;
  }
}

std::size_t HostMask::line_size(Bytes typed) {
  char before = 0;
  for (std::size_t at = 0; at < typed.size(); ++at) {
    const char c = to_upper(typed[at]);
    if (c == '\r' || (before == 'A' && c == '/')) return at + 1;
    // What follows AT ends in a CR.
    if (before == 'A' && c == 'T') return typed.find('\r', at) + 1;
    before = c;
  }
  return 0;
}

void HostMask::hide(std::string& line) {
  if (is_unsure()) return hide_all(line);
  static_cast<void>(redactor_.show(line));
  const std::size_t prefix = find_prefix(line);
  hide_before_prefix(std::span(line).first(prefix));
  if (prefix == line.size()) return;
  // As the line is edited; what was taken back was typed all the same.
  std::string body;
  std::vector<std::size_t> places;
  for (std::size_t at = prefix + 2; at < line.size(); ++at) {
    if (line[at] == '\r') break;
    if (line[at] != '\b') {
      body += line[at];
      places.push_back(at);
    } else if (!body.empty()) {
      line[places.back()] = kMask;
      body.pop_back();
      places.pop_back();
    }
  }
  hide_body(body);
  for (std::size_t i = 0; i < places.size(); ++i) line[places[i]] = body[i];
  let_go(body);
}

void HostMask::hide_body(std::string& body) {
  std::size_t at = 0;
  while (at < body.size()) {
    if (body[at] == ' ' || body[at] == ';') {
      ++at;
    } else if (kStartsExtended.find(body[at]) != std::string_view::npos) {
      hide_extended(body, at);
    } else {
      const std::size_t end = std::min(body.find_first_of("+*^$#%;", at), body.size());
      if (!is_basic(Bytes(body).substr(at, end - at))) hide_plain(body, at, end - at, "");
      at = end;
    }
  }
}

void HostMask::hide_extended(std::string& body, std::size_t& at) {
  const std::size_t begin = at;
  const std::string name = read_name(body, at);
  const auto hide_rest = [&](std::size_t from) {
    hide_plain(body, from, body.size() - from, "");
    open_field_.fill(true);
    at = body.size();
  };
  if (is_followed_by_more(name)) return hide_rest(begin + 1);
  if (at < body.size() && body[at] == '?') ++at;
  if (at == body.size() || body[at] == ';') return;
  if (body[at] != '=') return hide_rest(at);
  ++at;
  const std::string typed = body;  // what is judged does not change under the judge
  const auto parameters = cut_parameters(typed, at);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    hide_parameter(body, typed, name, parameters, i);
  }
}

void HostMask::hide_parameter(std::string& body, Bytes typed, Bytes name,
                              const std::vector<TypedParameter>& all, std::size_t index) {
  const TypedParameter& parameter = all[index];
  const auto place = [&](Bytes part) {
    return static_cast<std::size_t>(part.data() - typed.data());
  };
  const std::size_t whole = place(parameter.whole);
  const std::size_t text = place(parameter.text);
  const auto number = number_of(trimmed(parameter.text));
  if (is_harmless_command(name) || is_harmless_parameter(name, all, index)) {
    return hide_in_url(body, whole, parameter.whole);
  }
  const bool is_test = all.size() == 1 && parameter.text == "?";
  if (is_test || (index == 0 && number && name.starts_with("+HTTP"))) return;
  if (name == "+HTTPCREATE") {
    if (index > 0) return hide_plain(body, text, parameter.text.size());
    hide_in_url(body, whole, parameter.whole);
    const std::size_t end =
        std::min(parameter.text.find_first_of("\" ,\\?#"), parameter.text.size());
    return hide_plain(body, text + end, parameter.text.size() - end, ":/?#");
  }
  if (name == "+MIPLCREATE" && index == 1 && all.size() == kConfigParameters) {
    const auto total = number_of(trimmed(all[0].text));
    return hide_config_hex(body, text, parameter.text.size(),
                           total && parameter.text.size() == std::size_t{*total} * 2);
  }
  const bool is_cfg = name == "+HTTPCFG";
  if (is_cfg && all.size() > 1) {
    const auto type = number_of(trimmed(all[1].text));
    if (type && (index == 1 || (*type >= 6 && *type <= 8))) return;
  }
  const bool has_encoding = is_cfg || name == "+HTTPHEADER" || name == "+HTTPCONTENT";
  const std::size_t value = is_cfg ? 2 : 1;
  const auto encoding = encoding_of(all, value);
  if (has_encoding && index == value + 1 && encoding) return;
  // To some a string ends there.
  const bool has_inner_end = parameter.text.find("\" ") != Bytes::npos;
  if (!has_encoding || index != value || !encoding || has_inner_end) {
    if (name == "+HTTPHEADER") open_field_.fill(true);
    return hide_plain(body, text, parameter.text.size());
  }
  const bool hex = *encoding == Encoding::hex;
  if (name != "+HTTPHEADER") return hide_encoded(body, text, parameter.text.size(), hex);
  const auto id = number_of(trimmed(all.front().text));
  hide_header(body, {text, parameter.text.size()}, hex, open_field_[id.value_or(0) % kMaxIds]);
}

// `open`: the text so far ends within a line, and does so again.
void HostMask::hide_header(std::string& body, const Part& text, bool hex, bool& open) {
  using Verdict = FieldJudge::Verdict;
  bool whole = true;
  const auto all = spelled(Bytes(body).substr(text.begin, text.size), text.begin, hex, whole);
  FieldJudge judge;
  if (open) judge.go_on_hidden();
  std::size_t first_open = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Verdict verdict = judge.judge(all[i].unit.byte);
    if (verdict == Verdict::open) continue;
    if (verdict == Verdict::hidden || verdict == Verdict::hidden_with_open) {
      for (std::size_t at = first_open; at <= i; ++at) hide_spelled(body, all[at], hex);
    }
    first_open = i + 1;
  }
  // A name that the next part may go on with.
  for (std::size_t at = first_open; at < all.size(); ++at) hide_spelled(body, all[at], hex);
  const std::size_t end = all.empty() ? text.begin : all.back().at + all.back().unit.size;
  if (!whole) hide_malformed(body, end, text.begin + text.size - end, hex);
  open = !whole || all.empty() ? open || !whole : all.back().unit.byte != '\n';
}

}  // namespace m531x::app
