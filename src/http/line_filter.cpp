// SPDX-License-Identifier: Apache-2.0
#include "http/line_filter.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "http/field_name.h"
#include "http/token.h"
#include "m531x/ascii.h"
#include "mem/words.h"

namespace m531x::http {
namespace {

using Edit = LineFilter::Edit;
using Field = LineFilter::Field;

constexpr bool is_white(char c) { return c == ' ' || c == '\t'; }

constexpr Bytes kWhite = " \t";
constexpr Bytes kChunked = "chunked";
// The codings that leave the framing alone. Their bytes are handed on.
constexpr std::array<Bytes, 4> kContentCodings = {"deflate", "gzip", "identity", "x-gzip"};

constexpr bool is_word(Bytes text, Bytes in_small_letters) {
  if (text.size() != in_small_letters.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != in_small_letters[i] && to_lower(text[i]) != in_small_letters[i]) return false;
  }
  return true;
}

}  // namespace

// The fields that llhttp is shown, by the last letters of their names, which tell them apart and
// are all that it knows of them (http/llhttp/generate.js). A list of values is shown as so many
// lines, each beginning with `next_line`.
struct LineFilter::Row {
  static constexpr std::size_t kLineEndSize = 2;

  Bytes next_line;
  Bytes begin;  // the same without the end of the line before
  Field field;

  constexpr Row(Bytes line, Field field_of_name)
      : next_line(line), begin(mem::after(line, kLineEndSize)), field(field_of_name) {}

  static const std::array<Row, 3> kAll;
  static std::uint8_t of(Bytes name);
  // Whether a name that ends so may be one of them, or be taken for one by who passes over bytes
  // that no name may have.
  static constexpr bool might_frame(char c) {
    const auto ends_so = [c](const Row& row) { return to_lower(c) == row.begin.front(); };
    return !is_token(c) || std::ranges::any_of(kAll, ends_so);
  }
};

constexpr std::array<LineFilter::Row, 3> LineFilter::Row::kAll = {{
    {"\r\nn:", Field::connection},
    {"\r\nh:", Field::content_length},
    {"\r\ng:", Field::transfer_encoding},
}};

// Its place in the table; the size of the table: it is none of them.
std::uint8_t LineFilter::Row::of(Bytes name) {
  constexpr FieldName kConnection = "connection";
  constexpr FieldName kLength = "content-length";
  constexpr FieldName kCoding = "transfer-encoding";
  static_assert(kShortestName == kConnection.size() && kLongestWord == kCoding.size());
  if (name.size() == kConnection.size() && kConnection.is(name.data())) return 0;
  if (name.size() == kLength.size() && kLength.is(name.data())) return 1;
  if (name.size() == kCoding.size() && kCoding.is(name.data())) return 2;
  return kAll.size();
}

void LineFilter::start() { *this = {}; }

bool LineFilter::stands_as_status(Bytes line) {
  return line.size() > kStatusEnd && line[kStatusBegin - 1] == ' ' && line[kStatusBegin] != ' ' &&
         line[kStatusEnd] == ' ';
}

std::optional<Bytes> LineFilter::look_at_field(Bytes line) {
  const std::size_t colon = find_colon(line);
  if (colon == Bytes::npos || is_white(line.front())) return std::nullopt;
  if (colon >= kShortestName) {
    const std::uint8_t row = Row::of(mem::first(line, colon));
    const bool is_shown = row < Row::kAll.size();
    if (!is_shown && Row::might_frame(line[colon - 1])) return std::nullopt;
    if (is_shown) {
      const Field field = Row::kAll[row].field;
      if (field == Field::transfer_encoding || !stands(line, colon + 1)) return std::nullopt;
      row_ = row;
      field_ = field;
      return mem::after(line, colon - 1);
    }
  }
  field_ = Field::other;
  return Bytes();
}

// Names are so short that words are quicker than a call.
std::size_t LineFilter::find_colon(Bytes line) {
  std::size_t at = 0;
  while (std::endian::native == std::endian::little && at + sizeof(mem::Word) <= line.size()) {
    const mem::Word places = mem::places_of(mem::load_word(line.data() + at), ':');
    if (places != 0) return at + static_cast<std::size_t>(std::countr_zero(places)) / 8;
    at += sizeof(mem::Word);
  }
  return line.find(':', at);
}

// Whether the end of a line, from `at` on, has no byte that next_of_value would edit. Looks at
// whole words, so at what is in front of it, too: a name, which has no such byte.
bool LineFilter::stands(Bytes line, std::size_t at) {
  static_assert(kShortestName >= sizeof(mem::Word));
  mem::Word found = 0;
  for (std::size_t end = line.size(); end > at && end >= sizeof found; end -= sizeof found) {
    const mem::Word word = mem::load_word(line.data() + end - sizeof found);
    found |= mem::places_of(word, ',') | mem::places_of(word, '\t');
  }
  return found == 0;
}

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
  step_ = 0;
  line_bad_ = false;
  return std::exchange(part_, Part::start) != Part::name;
}

// Shown with one space before the status, however many there are, and one behind it, where there
// may be a tab or nothing.
std::optional<Edit> LineFilter::next_of_status(Bytes text) {
  std::size_t at = 0;
  if (step_ < kStatusBegin) {
    at = std::min<std::size_t>(kStatusBegin - step_, text.size());
    step_ = static_cast<std::uint8_t>(step_ + at);
  }
  for (; at < text.size() && step_ <= kStatusEnd; ++at) {
    const char c = text[at];
    if (step_ == kStatusBegin && c == ' ') return Edit{at, {}, 1};
    if (step_++ < kStatusEnd || c == ' ') continue;
    if (is_digit(c)) line_bad_ = true;
    return Edit{at, " ", c == '\t' ? 1U : 0U};
  }
  return std::nullopt;
}

std::optional<Edit> LineFilter::next_of_field(Kind kind, Bytes text) {
  if (text.empty()) return std::nullopt;
  if (part_ == Part::start) {
    if (is_white(text.front())) return fold();
    part_ = Part::name;
    field_ = Field::other;
    word_size_ = 0;
    name_is_odd_ = false;
  }
  return part_ == Part::name ? next_of_name(kind, text) : next_of_value(text);
}

// A folded line goes on with the value before it. Who joins them and who does not must not read
// another framing. llhttp forgets what Connection said before: it gets another one.
std::optional<Edit> LineFilter::fold() {
  part_ = Part::value;
  if (field_ == Field::connection) return Edit{0, Row::kAll[row_].begin};
  if (field_ != Field::other) line_bad_ = true;
  return std::nullopt;
}

std::optional<Edit> LineFilter::next_of_name(Kind kind, Bytes text) {
  const std::size_t colon = text.find(':');
  add_to_name(mem::first(text, colon));
  if (colon == Bytes::npos) return std::nullopt;
  part_ = Part::value;
  row_ = Row::of(word());
  word_size_ = 0;
  if (row_ == Row::kAll.size() || kind == Kind::trailer) return std::nullopt;
  const Field field = Row::kAll[row_].field;
  if (name_is_odd_) {
    if (field != Field::connection) line_bad_ = true;
    return std::nullopt;
  }
  field_ = field;
  return Edit{0, Row::kAll[row_].begin, colon + 1};
}

// A byte that no name may have must not be what makes a name another one than those that frame: who
// passes it over and who does not must not read another framing.
void LineFilter::add_to_name(Bytes piece) {
  for (const char c : piece) {
    if (is_token(c)) {
      add_to_word(c);
    } else {
      name_is_odd_ = true;
    }
  }
}

void LineFilter::add_to_word(char c) {
  if (word_size_ < word_.size()) word_[word_size_++] = c;
}

// Of an element llhttp takes no tab for white space, and what it understands of a list depends on
// the field; a line for each element it understands.
std::optional<Edit> LineFilter::next_of_value(Bytes text) {
  if (field_ <= Field::other) return std::nullopt;
  const bool is_coding = field_ == Field::transfer_encoding;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ',') {
      if (is_coding) end_coding();
      return Edit{at, Row::kAll[row_].next_line, 1};
    }
    if (is_coding) read_coding(c);
    if (c == '\t') return Edit{at, " ", 1};
  }
  return std::nullopt;
}

void LineFilter::read_coding(char c) {
  if (is_white(c)) {
    word_ended_ = word_size_ > 0;
    return;
  }
  if (std::exchange(word_ended_, false)) add_to_word(' ');
  add_to_word(c);
}

// llhttp takes any coding. But nobody knows where the content ends when its coding is not known, or
// when there is one behind the chunks.
void LineFilter::end_coding() {
  const auto is_coding = [this](Bytes name) { return is_word(word(), name); };
  if (is_coding(kChunked)) {
    chunked_ = true;
  } else if (word_size_ > 0 && (chunked_ || std::ranges::none_of(kContentCodings, is_coding))) {
    coding_bad_ = true;
  }
  word_size_ = 0;
  word_ended_ = false;
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
