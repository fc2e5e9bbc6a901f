// SPDX-License-Identifier: Apache-2.0
#include "sim/host_output.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace m531x::sim {

bool HostOutput::insert(std::string text, std::size_t behind) {
  if (text_bytes_ + text.size() > kMaxTextBytes) return false;
  text_bytes_ += text.size();
  const auto place = std::ranges::upper_bound(texts_, behind, {}, &Text::behind);
  texts_.insert(place, {behind, std::move(text)});
  return true;
}

void HostOutput::decide_first(char byte, bool garbled) {
  decided_ = true;
  garbled_ = garbled;
  first_ = byte;
}

std::size_t HostOutput::shape(std::span<Bytes> views, std::size_t count) const {
  if (!texts_.empty()) {
    std::vector<Bytes> parts;
    std::size_t passed = 0;
    auto next = texts_.begin();
    for (Bytes view : views.first(count)) {
      for (; next != texts_.end() && next->behind < passed + view.size(); ++next) {
        const std::size_t size = next->behind - passed;
        if (size > 0) parts.push_back(view.substr(0, size));
        parts.emplace_back(next->bytes);
        view.remove_prefix(size);
        passed += size;
      }
      parts.push_back(view);
      passed += view.size();
    }
    for (; next != texts_.end() && next->behind == passed && count < views.size(); ++next) {
      parts.emplace_back(next->bytes);
    }
    count = std::min(parts.size(), views.size());
    std::copy_n(parts.begin(), count, views.begin());
  }
  if (!decided_ || count == 0) return count;
  // What follows is decided when this one has gone.
  views[0] = garbled_ ? Bytes(&first_, 1) : views[0].substr(0, 1);
  return 1;
}

std::size_t HostOutput::sent(std::size_t byte_count) {
  std::size_t own = 0;
  if (byte_count > 0) decided_ = false;
  while (byte_count > 0) {
    if (!texts_.empty() && texts_.front().behind == 0) {
      std::string& text = texts_.front().bytes;
      const std::size_t size = std::min(byte_count, text.size());
      text.erase(0, size);
      text_bytes_ -= size;
      byte_count -= size;
      if (text.empty()) texts_.pop_front();
      continue;
    }
    const std::size_t size =
        texts_.empty() ? byte_count : std::min(byte_count, texts_.front().behind);
    for (Text& text : texts_) text.behind -= size;
    own += size;
    byte_count -= size;
  }
  return own;
}

}  // namespace m531x::sim
