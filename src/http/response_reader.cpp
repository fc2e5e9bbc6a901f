// SPDX-License-Identifier: Apache-2.0
// Lines are read as their bytes come, in whatever slices, and judged at their ends (RFC 9112 2.2):
// a bare LF ends one, too. Of the field lines only three are understood: those that frame the
// content and the one that ends the connection. docs/responses.md says what is taken and why.
#include "http/response_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "http/token.h"
#include "m531x/ascii.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

// Lengths and sizes are signed numbers of 64 bits to most, so nobody takes a larger one for less.
constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

constexpr Bytes kChunked = "chunked";

// After 101 no response follows, but another protocol, for which the modem has not asked.
constexpr bool is_interim(std::uint16_t status) { return status / 100 == 1; }
constexpr std::uint16_t kSwitchingProtocols = 101;

constexpr bool is_white(char c) { return c == ' ' || c == '\t'; }

// The codings of which it is known that they leave the framing alone. Their bytes are handed on.
constexpr bool is_content_coding(Bytes name) {
  return name == "gzip" || name == "x-gzip" || name == "deflate" || name == "identity";
}

}  // namespace

void ResponseReader::start(Method method, const Bounds& bounds) {
  method_ = method;
  bounds_ = bounds;
  total_ = 0;
  header_size_ = 0;
  line_size_ = 0;
  ahead_ = 0;
  after_cr_ = false;
  expect_message();
}

void ResponseReader::expect_message() {
  reason_.clear();
  status_ = 0;
  length_ = 0;
  field_ = Field::none;
  line_empty_ = true;
  line_bad_ = framing_bad_ = has_length_ = has_coding_ = chunked_ = until_close_ = false;
  says_close_ = says_keep_alive_ = keep_alive_ = false;
  phase_ = Phase::status_line;
}

// Reads on in the current line, from slice[at] to its LF or to the end of the slice, and moves `at`
// behind what it read.
ResponseReader::Line ResponseReader::read_line(Bytes slice, std::uint32_t& at) {
  const Bytes rest = mem::after(slice, at);
  if (rest.empty()) return Line::partial;
  const std::size_t line_feed = rest.find('\n');
  const bool ended = line_feed != Bytes::npos;
  Bytes text = mem::first(rest, ended ? line_feed : rest.size());
  const auto size = static_cast<std::uint32_t>(text.size() + (ended ? 1 : 0));
  at += size;
  line_size_ += size;
  if (phase_ != Phase::chunk_size && phase_ != Phase::chunk_end) header_size_ += size;
  if (line_size_ > bounds_.line_bytes || header_size_ > bounds_.header_bytes) return Line::bad;

  if (after_cr_ && !text.empty()) line_bad_ = true;
  after_cr_ = false;
  const bool ends_in_cr = text.ends_with('\r');
  if (ends_in_cr) text.remove_suffix(1);
  if (!ended) after_cr_ = ends_in_cr;
  if (text.find('\r') != Bytes::npos || text.find('\0') != Bytes::npos) line_bad_ = true;
  if (!text.empty()) read_text(text);
  if (!ended) return Line::partial;
  end_text();
  line_size_ = 0;
  return line_bad_ ? Line::bad : Line::ended;
}

void ResponseReader::read_text(Bytes text) {
  const bool begins = std::exchange(line_empty_, false);
  if (begins) {
    step_ = 0;
    begin_word();
  }
  switch (phase_) {
    case Phase::status_line:
      read_status(text);
      break;
    case Phase::interim:
    case Phase::header:
    case Phase::trailer:
      if (begins) begin_field(text.front());
      if (!in_value_) text = read_name(text);
      if (field_ > Field::other) std::ranges::for_each(text, [this](char c) { read_value(c); });
      break;
    case Phase::chunk_size:
      read_size(text);
      break;
    default:  // nothing but a line end stands behind the data of a chunk
      line_bad_ = true;
  }
}

void ResponseReader::end_text() {
  if (phase_ == Phase::status_line) {
    if (line_empty_ || step_ < kBehindStatus || status_ < 100) line_bad_ = true;
  } else if (phase_ == Phase::chunk_size) {
    if (line_empty_ || word_size_ == 0 || number_ > kMaxLength - total_) line_bad_ = true;
    body_left_ = number_;
    total_ += number_;
  } else if (!line_empty_) {
    if (!in_value_) line_bad_ = true;
    if (field_ > Field::other) end_word();
  }
}

// HTTP-version SP status-code [ SP reason-phrase ] (RFC 9112 4), and what is as clear: more white
// space around the status, or none behind it.
void ResponseReader::read_status(Bytes text) {
  constexpr Bytes kVersion = "HTTP/1.";
  constexpr std::uint8_t kMinor = kVersion.size();
  constexpr std::uint8_t kStatus = kBehindStatus - 3;
  static_assert(kMinor + 2 == kStatus);
  for (; !text.empty() && step_ <= kBehindStatus; ++step_, text.remove_prefix(1)) {
    const char c = text.front();
    const auto digit = static_cast<std::uint8_t>(c - '0');
    if (step_ < kMinor) {
      line_bad_ |= c != kVersion[step_];
    } else if (step_ == kMinor) {
      line_bad_ |= digit > 1;
      minor_version_ = digit;
    } else if (step_ < kStatus) {
      line_bad_ |= c != ' ';
    } else if (step_ == kStatus && c == ' ') {
      --step_;
    } else if (step_ < kBehindStatus) {
      line_bad_ |= digit > 9;
      status_ = static_cast<std::uint16_t>(10 * status_ + digit);
    } else if (!is_white(c)) {
      line_bad_ |= digit <= 9;
      ++step_;
      break;
    }
  }
  const std::uint32_t room = kMaxReasonBytes - reason_.size();
  // Without memory for it the phrase is the manual's: the status still goes out.
  if (!reason_.append(mem::first(text, room))) reason_.clear();
}

void ResponseReader::begin_field(char first) {
  in_value_ = is_white(first);
  if (in_value_) {
    // A folded line goes on with the value before it. Who joins them and who does not must not
    // read another framing.
    if (field_ != Field::other && field_ != Field::connection) line_bad_ = true;
    return;
  }
  field_ = Field::other;
  name_is_odd_ = false;
  candidates_ = phase_ == Phase::trailer ? 0 : kAllCandidates;
}

// Reads on in a field's name; returns what stands behind its colon. A byte that no name may have is
// passed over: it only must not be that byte that makes it another name than one of the framing.
Bytes ResponseReader::read_name(Bytes text) {
  struct Known {
    Bytes name;
    Field field;
  };
  static constexpr std::array<Known, kCandidateCount> kKnown = {{
      {"content-length", Field::content_length},
      {"transfer-encoding", Field::transfer_encoding},
      {"connection", Field::connection},
  }};
  std::size_t at = 0;
  for (; candidates_ != 0 && at < text.size() && text[at] != ':'; ++at) {
    if (!is_token(text[at])) {
      name_is_odd_ = true;
      continue;
    }
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
      const Bytes name = kKnown[i].name;
      if (word_size_ >= name.size() || name[word_size_] != to_lower(text[at])) {
        candidates_ &= ~(1U << i);
      }
    }
    ++word_size_;
  }
  const std::size_t colon = text.find(':', at);
  if (colon == Bytes::npos) return {};
  in_value_ = true;
  for (std::size_t i = 0; i < kKnown.size(); ++i) {
    if ((candidates_ >> i & 1U) == 0 || word_size_ != kKnown[i].name.size()) continue;
    const Field known = kKnown[i].field;
    if (!name_is_odd_) {
      field_ = known;
    } else if (known != Field::connection) {
      line_bad_ = true;
    }
  }
  begin_word();
  return mem::after(text, colon + 1);
}

void ResponseReader::begin_word() {
  word_size_ = 0;
  word_bad_ = word_ended_ = false;
  number_ = 0;
}

// The next byte of a list of words (RFC 9110 5.6.1), or of a number.
void ResponseReader::read_value(char c) {
  if (c == ',') {
    end_word();
  } else if (is_white(c)) {
    word_ended_ = word_size_ > 0;
  } else if (field_ == Field::content_length) {
    const auto digit = static_cast<std::uint8_t>(c - '0');
    if (word_ended_ || digit > 9 || number_ > (kMaxLength - digit) / 10) word_bad_ = true;
    number_ = 10 * number_ + digit;
    word_size_ = 1;
  } else if (word_ended_ || word_size_ == word_.size()) {
    word_bad_ = true;
  } else {
    word_[word_size_++] = to_lower(c);
  }
}

void ResponseReader::end_word() {
  const Bytes word(word_.data(), word_bad_ ? 0 : word_size_);
  if (field_ == Field::content_length) {
    if (word_size_ == 0 || word_bad_) line_bad_ = true;
    if (has_length_ && number_ != length_) framing_bad_ = true;
    has_length_ = true;
    length_ = number_;
  } else if (field_ == Field::transfer_encoding) {
    has_coding_ = true;
    const bool is_chunked = word == kChunked;
    if (word_bad_ || (word_size_ > 0 && !is_chunked && (chunked_ || !is_content_coding(word)))) {
      framing_bad_ = true;
    }
    chunked_ = chunked_ || is_chunked;
  } else {
    says_close_ |= word == "close";
    says_keep_alive_ |= word == "keep-alive";
  }
  begin_word();
}

// The size in a chunk's header line. What follows is for others (RFC 9112 7.1.1): it only has to
// begin with a semicolon, white space around it allowed.
void ResponseReader::read_size(Bytes text) {
  enum : std::uint8_t { size, space, extension };
  for (const char c : text) {
    if (step_ == extension) return;
    const int digit = step_ == size ? hex_value(c) : -1;
    if (digit >= 0) {
      if (++word_size_ > kMaxSizeDigits) line_bad_ = true;
      number_ = number_ << 4U | static_cast<std::uint64_t>(digit);
    } else if (c == ';') {
      step_ = extension;
    } else {
      step_ = space;
      if (!is_white(c) || word_size_ == 0) line_bad_ = true;
    }
  }
}

ResponseReader::Found ResponseReader::next(Bytes slice) {
  const std::uint32_t at = std::exchange(ahead_, 0);
  switch (phase_) {
    case Phase::status_line:
    case Phase::interim:
      return status_line(slice, at);
    case Phase::header:
      return header(slice, at);
    case Phase::body:
      return body(slice, at);
    case Phase::chunk_size:
    case Phase::chunk_end:
    case Phase::trailer:
      return chunk_line(slice, at);
    case Phase::complete:
      return end(at);
    case Phase::dead:
      break;
  }
  return {What::nothing, static_cast<std::uint32_t>(slice.size())};
}

// Reads up to the end of the status line of the final response; the others are passed over with
// their header lines.
ResponseReader::Found ResponseReader::status_line(Bytes slice, std::uint32_t at) {
  while (true) {
    const Line line = read_line(slice, at);
    if (line == Line::bad) return fault();
    if (line == Line::partial) return {What::nothing, at};
    const bool is_empty = std::exchange(line_empty_, true);
    if (phase_ == Phase::interim) {
      if (!is_empty) continue;
      if (!framing_is_good()) return fault();
      expect_message();
      continue;
    }
    if (status_ == kSwitchingProtocols) return fault();
    phase_ = is_interim(status_) ? Phase::interim : Phase::header;
    if (phase_ == Phase::header) return {What::status, at};
  }
}

ResponseReader::Found ResponseReader::header(Bytes slice, std::uint32_t at) {
  const std::uint32_t begin = at;
  while (true) {
    const std::uint32_t line_begin = at;
    const Line line = read_line(slice, at);
    if (line == Line::bad) return fault();
    if (line == Line::partial && line_bad_) return {What::nothing, at};
    if (line == Line::partial) {
      // A CR at the start of a line belongs to the empty line that ends the header.
      ahead_ = after_cr_ && line_empty_ ? at - line_begin : 0;
      const std::uint32_t size = at - ahead_ - begin;
      if (size > 0) return {What::header, begin, size};
      ahead_ = 0;
      return {What::nothing, at};
    }
    if (std::exchange(line_empty_, true)) {
      if (!framing_is_good()) return fault();
      end_header();
      ahead_ = at - line_begin;
      return {What::header, begin, line_begin - begin, true};
    }
  }
}

bool ResponseReader::framing_is_good() const {
  return !framing_bad_ && !(has_length_ && has_coding_);
}

// RFC 9112 6.3: what ends the content; 9.3 and 6.1: whether the connection outlives it.
void ResponseReader::end_header() {
  keep_alive_ = !says_close_ && (minor_version_ > 0 || (says_keep_alive_ && !has_coding_));
  phase_ = Phase::complete;
  if (method_ == Method::head || status_ == 204 || status_ == 304) {
    chunked_ = false;
  } else if (chunked_) {
    phase_ = Phase::chunk_size;
  } else if (!has_length_) {
    until_close_ = true;
    keep_alive_ = false;
    phase_ = Phase::body;
  } else if (length_ > 0) {
    body_left_ = total_ = length_;
    phase_ = Phase::body;
  }
}

ResponseReader::Found ResponseReader::body(Bytes slice, std::uint32_t at) {
  const Bytes rest = mem::after(slice, at);
  if (rest.empty()) return {What::nothing, at};
  const auto size = static_cast<std::uint32_t>(
      until_close_ ? rest.size() : std::min<std::uint64_t>(body_left_, rest.size()));
  if (until_close_) {
    total_ += size;
    return {What::content, at, size};
  }
  body_left_ -= size;
  if (body_left_ == 0) phase_ = chunked_ ? Phase::chunk_end : Phase::complete;
  return {What::content, at, size, phase_ == Phase::complete};
}

// Reads the lines between the data of two chunks, and those behind the last.
ResponseReader::Found ResponseReader::chunk_line(Bytes slice, std::uint32_t at) {
  while (true) {
    const Line line = read_line(slice, at);
    if (line == Line::bad) return fault();
    if (line == Line::partial) return {What::nothing, at};
    const bool is_empty = std::exchange(line_empty_, true);
    if (phase_ == Phase::trailer) {
      if (is_empty) return end(at);
    } else if (phase_ == Phase::chunk_end) {
      phase_ = Phase::chunk_size;
    } else if (body_left_ > 0) {
      phase_ = Phase::body;
      return body(slice, at);
    } else {
      phase_ = Phase::trailer;
      field_ = Field::none;
    }
  }
}

ResponseReader::Found ResponseReader::end(std::uint32_t at) {
  phase_ = Phase::dead;
  const bool reported = !chunked_ && !until_close_ && total_ > 0;
  return {What::end, at, 0, !reported};
}

ResponseReader::Found ResponseReader::fault() {
  phase_ = Phase::dead;
  return {What::fault};
}

bool ResponseReader::finish() {
  if (phase_ == Phase::body && until_close_) phase_ = Phase::complete;
  return phase_ == Phase::complete;
}

}  // namespace m531x::http
