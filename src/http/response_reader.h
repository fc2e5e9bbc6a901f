// SPDX-License-Identifier: Apache-2.0
// Finds the reportable pieces of a response in the slices in which it arrives (RFC 9112, on
// llhttp).
#pragma once

#include <llhttp.h>

#include <optional>

#include "http/line_cut.h"
#include "http/line_filter.h"
#include "http/request.h"
#include "mem/chain.h"

namespace m531x::http {

// A pull parser: next() is called with the rest of the current slice until it finds nothing, and
// again with each later slice. A slice is what the module reads at once: a piece never spans two.
class ResponseReader {
 public:
  // The pool is for a reason phrase that does not come in one slice.
  explicit ResponseReader(BlockPool& pool) : reason_(pool) {}
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  struct Bounds {
    std::uint32_t header_bytes;  // of all lines before the content
    std::uint32_t line_bytes;    // of one line
  };
  static constexpr std::uint32_t kMaxReasonBytes = 128;  // a longer phrase is cut off

  // Expects the response to a request of this method.
  void start(Method method, const Bounds& bounds);

  enum class What : std::uint8_t {
    nothing,  // the slice is used up
    status,   // the status line is complete; see status() and reason()
    header,   // bytes of header lines; `last`: the header is complete
    content,  // bytes of content; `last`: all of the Content-Length
    end,      // the response is whole; `last`: no piece has said so yet
    fault,    // not HTTP, or framing that must not be trusted; the reader is dead
  };
  // The slice begins with `skip` bytes that are not reported, then the piece of `size` bytes. The
  // caller takes both off before it calls again.
  struct Found {
    What what;
    std::uint32_t skip = 0;
    std::uint32_t size = 0;
    bool last = false;
  };
  [[nodiscard]] Found next(Bytes slice);

  // The server closed the connection. True when that ends the response; next("") then finds it.
  [[nodiscard]] bool finish();

  [[nodiscard]] std::uint16_t status() const { return parser_.status_code; }
  // As the server sent it, at most kMaxReasonBytes. That of a success, which nobody is told, is not
  // kept.
  [[nodiscard]] mem::ChainView reason() const { return reason_.view(); }
  // <total> of +HTTPNMIC: the Content-Length, or the sum of chunk sizes or bytes read so far.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // Whether the server keeps the connection; known when the end has been found.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }

  struct Told;  // for the generated parser alone

 private:
  enum class Phase : std::uint8_t {
    status_line,
    interim,
    header,
    body,
    chunk_size,
    chunk_end,
    trailer,
    complete,
    dead
  };
  enum class Line : std::uint8_t { partial, ended, bad };

  void expect_message();
  Line read_line(Bytes slice, std::uint32_t& at);
  [[nodiscard]] std::optional<Bytes> whole_line(Bytes bytes) const;
  std::uint32_t step_over(Bytes line);
  bool show_end(Bytes end);
  Line read_status(Bytes slice, std::uint32_t& at);
  // Out of the way of the usual lines, which are read in header().
  [[gnu::cold, gnu::noinline]] Line take_line(const LineCut& line);
  bool show(const LineCut& line);
  bool feed(Bytes bytes);
  bool judge_value();
  bool put_length_aside();
  void take_length_back();
  [[nodiscard]] LineFilter::Kind line_kind() const;
  [[nodiscard]] bool framing_is_good() const;
  void keep_reason(Bytes text);
  bool judge_header();
  Found status_line(Bytes slice, std::uint32_t at);
  Found header(Bytes slice, std::uint32_t at);
  Found header_end(std::uint32_t begin, std::uint32_t line_begin, std::uint32_t at);
  Found body(Bytes slice, std::uint32_t at);
  Found chunk_line(Bytes slice, std::uint32_t at);
  Found end(std::uint32_t at);
  Found fault();

  llhttp_t parser_;
  LineFilter filter_;
  mem::Chain reason_;
  Bounds bounds_{};
  std::uint64_t total_ = 0;
  std::uint64_t length_ = 0;       // the Content-Length, if has_length_
  std::uint64_t body_left_ = 0;    // of the chunk or the Content-Length
  std::uint32_t header_size_ = 0;  // of status lines, header lines and trailers so far
  std::uint32_t line_size_ = 0;    // of the line that is being read
  std::uint32_t ahead_ = 0;        // bytes of the slice that were read before they are taken off
  Method method_ = Method::get;
  Phase phase_ = Phase::dead;
  bool has_length_ = false;
  bool lengths_differ_ = false;  // to be judged when the header ends
  bool after_cr_ = false;        // the last byte of the earlier slice was a CR
  bool line_empty_ = true;       // nothing but that CR in the line so far
  bool line_bad_ = false;        // to be judged when the line ends
  bool chunked_ = false;
  bool until_close_ = false;
  bool message_complete_ = false;
  bool keep_alive_ = false;
};

}  // namespace m531x::http
