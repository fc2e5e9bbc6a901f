// SPDX-License-Identifier: Apache-2.0
// Takes secrets out of what goes into a modem, such that the modem does the same with what is left:
// a hidden byte is a `*`, and everything keeps its length, as typed and as decoded. What is a
// secret is as in a trace (redact.h).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/field_judge.h"
#include "app/redact.h"
#include "app/redact_url.h"

namespace m531x::app {

inline constexpr char kMask = '*';

// What the host types, line by line.
class HostMask {
 public:
  // `characters`: what ends and edits a line from the start.
  explicit HostMask(const LineCharacters& characters = {}) : redactor_(characters) {}
  // The size of the line that `typed` begins with, as the modem sees its end: a CR, or the slash of
  // `A/`. 0: it has not ended.
  [[nodiscard]] static std::size_t line_size(Bytes typed);
  // Hides what is secret in one line, which has its end. The modem has heard all of it.
  void hide(std::string& line);
  // Hides all but the ends of lines and what edits them.
  static void hide_all(std::span<char> bytes);
  // Whether the host has changed the characters that end and edit a line: then no line is to be
  // told from another, and hide hides all.
  [[nodiscard]] bool is_unsure() const { return redactor_.is_unsure(); }

 private:
  static constexpr std::size_t kMaxIds = 10;

  void hide_body(std::string& body);
  void hide_extended(std::string& body, std::size_t& at);
  void hide_parameter(std::string& body, Bytes typed, Bytes name,
                      const std::vector<TypedParameter>& all, std::size_t index);
  static void hide_header(std::string& body, const Part& text, bool hex, bool& open);

  HostRedactor redactor_;                   // follows what the lines change
  std::array<bool, kMaxIds> open_field_{};  // the header text so far ends within a line
};

// What a server sends on one connection: header values; the content stays as it is.
class ResponseMask {
 public:
  // Takes bytes in any pieces.
  void hide(std::span<char> bytes);
  // The next response follows.
  void expect_head() { *this = {}; }

 private:
  enum class Where : std::uint8_t { first_line, fields, content };
  void end_line();

  Where where_ = Where::first_line;
  bool interim_ = false;
  std::string line_;  // the first bytes of the line
  FieldJudge judge_;
};

}  // namespace m531x::app
