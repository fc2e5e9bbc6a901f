// SPDX-License-Identifier: Apache-2.0
// What the modem says (manual 1.2, 1.3, 1.8 to 1.12): how much of each record is shown.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/redact.h"
#include "app/redact_url.h"
#include "m531x/ascii.h"
#include "m531x/model.h"

namespace m531x::app {
namespace {

using RecordKind = transcript::ModemRecord::Kind;

constexpr auto kFinals =
    std::to_array<std::string_view>({"OK", "ERROR", "CONNECT OK", "CONNECT ERROR", "CONNECT",
                                     "RING", "NO CARRIER", "NO DIALTONE", "BUSY", "NO ANSWER"});
// The reports after which an instance has no header that is half told.
constexpr auto kFreshStarts = std::to_array<std::string_view>(
    {"+HTTPERR:", "+HTTPDISCON:", "+HTTPDISCONN:", "+HTTPDICONN:", "+HTTPCREATE:"});

// `+NAME:` or `+CME ERROR:`: only the modem begins a line so.
bool is_information(Bytes text) {
  if (text.starts_with("+CME ERROR:")) return true;
  const std::size_t colon = text.find(':');
  return text.starts_with('+') && colon != Bytes::npos && colon > 1 &&
         std::ranges::all_of(text.substr(1, colon - 1),
                             [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A number of ATV0, or a status and its reason.
bool is_numeric(Bytes text) {
  constexpr std::size_t kDigits = 3;
  const bool starts = !text.empty() && std::ranges::all_of(text.substr(0, kDigits), is_digit);
  return starts && (text.size() <= kDigits || text[kDigits] == ' ');
}

bool is_known(Bytes text) {
  return text.empty() || std::ranges::find(kFinals, text) != kFinals.end() ||
         is_information(text) || is_numeric(text) ||
         std::ranges::find(models(), text, &Model::name) != models().end();
}

// A command line begins with AT, whatever stands before that.
bool has_prefix(Bytes text) {
  constexpr std::string_view kPrefix = "AT";
  return !std::ranges::search(text, kPrefix, {}, [](char c) { return c & ~0x20; }).empty();
}

}  // namespace

std::string ModemRedactor::show(const transcript::ModemRecord& record, const HostRedactor& host) {
  if (host.is_unsure()) {
    return fmt::format("<{} bytes>", record.line.size() + record.data.size() + record.end.size());
  }
  if (record.kind == RecordKind::line) return show_line(record, host);
  return record.line + show_data(record) + record.end;
}

std::string ModemRedactor::show_data(const transcript::ModemRecord& record) {
  if (record.kind == RecordKind::header_query) return FieldMask().mask(record.data);
  if (record.kind == RecordKind::content_query)
    return fmt::format("<{} bytes>", record.data.size());
  FieldMask& header = header_[record.numbers.front() % kMaxIds];
  if (record.kind == RecordKind::content) {
    header.start_line();
    return record.data;
  }
  std::string shown;
  if (record.hex) {
    shown = fmt::format("<{} bytes>", record.numbers.back());
    header.start_in_value();
  } else {
    shown = header.mask(record.data);
  }
  const bool more = record.numbers[1] == 1;
  if (!more) header.start_line();
  return shown;
}

std::string ModemRedactor::show_line(const transcript::ModemRecord& record,
                                     const HostRedactor& host) {
  const Bytes text = record.text();
  for (const std::string_view name : kFreshStarts) {
    if (!text.starts_with(name) || text.size() == name.size()) continue;
    const bool is_status = name == "+HTTPERR:" && text.find(",-") == Bytes::npos;
    const char id = text[name.size()];
    if (is_digit(id) && !is_status) header_[static_cast<std::size_t>(id - '0')].start_line();
  }
  const bool may_be_echo = (echo_ || host.wants_echo()) && (!is_known(text) || has_prefix(text));
  if (!may_be_echo) return record.line;
  // An echo that a report has cut in two ends in CRLF, any other in CR.
  const std::string end = record.line.substr(record.line.find_last_not_of("\r\n") + 1);
  return echoed_.show(text) + end;
}

}  // namespace m531x::app
