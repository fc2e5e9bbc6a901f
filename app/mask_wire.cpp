// SPDX-License-Identifier: Apache-2.0
// Responses (RFC 9112 2), byte by byte.
#include "app/mask.h"

namespace m531x::app {
namespace {

constexpr std::string_view kInterim = "HTTP/1.1 1";

}  // namespace

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
