// SPDX-License-Identifier: Apache-2.0
// Command lines (V.250 5.2, manual 1.1 to 1.6): which parameters may be shown.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/redact.h"
#include "app/redact_url.h"
#include "app/typed_line.h"
#include "m531x/ascii.h"
#include "modem/server_address.h"

namespace m531x::app {
namespace {

constexpr std::size_t kMaxLineBytes = 1 << 20;
// Extended commands whose parameters hold no secret, sorted.
constexpr auto kHarmless = std::to_array<std::string_view>({"+CCLK",
                                                            "+CEDRXS",
                                                            "+CEREG",
                                                            "+CESQ",
                                                            "+CFGDUALMODE",
                                                            "+CFGRATPRIO",
                                                            "+CFUN",
                                                            "+CGACT",
                                                            "+CGATT",
                                                            "+CGDCONT",
                                                            "+CGMI",
                                                            "+CGMM",
                                                            "+CGMR",
                                                            "+CGPADDR",
                                                            "+CGSN",
                                                            "+CIMI",
                                                            "+CMDNS",
                                                            "+CMEE",
                                                            "+CMPING",
                                                            "+CMRB",
                                                            "+COPS",
                                                            "+CPOF",
                                                            "+CPSMS",
                                                            "+CSCON",
                                                            "+CSCS",
                                                            "+CSQ",
                                                            "+CTZR",
                                                            "+DNSSER",
                                                            "+GSN",
                                                            "+HTTPCLOSE",
                                                            "+HTTPSEND",
                                                            "+ICCID",
                                                            "+ICF",
                                                            "+IFC",
                                                            "+IPR",
                                                            "+MIPLADDOBJ",
                                                            "+MIPLCLOSE",
                                                            "+MIPLDELETE",
                                                            "+MIPLDELOBJ",
                                                            "+MIPLDISCOVERRSP",
                                                            "+MIPLEXECUTERSP",
                                                            "+MIPLNOTIFY",
                                                            "+MIPLOBSERVERSP",
                                                            "+MIPLOPEN",
                                                            "+MIPLPARAMETERRSP",
                                                            "+MIPLREADRSP",
                                                            "+MIPLUPDATE",
                                                            "+MIPLVER",
                                                            "+MIPLWRITERSP",
                                                            "+NATSPEED",
                                                            "+NBAND",
                                                            "+NCCID",
                                                            "+NCONFIG",
                                                            "+NCSEARFCN",
                                                            "+NEARFCN",
                                                            "+NPING",
                                                            "+NPSMR",
                                                            "+NRB",
                                                            "+NUESTATS",
                                                            "+SM"});
static_assert(std::ranges::is_sorted(kHarmless));

// Those of which some hold one, sorted. What is in neither list is hidden too.
constexpr auto kSecretBearing =
    std::to_array<std::string_view>({"+CPIN", "+HTTPCFG", "+HTTPCONTENT", "+HTTPCREATE",
                                     "+HTTPHEADER", "+MIPLCREATE", "+MIPLCREATEEX"});
static_assert(std::ranges::is_sorted(kSecretBearing));

std::string length_of(Bytes bytes) { return fmt::format("<{} bytes>", bytes.size()); }

// Where the last extended command begins, in strings too, that is not known to be harmless; 0 when
// there is none.
std::size_t find_last_secret(Bytes body) {
  std::size_t last = 0;
  for (std::size_t at = body.find('+'); at != Bytes::npos; at = body.find('+', at)) {
    const std::size_t begin = at;
    if (!is_harmless_command(read_name(body, at))) last = begin;
  }
  return last;
}

// Basic commands as they are read.
std::string plain(Bytes text) {
  std::string upper;
  for (const char c : text) {
    if (c != ' ') upper += to_upper(c);
  }
  return upper;
}

// How much of `run` may be basic commands: the modem reads no further than to the first that it
// does not have.
Bytes known_basic(Bytes run) {
  constexpr std::string_view kLetters = "EIQSVXZ";
  std::size_t end = 0;
  for (char before = 0; end < run.size(); before = run[end++]) {
    const bool is_known = kLetters.find(to_upper(run[end])) != std::string_view::npos;
    if (is_letter(run[end]) && before != '&' && !is_known) break;
  }
  return run.substr(0, end);
}

bool is_server(const TypedParameter& parameter) {
  const Bytes whole = trimmed(parameter.whole);
  const bool is_closed = !whole.starts_with('"') ||
                         (whole.ends_with('"') && whole.size() == parameter.text.size() + 2);
  return is_closed && modem::parse_server(parameter.text);
}

// The line after the editing that the host did with backspaces.
std::string edited(Bytes body) {
  std::string text;
  for (const char c : body) {
    if (c != '\b') {
      text += c;
    } else if (!text.empty()) {
      text.pop_back();
    }
  }
  return text;
}

}  // namespace

std::span<const std::string_view> harmless_commands() { return kHarmless; }
std::span<const std::string_view> secret_bearing_commands() { return kSecretBearing; }

bool is_harmless_command(Bytes name) { return std::ranges::binary_search(kHarmless, name); }

// <host> and <flag>, which an authcode and keys follow; sizes, index and flag of a configuration.
// Where <host> is none, or its quote is not closed, it may be all of the line.
bool is_harmless_parameter(Bytes name, const std::vector<TypedParameter>& all, std::size_t index) {
  const Bytes text = all[index].text;
  if (name == "+MIPLCREATEEX") {
    const auto flag = number_of(trimmed(text));
    return is_server(all.front()) && (index == 0 || (index == 1 && flag && *flag <= 1));
  }
  return name == "+MIPLCREATE" && index != 1 && index < 5 && number_of(trimmed(text));
}

bool is_followed_by_more(Bytes name) {
  if (is_harmless_command(name) || std::ranges::binary_search(kSecretBearing, name)) return false;
  return std::ranges::any_of(kSecretBearing,
                             [name](Bytes known) { return name.starts_with(known); });
}

std::vector<std::string> HostRedactor::take(Bytes bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\r');
    const Bytes part = bytes.substr(0, end == Bytes::npos ? end : end + 1);
    bytes.remove_prefix(part.size());
    if (dropped_ > 0 || line_.size() + part.size() > kMaxLineBytes) {
      dropped_ += line_.size() + part.size();
      let_go(line_);
    } else {
      line_ += part;
    }
    if (end == Bytes::npos) break;
    lines.push_back(dropped_ > 0 ? fmt::format("<{} bytes>", dropped_) : show(line_));
    let_go(line_);
    dropped_ = 0;
  }
  return lines;
}

std::string HostRedactor::show(Bytes line) {
  const bool has_end = line.ends_with('\r');
  const Bytes text = line.substr(0, line.size() - (has_end ? 1 : 0));
  const std::size_t at = find_prefix(text);
  const Bytes before = text.substr(0, at);
  const bool harmless = before.empty() || before == "\n" || before == "A/" || before == "a/";
  std::string shown = harmless ? std::string(before) : length_of(before);
  if (at < text.size()) {
    shown += text.substr(at, 2);
    shown += show_typed(text.substr(at + 2));
  }
  if (has_end) shown += '\r';
  return shown;
}

// The modem may have dropped what stands before any later AT: at a restart it forgets what has been
// typed of a line, and while it boots it hears nothing. So two readings must find no secret.
std::string HostRedactor::show_typed(Bytes typed) {
  const std::string body = edited(typed);
  if (find_prefix(typed) == typed.size()) return show_body(body);
  if (typed.find('\b') == Bytes::npos) {
    notice_later_line(body);
    return show_body(body);
  }
  // A line that begins later is edited otherwise.
  wants_echo_ = true;
  notice_basic(plain(body));
  open_field_.fill(true);
  return length_of(body);
}

// What basic commands do in a line that begins at a later AT.
void HostRedactor::notice_later_line(Bytes body) {
  std::size_t at = find_prefix(body);
  bool starts_section = false;
  while (at < body.size()) {
    const auto* const end = std::find_if_not(body.begin() + at, body.end(), is_basic_char);
    const Bytes run = body.substr(at, static_cast<std::size_t>(end - body.begin()) - at);
    if (starts_section) notice_basic(plain(known_basic(run)));
    at += run.size();
    for (Bytes rest = run; find_prefix(rest) < rest.size();) {
      rest.remove_prefix(find_prefix(rest) + 2);
      notice_basic(plain(known_basic(rest)));
    }
    if (at < body.size()) starts_section = body[at++] == ';';
  }
}

std::string HostRedactor::show_body(Bytes body) {
  const std::size_t last_secret = find_last_secret(body);
  std::string shown;
  std::size_t at = 0;
  while (at < body.size()) {
    if (body[at] == ' ' || body[at] == ';') {
      shown += body[at++];
    } else if (kStartsExtended.find(body[at]) != std::string_view::npos) {
      shown += show_extended(body, at, last_secret);
    } else {
      const std::size_t end = std::min(body.find_first_of("+*^$#%;", at), body.size());
      shown += show_basic(body.substr(at, end - at));
      at = end;
    }
  }
  return shown;
}

std::string HostRedactor::show_basic(Bytes text) {
  const bool good = is_basic(text);
  if (!good) wants_echo_ = true;
  notice_basic(plain(text));
  return good ? std::string(text) : length_of(text);
}

void HostRedactor::notice_basic(Bytes upper) {
  for (std::size_t at = upper.find('E'); at != Bytes::npos; at = upper.find('E', at + 1)) {
    const std::size_t digit = upper.find_first_not_of('0', at + 1);
    if (digit != Bytes::npos && upper[digit] == '1') wants_echo_ = true;
  }
  for (const std::string_view changed : {"S3=", "S03=", "S4=", "S04=", "S5=", "S05="}) {
    if (upper.find(changed) != Bytes::npos) unsure_ = true;
  }
}

std::string HostRedactor::show_extended(Bytes body, std::size_t& at, std::size_t last_secret) {
  const std::size_t begin = at;
  const auto hide_rest = [&](std::size_t from) {
    at = body.size();
    open_field_.fill(true);
    return std::string(body.substr(begin, from - begin)) + length_of(body.substr(from));
  };
  const std::string name = read_name(body, at);
  if (is_followed_by_more(name)) return hide_rest(begin + 1);
  if (at < body.size() && body[at] == '?') ++at;
  if (at == body.size() || body[at] == ';') return std::string(body.substr(begin, at - begin));
  if (body[at] != '=') return hide_rest(at);
  const std::size_t first = ++at;
  const auto parameters = cut_parameters(body, at);
  // What is taken for parameters may be another line: then its secrets may stand anywhere.
  const std::size_t line = first + find_prefix(body.substr(first, at - first));
  if (line < at && line < last_secret) return hide_rest(first);
  std::string shown(body.substr(begin, first - begin));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) shown += ',';
    shown += show_parameter(name, parameters, i);
  }
  return shown;
}

std::string HostRedactor::show_parameter(Bytes name, const std::vector<TypedParameter>& all,
                                         std::size_t index) {
  const TypedParameter& parameter = all[index];
  const auto first = number_of(trimmed(all.front().text));
  if (unsure_) return std::string(kHidden);
  if (is_harmless_command(name) || is_harmless_parameter(name, all, index)) {
    return hide_query_keys(hide_user(parameter.whole));
  }
  const bool is_test = all.size() == 1 && parameter.text == "?";
  const bool is_id = index == 0 && first && name.starts_with("+HTTP");
  if (is_test || is_id) return std::string(parameter.whole);
  if (name == "+HTTPCREATE") {
    const bool is_url = index == 0 && parameter.text.find_first_of("\" ,\\?#") == Bytes::npos;
    return is_url ? hide_user(parameter.whole) : std::string(kHidden);
  }
  if (name == "+HTTPCFG") {
    const auto type = all.size() > 1 ? number_of(trimmed(all[1].text)) : std::nullopt;
    if (index == 1 && type) return std::string(parameter.whole);
    if (type && *type >= 6 && *type <= 8) return std::string(parameter.whole);
    return length_of(parameter.text);
  }
  if (name == "+HTTPHEADER" && index == 1) return show_header(all);
  const bool has_encoding = name == "+HTTPHEADER" || name == "+HTTPCONTENT";
  if (has_encoding && index == 2 && number_of(trimmed(parameter.text))) {
    return std::string(parameter.whole);
  }
  return length_of(parameter.text);
}

std::string HostRedactor::show_header(const std::vector<TypedParameter>& all) {
  const auto id = number_of(trimmed(all.front().text));
  const TypedParameter& header = all[1];
  bool& open = open_field_[id.value_or(0) % kMaxIds];
  const auto encoding = all.size() > 2 ? number_of(trimmed(all[2].text)) : std::size_t{0};
  const bool has_inner_end = header.text.find("\" ") != Bytes::npos;
  if (all.size() > 3 || encoding != 0U || has_inner_end) {
    open = true;
    return length_of(header.text);
  }
  FieldMask mask;
  if (open) mask.start_in_value();
  std::string shown = open && !header.text.empty() ? std::string(kHidden) : "";
  Bytes rest = header.text;
  char last = '\n';
  while (!rest.empty()) {
    const Unit unit = read_unit(rest);
    if (unit.size == 0) {
      shown += kHidden;
      last = 0;
      break;
    }
    mask.take(unit.byte, rest.substr(0, unit.size), shown);
    last = unit.byte;
    rest.remove_prefix(unit.size);
  }
  mask.end_piece(shown);
  open = last != '\n';
  const bool quoted = trimmed(header.whole).starts_with('"');
  return quoted ? '"' + shown + '"' : shown;
}

}  // namespace m531x::app
