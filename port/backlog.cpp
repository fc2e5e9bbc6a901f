// SPDX-License-Identifier: Apache-2.0
#include "port/backlog.h"

#include <algorithm>
#include <utility>

namespace m531x::port {

Backlog& Backlog::operator=(Backlog&& other) noexcept {
  if (this == &other) return *this;
  clear();
  lent_ = std::exchange(other.lent_, nullptr);
  kept_ = std::move(other.kept_);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  return *this;
}

std::span<char> Backlog::room(LentBuffer& buffer) {
  if (kept_) return {};
  if (lent_ == nullptr) {
    if (std::exchange(buffer.lent, true)) return {};
    lent_ = &buffer;
  }
  return std::span(lent_->bytes).subspan(end_);
}

void Backlog::consume(std::size_t byte_count) {
  begin_ += static_cast<std::uint32_t>(byte_count);
  if (empty()) clear();
}

void Backlog::clear() {
  if (lent_ != nullptr) std::exchange(lent_, nullptr)->lent = false;
  kept_.reset();
  begin_ = end_ = 0;
}

void Backlog::keep() {
  if (lent_ == nullptr) return;
  const Bytes left = view();
  if (!left.empty()) {
    kept_ = std::make_unique_for_overwrite<char[]>(left.size());  // NOLINT(*-avoid-c-arrays)
    std::ranges::copy(left, kept_.get());
  }
  std::exchange(lent_, nullptr)->lent = false;
  begin_ = 0;
  end_ = static_cast<std::uint32_t>(left.size());
}

}  // namespace m531x::port
