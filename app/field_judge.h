// SPDX-License-Identifier: Apache-2.0
// Header fields (RFC 9110 5): which bytes of them may be shown, in a trace and in a journal.
#pragma once

#include <cstdint>
#include <string>

namespace m531x::app {

// Judges a block of header fields byte by byte: names are shown, and values whose names are on a
// list of harmless ones.
class FieldJudge {
 public:
  enum class Verdict : std::uint8_t {
    shown,
    hidden,
    open,              // part of a name: what a later verdict says
    shown_with_open,   // this one, and those that were open
    hidden_with_open,  // the same
  };
  Verdict judge(char byte);
  // What follows goes on with a value, which is hidden.
  void go_on_hidden();
  // Whether the next byte is within a value that is hidden.
  [[nodiscard]] bool hides() const { return state_ == State::hidden; }

 private:
  enum class State : std::uint8_t { name, shown, hidden };
  Verdict judge_name(char byte);
  Verdict judge_value(char byte);

  State state_ = State::name;
  bool after_cr_ = false;
  bool last_was_hidden_ = true;  // of the field above, for a folded line
  std::string name_;
};

}  // namespace m531x::app
