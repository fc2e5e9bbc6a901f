// SPDX-License-Identifier: Apache-2.0
// Header fields (RFC 9110 5) as a trace shows them.
#include "app/redact.h"

namespace m531x::app {
void FieldMask::start_in_value() {
  *this = {};
  judge_.go_on_hidden();
}

void FieldMask::take(char byte, Bytes typed, std::string& out) {
  using Verdict = FieldJudge::Verdict;
  const bool was_hidden = judge_.hides();
  const Verdict verdict = judge_.judge(byte);
  if (verdict == Verdict::open) {
    open_ += typed;
    return;
  }
  if (verdict == Verdict::shown_with_open) out += open_;
  open_.clear();
  const bool hidden = verdict == Verdict::hidden || verdict == Verdict::hidden_with_open;
  if (!hidden) out += typed;
  if (!was_hidden && (hidden || judge_.hides())) out += kHidden;
  if (hidden && (byte == '\r' || byte == '\n')) out += typed;
}

void FieldMask::end_piece(std::string& out) {
  if (open_.empty()) return;
  out += kHidden;
  open_.clear();
}

std::string FieldMask::mask(Bytes piece) {
  std::string out;
  for (std::size_t at = 0; at < piece.size(); ++at) take(piece[at], piece.substr(at, 1), out);
  end_piece(out);
  return out;
}

}  // namespace m531x::app
