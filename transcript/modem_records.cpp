// SPDX-License-Identifier: Apache-2.0
#include "transcript/modem_records.h"

#include <array>
#include <charconv>
#include <utility>

namespace m531x::transcript {
namespace {

using RecordKind = ModemRecord::Kind;

constexpr std::size_t kMaxLineBytes = 1 << 20;
constexpr std::size_t kMaxDataBytes = 4 << 20;
constexpr std::string_view kLineEnds = "\r\n";

struct Row {
  std::string_view name;
  RecordKind kind;
};
constexpr auto kRows = std::to_array<Row>({{"+HTTPNMIH:", RecordKind::header},
                                           {"+HTTPNMIC:", RecordKind::content},
                                           {"+HTTPHEADER:", RecordKind::header_query},
                                           {"+HTTPCONTENT:", RecordKind::content_query}});

// The comma-separated numbers in `text`; empty when there is anything else.
std::vector<std::size_t> numbers_of(std::string_view text) {
  std::vector<std::size_t> numbers;
  while (true) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return {};
    numbers.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return numbers;
    if (text.front() != ',') return {};
    text.remove_prefix(1);
  }
}

}  // namespace

std::string_view ModemRecord::text() const {
  const std::string_view all = line;
  const std::size_t begin = all.find_first_not_of(kLineEnds);
  if (begin == std::string_view::npos) return {};
  return all.substr(begin, all.find_last_not_of(kLineEnds) + 1 - begin);
}

std::vector<ModemRecord> ModemRecords::take(Bytes bytes) {
  std::vector<ModemRecord> records;
  for (const char byte : bytes) {
    const bool line_ended = record_.kind == RecordKind::line && record_.line.ends_with('\r') &&
                            byte != '\n' && !record_.text().empty();
    if (line_ended) records.push_back(std::exchange(record_, {}));
    if (take_byte(byte)) records.push_back(std::exchange(record_, {}));
  }
  return records;
}

// True when the byte ends a record.
bool ModemRecords::take_byte(char byte) {
  if (record_.kind != RecordKind::line) return take_data(byte);
  record_.line += byte;
  if (record_.line.size() > kMaxLineBytes) return true;
  if (byte != '\n' || record_.text().empty()) return false;
  find_data();
  return record_.kind == RecordKind::line;
}

void ModemRecords::find_data() {
  const std::string_view text = record_.text();
  for (const Row& row : kRows) {
    if (!text.starts_with(row.name)) continue;
    auto numbers = numbers_of(text.substr(row.name.size()));
    if (numbers.size() < 2 || numbers.back() > kMaxDataBytes) return;
    record_.kind = row.kind;
    data_bytes_ = numbers.back();
    record_.numbers = std::move(numbers);
    return;
  }
}

// The bytes and a line end; or two hex digits for each byte and a line end.
bool ModemRecords::take_data(char byte) {
  if (record_.data.size() == data_bytes_ && record_.end.empty() && byte != '\r') record_.hex = true;
  const std::size_t size = record_.hex ? 2 * data_bytes_ : data_bytes_;
  if (record_.data.size() < size) {
    record_.data += byte;
    return false;
  }
  record_.end += byte;
  return record_.end.size() == kLineEnds.size();
}

}  // namespace m531x::transcript
