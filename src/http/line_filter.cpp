// SPDX-License-Identifier: Apache-2.0
#include "http/line_filter.h"

#include <algorithm>
#include <utility>

#include "http/token.h"
#include "m531x/ascii.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

using Edit = LineFilter::Edit;
using Field = LineFilter::Field;

constexpr bool is_white(char c) { return c == ' ' || c == '\t'; }

constexpr Bytes kWhite = " \t";
// In place of what no name may have, and behind a name that is to be hidden.
constexpr Bytes kHarmless = "_";
constexpr Bytes kChunked = "chunked";
// The codings that leave the framing alone. Their bytes are handed on.
constexpr std::array<Bytes, 4> kContentCodings = {"deflate", "gzip", "identity", "x-gzip"};

}  // namespace

// The names that llhttp acts upon. A list of values is shown as so many lines, each beginning with
// `next_line`; a field that is `other` here is hidden from llhttp.
struct LineFilter::Row {
  static constexpr std::size_t kLineEndSize = 2;

  Bytes next_line;
  Field field;
  std::uint8_t shared = 0;  // bytes with which the next row begins, too

  [[nodiscard]] constexpr Bytes begin() const { return mem::after(next_line, kLineEndSize); }
  [[nodiscard]] constexpr std::size_t size() const { return next_line.size() - kLineEndSize - 1; }
  // A colon behind the last one.
  [[nodiscard]] constexpr char at(std::size_t i) const { return next_line[kLineEndSize + i]; }

  static const std::array<Row, 4> kAll;
};

constexpr std::array<LineFilter::Row, 4> LineFilter::Row::kAll = {{
    {"\r\nconnection:", Field::connection, 3},
    {"\r\ncontent-length:", Field::content_length},
    {"\r\nproxy-connection:", Field::other},
    {"\r\ntransfer-encoding:", Field::transfer_encoding},
}};

void LineFilter::start() { *this = {}; }

std::optional<Edit> LineFilter::next(Kind kind, Bytes text) {
  switch (kind) {
    case Kind::status:
      return next_of_status(text);
    case Kind::field:
    case Kind::trailer:
      return next_of_field(kind, text);
    case Kind::chunk_size:
      return next_of_size(text);
    case Kind::plain:
      break;
  }
  return std::nullopt;
}

bool LineFilter::end_line() {
  if (field_ == Field::transfer_encoding) end_coding();
  part_ = Part::start;
  step_ = 0;
  return !std::exchange(line_bad_, false);
}

// Shown with one space before the status, however many there are, and one behind it, where there
// may be a tab or nothing.
std::optional<Edit> LineFilter::next_of_status(Bytes text) {
  constexpr std::uint8_t kStatus = 9;  // in "HTTP/1.1 200 OK"
  constexpr std::uint8_t kBehind = kStatus + 3;
  std::size_t at = 0;
  if (step_ < kStatus) {
    at = std::min<std::size_t>(kStatus - step_, text.size());
    step_ = static_cast<std::uint8_t>(step_ + at);
  }
  for (; at < text.size() && step_ <= kBehind; ++at) {
    const char c = text[at];
    if (step_ == kStatus && c == ' ') return Edit{at, {}, 1};
    if (step_++ < kBehind || c == ' ') continue;
    if (is_digit(c)) line_bad_ = true;
    return Edit{at, " ", c == '\t' ? 1U : 0U};
  }
  return std::nullopt;
}

std::optional<Edit> LineFilter::next_of_field(Kind kind, Bytes text) {
  if (text.empty()) return std::nullopt;
  if (part_ == Part::start && is_white(text.front())) {
    // A folded line goes on with the value before it. Who joins them and who does not must not
    // read another framing. llhttp forgets what Connection said before: it gets another one.
    part_ = Part::value;
    if (field_ == Field::connection) return Edit{0, Row::kAll[row_].begin()};
    if (field_ != Field::other) line_bad_ = true;
  } else if (part_ == Part::start) {
    part_ = Part::name;
    field_ = Field::other;
    row_ = matched_ = 0;
    name_is_odd_ = false;
  }
  return part_ == Part::name ? next_of_name(kind, text) : next_of_value(text, 0);
}

// Bytes that no name may have do not make it another one of those that matter, neither for who
// passes them over nor for who does not.
std::optional<Edit> LineFilter::next_of_name(Kind kind, Bytes text) {
  std::size_t at = 0;
  for (; at < text.size() && is_token(text[at]); ++at) match_name(to_lower(text[at]));
  if (at == text.size()) return std::nullopt;
  if (text[at] != ':') {
    name_is_odd_ = true;
    return Edit{at, kHarmless, 1};
  }
  part_ = Part::value;
  if (row_ == Row::kAll.size() || matched_ != Row::kAll[row_].size()) return std::nullopt;
  const Row& row = Row::kAll[row_];
  if (kind == Kind::trailer || row.field == Field::other) return Edit{at, kHarmless};
  field_ = row.field;
  if (name_is_odd_) line_bad_ = true;
  return next_of_value(text, at + 1);
}

void LineFilter::match_name(char c) {
  for (; row_ < Row::kAll.size(); ++row_) {
    const Row& row = Row::kAll[row_];
    if (row.at(matched_) == c) {
      ++matched_;
      return;
    }
    if (row.shared < matched_) row_ = Row::kAll.size() - 1;
  }
}

// Of an element llhttp takes no tab for white space, and what it understands of a list depends on
// the field; a line for each element it understands.
std::optional<Edit> LineFilter::next_of_value(Bytes text, std::size_t at) {
  if (field_ <= Field::other) return std::nullopt;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ',') {
      if (field_ == Field::transfer_encoding) end_coding();
      return Edit{at, Row::kAll[row_].next_line, 1};
    }
    if (field_ == Field::transfer_encoding) read_coding(c);
    if (c == '\t') return Edit{at, " ", 1};
  }
  return std::nullopt;
}

void LineFilter::read_coding(char c) {
  if (is_white(c)) {
    coding_ended_ = coding_size_ > 0;
    return;
  }
  const char letter = std::exchange(coding_ended_, false) ? ' ' : to_lower(c);
  if (coding_size_ < coding_.size()) coding_[coding_size_++] = letter;
}

// llhttp takes any coding. But nobody knows where the content ends when its coding is not known, or
// when there is one behind the chunks.
void LineFilter::end_coding() {
  const Bytes coding(coding_.data(), coding_size_);
  coding_size_ = 0;
  coding_ended_ = false;
  if (coding.empty()) return;
  if (coding == kChunked) {
    chunked_ = true;
  } else if (chunked_ || std::ranges::find(kContentCodings, coding) == kContentCodings.end()) {
    coding_bad_ = true;
  }
}

// Shown without what follows the size: that is for others (RFC 9112 7.1.1). It only has to begin
// with a semicolon, white space around it allowed.
std::optional<Edit> LineFilter::next_of_size(Bytes text) {
  constexpr std::uint8_t kSpace = kMaxSizeDigits + 1;
  constexpr std::uint8_t kExtension = kSpace + 1;
  std::size_t size = 0;
  if (step_ < kSpace) {
    size = std::min(text.find_first_of(" \t;"), text.size());
    if (size > static_cast<std::size_t>(kMaxSizeDigits - step_)) line_bad_ = true;
    step_ = static_cast<std::uint8_t>(std::min<std::size_t>(step_ + size, kMaxSizeDigits));
  }
  const Bytes rest = mem::after(text, size);
  if (rest.empty()) return std::nullopt;
  if (step_ < kExtension) {
    step_ = kSpace;
    const std::size_t begin = rest.find_first_not_of(kWhite);
    if (begin != Bytes::npos) {
      step_ = kExtension;
      if (rest[begin] != ';') line_bad_ = true;
    }
  }
  return Edit{size, {}, rest.size()};
}

}  // namespace m531x::http
