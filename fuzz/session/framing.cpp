// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/framing.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "mem/text.h"

namespace m531x::fuzz {
namespace {

using ItemKind = Item::Kind;

constexpr Bytes kCrlf = "\r\n";

// Reports of 27.007 and of makers, by the beginning of their text. Some are also answers.
constexpr auto kReportTexts = std::to_array<Bytes>(
    {"CONNECT OK",     "CONNECT ERROR",  "*ATREADY:",   "+CFUN:",        "+CPIN:",
     "+CEREG:",        "+CSCON:",        "+IP:",        "+CTZV:",        "+CTZE:",
     "+CTZEU:",        "+NPSMR:",        "+CEDRXP:",    "+NPING:",       "+NPINGERR:",
     "+CMPING:",       "+CMPINGERR:",    "+CMDNS:",     "+INJECTED:",    "REBOOT_CAUSE_",
     "+MIPLEVENT:",    "+MIPLREAD:",     "+MIPLWRITE:", "+MIPLEXECUTE:", "+MIPLOBSERVE:",
     "+MIPLDISCOVER:", "+MIPLPARAMETER:"});

bool take(Bytes& rest, Bytes what) {
  if (!rest.starts_with(what)) return false;
  rest.remove_prefix(what.size());
  return true;
}

// Decimal numbers with commas between them, each without a sign or with a minus.
bool parse_numbers(Bytes text, std::vector<std::int64_t>& numbers) {
  numbers.clear();
  while (true) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return false;
    numbers.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return true;
    if (!take(text, ",")) return false;
  }
}

bool starts(Bytes text, Bytes name, std::vector<std::int64_t>& numbers) {
  return text.starts_with(name) && parse_numbers(mem::after(text, name.size()), numbers);
}

// So many bytes and the end of a line; as pairs of upper-case hex digits when they do not fit.
bool take_data(Bytes& rest, std::size_t size, bool may_be_hex, std::string& data) {
  if (rest.size() >= size + 2 && rest.substr(size, 2) == kCrlf) {
    data = mem::first(rest, size);
    rest = mem::after(rest, size + 2);
    return true;
  }
  const Bytes hex = mem::first(rest, 2 * size);
  const bool is_hex = may_be_hex && hex.size() == 2 * size &&
                      hex.find_first_not_of("0123456789ABCDEF") == Bytes::npos;
  if (!is_hex || mem::first(mem::after(rest, 2 * size), 2) != kCrlf) return false;
  data.assign(size, '.');
  rest = mem::after(rest, 2 * size + 2);
  return true;
}

// +HTTPERR:<id>,<status> has one more line, unless the firmware has none.
bool take_words(Bytes& rest, std::int64_t status, std::string& words) {
  const std::string begin = std::to_string(status);
  if (!rest.starts_with(begin)) return true;
  const std::size_t end = rest.find(kCrlf);
  if (end == Bytes::npos) return false;
  words = mem::first(rest, end);
  rest = mem::after(rest, end + 2);
  return true;
}

bool classify_http(Bytes& rest, Item& item) {
  const Bytes text = item.text;
  auto& numbers = item.numbers;
  if (starts(text, "+HTTPNMIH:", numbers) || starts(text, "+HTTPNMIC:", numbers)) {
    item.kind = ItemKind::record;
    return numbers.size() >= 3 && numbers.back() >= 0 &&
           take_data(rest, static_cast<std::size_t>(numbers.back()), true, item.data);
  }
  if (starts(text, "+HTTPERR:", numbers)) {
    item.kind = numbers.size() == 2 && numbers[1] > 0 ? ItemKind::status : ItemKind::failure;
    return numbers.size() == 2 && numbers[1] != 0 &&
           (item.kind == ItemKind::failure || take_words(rest, numbers[1], item.data));
  }
  if (starts(text, "+HTTPDISCON:", numbers) || starts(text, "+HTTPDISCONN:", numbers) ||
      starts(text, "+HTTPDICONN:", numbers)) {
    item.kind = ItemKind::disconnect;
    return numbers.size() <= 2;
  }
  if (starts(text, "+HTTPDROP:", numbers)) {
    item.kind = ItemKind::drop;
    return numbers.size() == 2 && numbers[1] > 0;
  }
  const bool is_certificate = starts(text, "+HTTPCFG:", numbers) && numbers.size() == 3 &&
                              (numbers[1] == 1 || numbers[1] == 2);
  const bool is_block =
      (starts(text, "+HTTPHEADER:", numbers) || starts(text, "+HTTPCONTENT:", numbers)) &&
      numbers.size() == 2;
  if (is_certificate || is_block) {
    if (is_certificate) starts(text, "+HTTPCFG:", numbers);
    item.kind = ItemKind::stored;
    return take_data(rest, static_cast<std::size_t>(numbers.back()), false, item.data);
  }
  return true;
}

bool classify(Bytes& rest, Item& item) {
  const Bytes text = item.text;
  const bool is_result = text == "OK" || text == "ERROR" || text.starts_with("+CME ERROR:");
  if (is_result) {
    item.kind = ItemKind::result;
    return true;
  }
  if (text.starts_with("+HTTP")) return classify_http(rest, item);
  const auto begins = [text](Bytes name) { return text.starts_with(name); };
  if (std::ranges::any_of(kReportTexts, begins)) item.kind = ItemKind::text_report;
  return true;
}

// A text of several lines has a line end before the first one and one behind each.
void take_more_lines(Bytes& rest) {
  while (!rest.empty() && rest.front() != '\r') {
    const std::size_t end = rest.find(kCrlf);
    const Bytes line = mem::first(rest, end);
    const bool is_line = end != Bytes::npos && line.find('\r') == Bytes::npos;
    if (!is_line) return;
    rest = mem::after(rest, end + 2);
  }
}

}  // namespace

bool take_item(Bytes& rest, Frames frames, Item& item) {
  const bool verbose = frames == Frames::verbose;
  item = Item();
  const bool framed = take(rest, kCrlf);
  if (verbose && !framed) return false;
  const std::size_t end = rest.find('\r');
  if (end == Bytes::npos) return false;
  item.text = mem::first(rest, end);
  rest = mem::after(rest, end + 1);
  if (!framed && (item.text == "0" || item.text == "4") && !rest.starts_with('\n')) {
    item.kind = ItemKind::result;
    return true;
  }
  if (!take(rest, "\n")) return false;
  if (!classify(rest, item)) return false;
  if (verbose && item.kind == ItemKind::information) take_more_lines(rest);
  if (verbose) return true;
  // Without ATV1 the frame itself tells an answer from a report.
  const bool is_report = item.kind >= ItemKind::text_report;
  const bool is_boot_text = item.kind == ItemKind::information || item.kind == ItemKind::result;
  const bool is_error_number = item.kind == ItemKind::result && item.text.starts_with("+CME");
  if (is_error_number) return !framed || frames == Frames::terse_then_either;
  if (item.kind == ItemKind::text_report && !framed) item.kind = ItemKind::information;
  return framed ? is_report || is_boot_text : !is_http_report(item.kind);
}

}  // namespace m531x::fuzz
