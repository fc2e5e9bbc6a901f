// SPDX-License-Identifier: Apache-2.0
#include "sim/response_place.h"

#include <string_view>

namespace m531x::sim {
namespace {

constexpr std::string_view kField = "transfer-encoding:";
constexpr std::size_t kStatusAt = std::string_view("HTTP/1.1 ").size();
// Of a line so much is kept, which is more than anything that is looked for.
constexpr std::size_t kKeptBytes = 32;
static_assert(kField.size() < kKeptBytes && kStatusAt < kKeptBytes);

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

void ResponsePlace::take(char byte) {
  ++passed_;
  if (state_ == State::content) return;
  if (byte == '\n') {
    end_line();
    line_.clear();
  } else if (byte != '\r' && line_.size() < kKeptBytes) {
    line_ += lower(byte);
  }
}

void ResponsePlace::end_line() {
  const bool interim = line_.size() > kStatusAt && line_[kStatusAt] == '1';
  switch (state_) {
    case State::status_line:
      if (!interim) header_at_ = passed_;
      state_ = State::header;
      break;
    case State::header:
      if (line_.starts_with(kField)) chunked_ = true;
      if (!line_.empty()) break;
      if (header_at_) body_at_ = passed_;
      state_ = !header_at_ ? State::status_line : chunked_ ? State::chunk_size : State::content;
      break;
    case State::chunk_size:
      chunk_at_ = passed_;
      state_ = State::content;
      break;
    case State::content:
      break;
  }
}

std::optional<std::uint32_t> ResponsePlace::behind(FaultPlace place) const {
  const auto since = [this](std::optional<std::uint32_t> begin) {
    return begin ? std::optional(passed_ - *begin) : std::nullopt;
  };
  switch (place) {
    case FaultPlace::response:
      return passed_;
    case FaultPlace::header:
      return body_at_ && passed_ > *body_at_ ? std::nullopt : since(header_at_);
    case FaultPlace::chunk:
      return since(chunk_at_);
    case FaultPlace::body:
      return since(body_at_);
    default:
      return std::nullopt;
  }
}

}  // namespace m531x::sim
