// SPDX-License-Identifier: Apache-2.0
// What llhttp is shown of a line of a response: the fields that say where the content ends and
// whether the connection stays, and none of the others. Where no rule allows a line and yet
// everybody reads it alike, llhttp sees the line that it should have been, and judges that (RFC
// 9112).
#pragma once

#include <array>
#include <optional>

#include "m531x/bytes.h"
#include "mem/text.h"

namespace m531x::http {

// next() is called with the text of a line, without its end, in whatever pieces it comes, until it
// has no edit for the rest of a piece; end_line() where a line ends that is not empty. Whoever
// calls sees to it that there is no NUL and no CR in a line.
class LineFilter {
 public:
  enum class Kind : std::uint8_t {
    status,      // HTTP-version SP status-code [SP reason-phrase]
    field,       // of a header
    trailer,     // a field of trailers, which nobody asked for: none of them means anything
    chunk_size,  // chunk-size [chunk-ext]
    plain,       // a line that is shown as it is
  };
  // What a field line is; `none` before the first one.
  enum class Field : std::uint8_t { none, other, connection, content_length, transfer_encoding };
  // The first `at` bytes of the text are shown, then `instead` for the next `size` bytes.
  struct Edit {
    std::size_t at = 0;
    Bytes instead;
    std::size_t size = 0;
  };
  static constexpr std::uint8_t kMaxSizeDigits = 16;  // of a chunk, zeros in front included

  // Expects a header, or trailers.
  void start();

  [[nodiscard]] std::optional<Edit> next(Kind kind, Bytes text);

  // What llhttp is shown of a whole line when a look tells: the end of the line as it stands, or
  // nothing of it. The line is over with that, without end_line(). Without a value, nothing has
  // been decided: the line is one for next().
  [[nodiscard]] std::optional<Bytes> look_at_field(Bytes line);
  // The same for a status line, of which all would be shown. False: nothing has been decided.
  [[nodiscard]] static bool stands_as_status(Bytes line);

  // False: it is a field without a colon.
  [[nodiscard]] bool end_line();

  // The line that is being read must be refused, whatever llhttp says.
  [[nodiscard]] bool line_is_bad() const { return line_bad_; }

  // The rest of the line that is being read is not shown, nor is its end.
  [[nodiscard]] bool hides_line() const { return part_ != Part::start && field_ <= Field::other; }

  // Of the line that is being read or has just ended.
  [[nodiscard]] Field field() const { return field_; }

  // False when there is a transfer coding that is not known, or one behind `chunked`.
  [[nodiscard]] bool codings_are_good() const { return !coding_bad_; }

 private:
  enum class Part : std::uint8_t { start, name, value };
  struct Row;

  std::optional<Edit> next_of_status(Bytes text);
  std::optional<Edit> next_of_field(Kind kind, Bytes text);
  [[gnu::cold]] std::optional<Edit> fold();
  std::optional<Edit> next_of_name(Kind kind, Bytes text);
  std::optional<Edit> next_of_value(Bytes text);
  std::optional<Edit> next_of_size(Bytes text);
  [[gnu::cold]] void add_to_name(Bytes piece);
  void add_to_word(char c);
  [[nodiscard]] Bytes word() const { return {word_.data(), word_size_}; }
  void read_coding(char c);
  void end_coding();

  static std::size_t find_colon(Bytes line);
  static bool stands(Bytes line, std::size_t at);

  static constexpr std::uint8_t kStatusBegin = 9;  // in "HTTP/1.1 200 OK"
  static constexpr std::uint8_t kStatusEnd = kStatusBegin + 3;
  static constexpr std::size_t kShortestName = 10;  // of a field that is shown
  static constexpr std::size_t kLongestWord = 17;   // that matters

  std::uint8_t row_ = 0;   // of the field in the table of names
  std::uint8_t step_ = 0;  // how far a status line or the size of a chunk has got
  std::uint8_t word_size_ = 0;
  std::array<char, kLongestWord + 1> word_{};  // a name, or a coding
  Part part_ = Part::start;
  Field field_ = Field::none;
  bool name_is_odd_ = false;  // it has bytes that no name may have
  bool word_ended_ = false;   // by white space
  bool coding_bad_ = false;
  bool chunked_ = false;
  bool line_bad_ = false;
};

}  // namespace m531x::http
