// SPDX-License-Identifier: Apache-2.0
#include "app/field_judge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

// Lower case, sorted.
constexpr auto kHarmless = std::to_array<std::string_view>({"accept",
                                                            "accept-charset",
                                                            "accept-encoding",
                                                            "accept-language",
                                                            "accept-ranges",
                                                            "age",
                                                            "allow",
                                                            "cache-control",
                                                            "connection",
                                                            "content-encoding",
                                                            "content-language",
                                                            "content-length",
                                                            "content-range",
                                                            "content-type",
                                                            "date",
                                                            "etag",
                                                            "expires",
                                                            "host",
                                                            "if-modified-since",
                                                            "keep-alive",
                                                            "last-modified",
                                                            "pragma",
                                                            "range",
                                                            "server",
                                                            "te",
                                                            "trailer",
                                                            "transfer-encoding",
                                                            "upgrade",
                                                            "user-agent",
                                                            "vary",
                                                            "via",
                                                            "x-powered-by",
                                                            "x-requested-with"});
static_assert(std::ranges::is_sorted(kHarmless));

bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }

bool is_harmless_field(std::string_view lower_name) {
  return std::ranges::binary_search(kHarmless, lower_name);
}

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
    return last_was_hidden_ ? Verdict::hidden : Verdict::shown;
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

}  // namespace m531x::app
