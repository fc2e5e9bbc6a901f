// SPDX-License-Identifier: Apache-2.0
#include "port/backlog.h"

#include <algorithm>
#include <utility>

namespace m531x::port {

Backlog& Backlog::operator=(Backlog&& other) noexcept {
  if (this == &other) return *this;
  clear();
  lent_ = std::exchange(other.lent_, nullptr);
  if (lent_ != nullptr) lent_->holder = this;
  kept_ = std::move(other.kept_);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  return *this;
}

std::span<char> Backlog::room(LentBuffer& buffer) {
  if (kept_) return {};
  if (lent_ == nullptr) {
    if (buffer.turn_lasts) return {};
    if (buffer.holder != nullptr) buffer.holder->keep();
    buffer.holder = this;
    lent_ = &buffer;
  }
  lent_->turn_lasts = true;
  move_to_the_front();
  return std::span(lent_->bytes).subspan(end_);
}

// No more than has been consumed since the last time.
void Backlog::move_to_the_front() {
  if (end_ <= kBacklogBytes / 2 || begin_ < end_ - begin_) return;
  std::ranges::copy(view(), lent_->bytes.begin());
  end_ -= begin_;
  begin_ = 0;
}

void Backlog::consume(std::size_t byte_count) {
  begin_ += static_cast<std::uint32_t>(byte_count);
  if (empty()) clear();
}

void Backlog::clear() {
  give_back();
  kept_.reset();
  begin_ = end_ = 0;
}

void Backlog::end_turn() {
  if (lent_ == nullptr) return;
  lent_->turn_lasts = false;
  if (empty()) clear();
}

void Backlog::give_back() {
  if (lent_ == nullptr) return;
  lent_->holder = nullptr;
  lent_->turn_lasts = false;
  lent_ = nullptr;
}

void Backlog::keep() {
  const Bytes left = view();
  if (left.empty()) return clear();
  kept_ = std::make_unique_for_overwrite<char[]>(left.size());  // NOLINT(*-avoid-c-arrays)
  std::ranges::copy(left, kept_.get());
  give_back();
  begin_ = 0;
  end_ = static_cast<std::uint32_t>(left.size());
}

}  // namespace m531x::port
