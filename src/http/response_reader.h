// SPDX-License-Identifier: Apache-2.0
// Finds the reportable pieces of a response in the slices in which it arrives (RFC 9112).
#pragma once

#include <array>

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
  static constexpr std::uint8_t kMaxSizeDigits = 16;     // of a chunk, zeros in front included

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

  [[nodiscard]] std::uint16_t status() const { return status_; }
  // As the server sent it, at most kMaxReasonBytes.
  [[nodiscard]] mem::ChainView reason() const { return reason_.view(); }
  // <total> of +HTTPNMIC: the Content-Length, or the sum of chunk sizes or bytes read so far.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  // Whether the server keeps the connection; known when the end has been found.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }

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
  // What a field line is: `none` before the first one, then as its name says.
  enum class Field : std::uint8_t { none, other, content_length, transfer_encoding, connection };
  static constexpr std::size_t kCandidateCount = 3;
  static constexpr unsigned kAllCandidates = (1U << kCandidateCount) - 1;
  static constexpr std::uint8_t kBehindStatus = 12;  // a step of a status line: "HTTP/1.1 200"

  void expect_message();
  Line read_line(Bytes slice, std::uint32_t& at);
  void read_text(Bytes text);
  void end_text();
  void read_status(Bytes text);
  void begin_field(char first);
  Bytes read_name(Bytes text);
  void begin_word();
  void read_value(char c);
  void end_word();
  void read_size(Bytes text);
  [[nodiscard]] bool framing_is_good() const;
  void end_header();
  Found status_line(Bytes slice, std::uint32_t at);
  Found header(Bytes slice, std::uint32_t at);
  Found body(Bytes slice, std::uint32_t at);
  Found chunk_line(Bytes slice, std::uint32_t at);
  Found end(std::uint32_t at);
  Found fault();

  mem::Chain reason_;
  Bounds bounds_{};
  std::uint64_t total_ = 0;
  std::uint64_t length_ = 0;       // the Content-Length
  std::uint64_t body_left_ = 0;    // of the chunk or the Content-Length
  std::uint64_t number_ = 0;       // that is being read
  std::uint32_t header_size_ = 0;  // of status lines, header lines and trailers so far
  std::uint32_t line_size_ = 0;    // of the line that is being read
  std::uint32_t ahead_ = 0;        // bytes of the slice that were read before they are taken off
  unsigned candidates_ = 0;        // the names, a bit each, that the field's may still become
  std::uint16_t status_ = 0;
  std::uint8_t minor_version_ = 0;
  Method method_ = Method::get;
  Phase phase_ = Phase::dead;
  Field field_ = Field::none;
  std::uint8_t step_ = 0;       // how far a status line or a chunk's size has got
  std::uint8_t word_size_ = 0;  // of a name or a word of a value; of a number: whether there is one
  std::array<char, 10> word_{};  // in small letters; no word that matters is longer
  bool word_ended_ = false;      // by white space
  bool word_bad_ = false;        // too long, two of them, or no number
  bool name_is_odd_ = false;     // it has bytes that no name may have
  bool in_value_ = false;        // behind the colon, or in a folded line
  bool after_cr_ = false;        // the last byte of the earlier slice was a CR
  bool line_empty_ = true;       // nothing but that CR in the line so far
  bool line_bad_ = false;        // to be judged when the line ends,
  bool framing_bad_ = false;     // and this when the header ends
  bool has_length_ = false;
  bool has_coding_ = false;
  bool chunked_ = false;
  bool until_close_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool keep_alive_ = false;
};

}  // namespace m531x::http
