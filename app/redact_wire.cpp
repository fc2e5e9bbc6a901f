// SPDX-License-Identifier: Apache-2.0
// What passes a connection (RFC 9112 2): heads field by field, the content of a request by its
// size, that of a response as it is.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/redact.h"
#include "app/redact_url.h"
#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::size_t kMaxHeadBytes = 1 << 20;
constexpr std::string_view kContentLength = "\ncontent-length:";

std::size_t content_length_of(Bytes head) {
  const auto at = std::ranges::search(head, kContentLength, {}, to_lower);
  Bytes value(at.end(), head.end());
  while (value.starts_with(' ')) value.remove_prefix(1);
  std::size_t size = 0;
  std::from_chars(value.data(), value.data() + value.size(), size);
  return size;
}

bool ends_head(Bytes head) { return head.ends_with("\n\r\n") || head.ends_with("\n\n"); }

}  // namespace

std::vector<std::string> WireRedactor::take(Bytes bytes) {
  std::vector<std::string> pieces;
  while (!bytes.empty()) {
    if (!in_head_) {
      const std::size_t size =
          side_ == Side::request ? std::min(content_left_, bytes.size()) : bytes.size();
      if (side_ == Side::response) pieces.emplace_back(bytes);
      bytes.remove_prefix(size);
      content_left_ -= side_ == Side::request ? size : 0;
      if (side_ == Side::request && content_left_ == 0) {
        pieces.push_back(fmt::format("<{} bytes>", content_size_));
        expect_head();
      }
      continue;
    }
    const std::size_t end = bytes.find('\n');
    const Bytes line = bytes.substr(0, end == Bytes::npos ? end : end + 1);
    bytes.remove_prefix(line.size());
    head_ += line;
    if (head_.size() > kMaxHeadBytes) {
      dropped_ += head_.size();
      let_go(head_);
    }
    if (end != Bytes::npos && ends_head(head_)) pieces.push_back(finish_head());
  }
  return pieces;
}

void WireRedactor::expect_head() {
  in_head_ = true;
  let_go(head_);
  dropped_ = 0;
}

std::string WireRedactor::finish_head() {
  const std::size_t line_end = head_.find('\n') + 1;
  const Bytes first = Bytes(head_).substr(0, line_end);
  const bool known = side_ == Side::request || first.starts_with("HTTP/1.");
  std::string shown = dropped_ > 0 || !known ? fmt::format("<{} bytes>", dropped_ + head_.size())
                                             : hide_query_keys(hide_user(first)) +
                                                   FieldMask().mask(Bytes(head_).substr(line_end));
  const bool interim = side_ == Side::response && first.starts_with("HTTP/1.1 1");
  content_left_ = content_size_ = side_ == Side::request ? content_length_of(head_) : 0;
  expect_head();
  in_head_ = interim || (side_ == Side::request && content_left_ == 0);
  return shown;
}

}  // namespace m531x::app
