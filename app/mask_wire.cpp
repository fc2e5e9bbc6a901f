// SPDX-License-Identifier: Apache-2.0
// Header fields (RFC 9110 5) and responses (RFC 9112 2), byte by byte.
#include <utility>

#include "app/mask.h"

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kInterim = "HTTP/1.1 1";

bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }

}  // namespace

void FieldJudge::go_on_hidden() {
  *this = {};
  state_ = State::hidden;
}

FieldJudge::Verdict FieldJudge::judge(char byte) {
  return state_ == State::name ? judge_name(byte) : judge_value(byte);
}

FieldJudge::Verdict FieldJudge::judge_name(char byte) {
  const bool first = name_.empty();
  if (first && (byte == '\r' || byte == '\n')) return Verdict::shown;
  if (first && (byte == ' ' || byte == '\t')) {
    state_ = last_was_hidden_ ? State::hidden : State::shown;
    return Verdict::shown;
  }
  if (is_name_char(byte) && name_.size() < kMaxNameBytes) {
    name_ += to_lower(byte);
    return Verdict::open;
  }
  const bool ends_name = byte == ':' && !first;
  state_ = ends_name && is_harmless_field(name_) ? State::shown : State::hidden;
  name_.clear();
  after_cr_ = false;
  if (ends_name) return Verdict::shown_with_open;
  judge_value(byte);
  return Verdict::hidden_with_open;
}

FieldJudge::Verdict FieldJudge::judge_value(char byte) {
  // A CR that no LF follows may hide the beginning of another field; an @, a user before it.
  const bool bare_cr = std::exchange(after_cr_, byte == '\r') && byte != '\n';
  if (bare_cr || byte == '@') state_ = State::hidden;
  const bool hidden = state_ == State::hidden;
  if (byte == '\n') {
    last_was_hidden_ = hidden;
    state_ = State::name;
  }
  return hidden ? Verdict::hidden : Verdict::shown;
}

void ResponseMask::hide(std::span<char> bytes) {
  for (char& byte : bytes) {
    if (where_ == Where::content) return;
    const char c = byte;
    if (line_.size() < kInterim.size()) line_ += c;
    // A name that is still open has passed: it is the name of a field, or no response.
    if (where_ == Where::fields && judge_.judge(c) == FieldJudge::Verdict::hidden) {
      const bool stays = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
      if (!stays) byte = kMask;
    }
    if (c == '\n') end_line();
  }
}

// An interim response is followed by another (RFC 9110 15.2).
void ResponseMask::end_line() {
  const bool is_empty = line_ == "\r\n" || line_ == "\n";
  if (where_ == Where::first_line) {
    interim_ = line_.starts_with(kInterim);
    where_ = Where::fields;
  } else if (is_empty && interim_) {
    return expect_head();
  } else if (is_empty) {
    where_ = Where::content;
  }
  line_.clear();
}

}  // namespace m531x::app
