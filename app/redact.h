// SPDX-License-Identifier: Apache-2.0
// Takes passwords, keys and header values out of what a trace shows. What is not known to be
// harmless is hidden; a hidden text is `***`, or its length as in `<12 bytes>`.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/field_judge.h"
#include "app/typed_line.h"
#include "m531x/bytes.h"
#include "m531x/profile.h"
#include "transcript/modem_records.h"

namespace m531x::app {

inline constexpr std::string_view kHidden = "***";

// Bytes as text: \r \n \t \\ \xhh, and valid UTF-8 that is no control character as it is.
[[nodiscard]] std::string escaped(Bytes bytes);

// Gives the memory of what may be a secret back to the heap, which wipes it.
inline void let_go(std::string& text) { std::string().swap(text); }

// Hides the values of header fields that FieldJudge hides. Takes a block in any pieces.
class FieldMask {
 public:
  // What follows begins a field line; or it goes on with a value, which is hidden.
  void start_line() { *this = {}; }
  void start_in_value();
  // Appends to `out` what may be shown of `byte`, which the trace would show as `typed`.
  void take(char byte, Bytes typed, std::string& out);
  // The end of a piece: what cannot be judged yet is hidden.
  void end_piece(std::string& out);

  // A block or a piece of one, all at once.
  [[nodiscard]] std::string mask(Bytes piece);

 private:
  FieldJudge judge_;
  std::string open_;  // the name as typed, not shown yet
};

// Extended commands by whether a parameter of theirs may be a secret; sorted, live for ever. Every
// row of the modem's command table is in one of them; a command that is in neither is hidden.
[[nodiscard]] std::span<const std::string_view> harmless_commands();
[[nodiscard]] std::span<const std::string_view> secret_bearing_commands();
[[nodiscard]] bool is_harmless_command(Bytes name);
// Whether that parameter of one that may bear a secret is none.
[[nodiscard]] bool is_harmless_parameter(Bytes name, const std::vector<TypedParameter>& all,
                                         std::size_t index);
// Whether the name of one that may bear a secret goes on with what no name has: `+CPIN 1234`.
[[nodiscard]] bool is_followed_by_more(Bytes name);

// What the host types: lines. A line is judged by itself and by each line that may begin within it,
// for the modem drops what has been typed of a line when it restarts.
class HostRedactor {
 public:
  // `characters`: what ends and edits a line from the start.
  explicit HostRedactor(const LineCharacters& characters = {})
      : unsure_(characters != LineCharacters()) {}
  // Takes bytes in any pieces; returns the lines that they complete.
  [[nodiscard]] std::vector<std::string> take(Bytes bytes);
  // One line, with or without its end.
  [[nodiscard]] std::string show(Bytes line);
  // Whether the host has asked for an echo.
  [[nodiscard]] bool wants_echo() const { return wants_echo_; }
  // Whether the host has changed the characters that end and edit a line: then nothing is sure.
  [[nodiscard]] bool is_unsure() const { return unsure_; }

 private:
  static constexpr std::size_t kMaxIds = 10;

  std::string show_typed(Bytes typed);
  void notice_later_line(Bytes body);
  std::string show_body(Bytes body);
  std::string show_basic(Bytes text);
  void notice_basic(Bytes upper);
  std::string show_extended(Bytes body, std::size_t& at, std::size_t last_secret);
  std::string show_parameter(Bytes name, const std::vector<TypedParameter>& all, std::size_t index);
  std::string show_header(const std::vector<TypedParameter>& all);

  std::string line_;
  std::size_t dropped_ = 0;  // of a line that is longer than any that is shown
  bool wants_echo_ = false;
  bool unsure_;
  std::array<bool, kMaxIds> open_field_{};  // the header text so far ends within a line
};

// What the modem says: its reports and answers, and the echo.
class ModemRedactor {
 public:
  // `echo`: the modem repeats what the host types, from the start.
  explicit ModemRedactor(bool echo) : echo_(echo) {}
  // `host` is what has been typed on the same line.
  [[nodiscard]] std::string show(const transcript::ModemRecord& record, const HostRedactor& host);

 private:
  static constexpr std::size_t kMaxIds = 10;

  std::string show_line(const transcript::ModemRecord& record, const HostRedactor& host);
  std::string show_data(const transcript::ModemRecord& record);

  bool echo_;
  HostRedactor echoed_;
  std::array<FieldMask, kMaxIds> header_;  // of each instance's response
};

// One direction of a connection: heads of messages, and what follows each.
class WireRedactor {
 public:
  enum class Side : bool { request, response };
  explicit WireRedactor(Side side) : side_(side) {}
  // Takes bytes in any pieces; returns heads, each as a whole, a request's content by its size, a
  // response's as it comes.
  [[nodiscard]] std::vector<std::string> take(Bytes bytes);
  // The next response follows: a request has been sent.
  void expect_head();
  // Whether the next byte begins a message.
  [[nodiscard]] bool at_start() const { return in_head_ && head_.empty(); }

 private:
  std::string finish_head();

  Side side_;
  bool in_head_ = true;
  std::string head_;
  std::size_t dropped_ = 0;
  std::size_t content_size_ = 0;  // of a request
  std::size_t content_left_ = 0;
};

}  // namespace m531x::app
