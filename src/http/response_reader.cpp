// SPDX-License-Identifier: Apache-2.0
// The reader cuts lines itself, so that a bare LF ends one (RFC 9112 2.2) and a fault is judged at
// its line's end; llhttp sees what the filter shows of them, with CRLFs, and judges the framing.
#include "http/response_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mem/text.h"

namespace m531x::http {
namespace {

constexpr Bytes kCrlf = "\r\n";

// Lengths and sizes are signed numbers of 64 bits to most, so nobody takes a larger one for less.
constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

// After 101 no response follows, but another protocol, for which the modem has not asked.
constexpr bool is_interim(std::uint16_t status) { return status / 100 == 1; }
constexpr std::uint16_t kSwitchingProtocols = 101;

}  // namespace

// What llhttp tells while it reads (src/http/llhttp/generate.js). An answer that is not 0 stops it,
// but for the header's.
struct ResponseReader::Told {
  static ResponseReader& self(llhttp_t* parser) {
    return *static_cast<ResponseReader*>(parser->data);
  }

  static int status(llhttp_t* parser, Bytes text) {
    self(parser).keep_reason(text);
    return 0;
  }

  static int headers_complete(llhttp_t* parser) {
    constexpr int kNoBody = 1;
    return self(parser).judge_header() ? 0 : kNoBody;
  }

  static int chunk_header(llhttp_t* parser) {
    ResponseReader& reader = self(parser);
    if (parser->content_length > kMaxLength - reader.total_) return HPE_USER;
    reader.body_left_ = parser->content_length;
    reader.total_ += parser->content_length;
    return 0;
  }

  static int message_complete(llhttp_t* parser) {
    self(parser).message_complete_ = true;
    return 0;
  }
};

void ResponseReader::start(Method method, const Bounds& bounds) {
  method_ = method;
  bounds_ = bounds;
  total_ = 0;
  header_size_ = 0;
  ahead_ = 0;
  keep_alive_ = false;
  expect_message();
}

void ResponseReader::expect_message() {
  llhttp__internal_init(&parser_);
  parser_.data = this;
  filter_.start();
  reason_.clear();
  body_left_ = 0;
  line_size_ = 0;
  has_length_ = lengths_differ_ = after_cr_ = line_bad_ = false;
  chunked_ = until_close_ = message_complete_ = false;
  line_empty_ = true;
  phase_ = Phase::status_line;
}

// Without memory for it the phrase is the manual's: the status still goes out.
void ResponseReader::keep_reason(Bytes text) {
  if (parser_.status_code / 100 == 2) return;
  const std::size_t room = kMaxReasonBytes - reason_.size();
  if (!reason_.append(mem::first(text, room))) reason_.clear();
}

// The header is complete: what follows it, and whether the connection stays. False: no content.
bool ResponseReader::judge_header() {
  // RFC 9112 9.3 and 6.1: `close` goes first, and who speaks HTTP/1.0 knows no coding.
  constexpr unsigned kCloses = F_CONNECTION_CLOSE;
  const bool is_old = parser_.http_minor == 0;
  keep_alive_ = (parser_.flags & kCloses) == 0 &&
                (!is_old || ((parser_.flags & F_CONNECTION_KEEP_ALIVE) != 0 &&
                             (parser_.flags & F_TRANSFER_ENCODING) == 0));
  const std::uint16_t status = parser_.status_code;
  chunked_ = until_close_ = false;
  body_left_ = 0;
  if (method_ == Method::head || is_interim(status) || status == 204 || status == 304) return false;
  chunked_ = (parser_.flags & F_CHUNKED) != 0;
  until_close_ = llhttp_message_needs_eof(&parser_) != 0;
  keep_alive_ = keep_alive_ && !until_close_;
  if (!chunked_ && !until_close_) body_left_ = total_ = parser_.content_length;
  return true;
}

bool ResponseReader::feed(Bytes bytes) {
  return bytes.empty() ||
         llhttp__internal_execute(&parser_, bytes.data(), bytes.data() + bytes.size()) == HPE_OK;
}

// Reads on in the current line, from slice[at] to its LF or to the end of the slice, and moves `at`
// behind what it read.
ResponseReader::Line ResponseReader::read_line(Bytes slice, std::uint32_t& at) {
  const LineCut line = cut_line(mem::after(slice, at));
  at += line.size;
  return take_line(line);
}

// The line that `bytes` begin with, without its CR LF; nothing unless it is whole, its bounds allow
// it, and the reader is at its beginning. Nearly all lines of a header are so.
std::optional<Bytes> ResponseReader::whole_line(Bytes bytes) const {
  if (line_size_ > 0) return std::nullopt;
  const std::size_t size = find_line_break(bytes);
  if (!is_crlf(bytes, size) || size + kCrlf.size() > bounds_.line_bytes ||
      header_size_ + size + kCrlf.size() > bounds_.header_bytes) {
    return std::nullopt;
  }
  return mem::first(bytes, size);
}

// The size of a whole line with its end, which has been read with this.
std::uint32_t ResponseReader::step_over(Bytes line) {
  const auto size = static_cast<std::uint32_t>(line.size() + kCrlf.size());
  header_size_ += size;
  return size;
}

// Of a whole line llhttp is shown this end, with the CR LF. False: the line must be refused.
bool ResponseReader::show_end(Bytes end) {
  return feed(Bytes(end.data(), end.size() + kCrlf.size())) && judge_value();
}

ResponseReader::Line ResponseReader::take_line(const LineCut& line) {
  if (line.size == 0) return Line::partial;
  line_size_ += line.size;
  if (phase_ != Phase::chunk_size && phase_ != Phase::chunk_end) header_size_ += line.size;
  if (line_size_ > bounds_.line_bytes || header_size_ > bounds_.header_bytes) return Line::bad;

  if (line.bad || (after_cr_ && (!line.ended || line.size > 1))) line_bad_ = true;
  after_cr_ = line.cr && !line.ended;
  line_empty_ = line_empty_ && line.text.empty();
  if (!show(line)) line_bad_ = true;
  if (!line.ended) return Line::partial;
  line_size_ = 0;
  return line_bad_ ? Line::bad : Line::ended;
}

// Shows llhttp what the filter would have it see of the line, and its end: in one piece if they are
// one. False: the line must be refused.
bool ResponseReader::show(const LineCut& line) {
  Bytes text = line.text;
  const LineFilter::Kind kind = line_kind();
  bool good = true;
  while (const auto edit = filter_.next(kind, text)) {
    good = good && feed(mem::first(text, edit->at)) && feed(edit->instead) && put_length_aside();
    text.remove_prefix(edit->at + edit->size);
  }
  good = good && !filter_.line_is_bad();
  if (filter_.hides_line()) return (!line.ended || filter_.end_line()) && good;
  if (!line.ended) return good && feed(text);
  if (line_empty_) take_length_back();
  good = good && (line.cr ? feed(Bytes(text.data(), text.size() + kCrlf.size()))
                          : feed(text) && feed(kCrlf));
  return (line_empty_ || (filter_.end_line() && judge_value())) && good;
}

// llhttp waits with its word on an empty value for the next line, which might go on with it; and
// takes an empty Transfer-Encoding for none.
bool ResponseReader::judge_value() {
  using Field = LineFilter::Field;
  if (filter_.field() == Field::content_length) {
    return (parser_.flags & F_CONTENT_LENGTH) != 0 && put_length_aside();
  }
  if (filter_.field() == Field::transfer_encoding) parser_.flags |= F_TRANSFER_ENCODING;
  return true;
}

// llhttp refuses a second Content-Length whatever it says (RFC 9112 6.3 lets a client accept one
// that says the same). So each is put aside until the header ends.
bool ResponseReader::put_length_aside() {
  if (filter_.field() != LineFilter::Field::content_length) return true;
  if ((parser_.flags & F_CONTENT_LENGTH) == 0) return true;
  if (has_length_ && parser_.content_length != length_) lengths_differ_ = true;
  has_length_ = true;
  length_ = parser_.content_length;
  parser_.flags = static_cast<std::uint16_t>(parser_.flags & ~F_CONTENT_LENGTH);
  parser_.content_length = 0;
  return length_ <= kMaxLength;
}

void ResponseReader::take_length_back() {
  if (!has_length_) return;
  parser_.flags |= F_CONTENT_LENGTH;
  parser_.content_length = length_;
}

LineFilter::Kind ResponseReader::line_kind() const {
  using Kind = LineFilter::Kind;
  switch (phase_) {
    case Phase::status_line:
      return Kind::status;
    case Phase::interim:
    case Phase::header:
      return Kind::field;
    case Phase::trailer:
      return Kind::trailer;
    case Phase::chunk_size:
      return Kind::chunk_size;
    default:  // what stands behind the data of a chunk
      return Kind::plain;
  }
}

bool ResponseReader::framing_is_good() const {
  return !lengths_differ_ && filter_.codings_are_good();
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
    const Line line = phase_ == Phase::status_line ? read_status(slice, at) : read_line(slice, at);
    if (line == Line::bad) return fault();
    if (line == Line::partial) return {What::nothing, at};
    const bool is_empty = std::exchange(line_empty_, true);
    if (phase_ == Phase::interim) {
      if (!is_empty) continue;
      if (!framing_is_good()) return fault();
      expect_message();
      continue;
    }
    if (is_empty || parser_.http_major != 1 || parser_.status_code < 100 ||
        parser_.status_code == kSwitchingProtocols) {
      return fault();
    }
    phase_ = is_interim(parser_.status_code) ? Phase::interim : Phase::header;
    if (phase_ == Phase::header) return {What::status, at};
  }
}

ResponseReader::Line ResponseReader::read_status(Bytes slice, std::uint32_t& at) {
  const std::optional<Bytes> whole = whole_line(mem::after(slice, at));
  if (!whole || !LineFilter::stands_as_status(*whole)) return read_line(slice, at);
  at += step_over(*whole);
  line_empty_ = false;
  return show_end(*whole) ? Line::ended : Line::bad;
}

ResponseReader::Found ResponseReader::header(Bytes slice, std::uint32_t at) {
  const std::uint32_t begin = at;
  while (true) {
    const std::uint32_t line_begin = at;
    const std::optional<Bytes> whole = whole_line(mem::after(slice, at));
    const std::optional<Bytes> shown = whole ? filter_.look_at_field(*whole) : std::nullopt;
    if (shown) {
      at += step_over(*whole);
      if (!shown->empty() && !show_end(*shown)) return fault();
      continue;
    }
    if (whole && whole->empty()) {
      at += step_over(*whole);
      take_length_back();
      return feed(kCrlf) ? header_end(begin, line_begin, at) : fault();
    }
    const Line line = read_line(slice, at);
    if (line == Line::bad) return fault();
    if (line == Line::partial) {
      // A CR at the start of a line belongs to the empty line that ends the header. A line that is
      // known to be bad is not shown.
      ahead_ = line_bad_ || (after_cr_ && line_empty_) ? at - line_begin : 0;
      const std::uint32_t size = at - ahead_ - begin;
      if (size > 0) return {What::header, begin, size};
      ahead_ = 0;
      return {What::nothing, at};
    }
    if (std::exchange(line_empty_, true)) return header_end(begin, line_begin, at);
  }
}

// The empty line from `line_begin` to `at` ends the header, whose last lines begin at `begin`.
ResponseReader::Found ResponseReader::header_end(std::uint32_t begin, std::uint32_t line_begin,
                                                 std::uint32_t at) {
  if (!framing_is_good()) return fault();
  phase_ = message_complete_ ? Phase::complete : chunked_ ? Phase::chunk_size : Phase::body;
  ahead_ = at - line_begin;
  return {What::header, begin, line_begin - begin, true};
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
  // Of content of a known length llhttp has nothing to say; behind a chunk it goes on.
  if (chunked_ && !feed(mem::first(rest, size))) return fault();
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
    line_empty_ = true;
    if (message_complete_) return end(at);
    if (phase_ == Phase::chunk_end) {
      phase_ = Phase::chunk_size;
    } else if (body_left_ > 0) {
      phase_ = Phase::body;
      return body(slice, at);
    } else if (phase_ == Phase::chunk_size) {
      phase_ = Phase::trailer;
      filter_.start();
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

// By these names the generated parser calls.
namespace {
using Told = m531x::http::ResponseReader::Told;
using Place = const unsigned char*;
}  // namespace

int llhttp__on_status(llhttp_t* parser, Place at, Place end) {
  return Told::status(parser,
                      {reinterpret_cast<const char*>(at), static_cast<std::size_t>(end - at)});
}
int llhttp__on_headers_complete(llhttp_t* parser, Place, Place) {
  return Told::headers_complete(parser);
}
int llhttp__on_chunk_header(llhttp_t* parser, Place, Place) { return Told::chunk_header(parser); }
int llhttp__on_message_complete(llhttp_t* parser, Place, Place) {
  return Told::message_complete(parser);
}
