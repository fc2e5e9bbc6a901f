// SPDX-License-Identifier: Apache-2.0
// Header fields (RFC 9110 5): which values may be shown.
#include <algorithm>
#include <array>
#include <utility>

#include "app/redact.h"

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::string_view kHidden = "***";
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

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool is_harmless_field(std::string_view lower_name) {
  return std::ranges::binary_search(kHarmless, lower_name);
}

void FieldMask::start_in_value() {
  *this = {};
  state_ = State::hidden;
}

void FieldMask::take(char byte, Bytes typed, std::string& out) {
  if (state_ == State::name) return take_name(byte, typed, out);
  // A CR that no LF follows may hide the beginning of another field; an @, a user before it.
  if (std::exchange(after_cr_, byte == '\r') && byte != '\n' && state_ == State::shown) hide(out);
  if (byte == '@' && state_ == State::shown) hide(out);
  const bool line_end = byte == '\n' || (byte == '\r' && state_ == State::hidden);
  if (state_ == State::shown || line_end) out += typed;
  if (byte != '\n') return;
  last_was_hidden_ = state_ == State::hidden;
  state_ = State::name;
}

void FieldMask::take_name(char byte, Bytes typed, std::string& out) {
  const bool first = name_.empty();
  if (first && (byte == '\r' || byte == '\n')) {
    out += typed;
  } else if (first && (byte == ' ' || byte == '\t')) {
    if (last_was_hidden_) return hide(out);
    state_ = State::shown;
    out += typed;
  } else if (byte == ':' && !first) {
    const bool harmless = is_harmless_field(name_);
    out += typed_;
    out += typed;
    typed_.clear();
    name_.clear();
    if (!harmless) return hide(out);
    state_ = State::shown;
  } else if (is_name_char(byte) && name_.size() < kMaxNameBytes) {
    name_ += to_lower(byte);
    typed_ += typed;
  } else {
    hide(out);
    take(byte, typed, out);
  }
}

void FieldMask::hide(std::string& out) {
  out += kHidden;
  name_.clear();
  typed_.clear();
  state_ = State::hidden;
}

void FieldMask::end_piece(std::string& out) {
  if (typed_.empty()) return;
  out += kHidden;
  typed_.clear();
}

std::string FieldMask::mask(Bytes piece) {
  std::string out;
  for (std::size_t at = 0; at < piece.size(); ++at) take(piece[at], piece.substr(at, 1), out);
  end_piece(out);
  return out;
}

}  // namespace m531x::app
