// SPDX-License-Identifier: Apache-2.0
#include "sim/pacer.h"

#include <algorithm>
#include <limits>

namespace m531x::sim {
namespace {

constexpr std::uint64_t kMillisPerSecond = 1000;

}  // namespace

void Pacer::set_rate(std::uint32_t bits_per_second, std::uint32_t bits) {
  if (rate_ == bits_per_second && bits_ == bits) return;
  rate_ = bits_per_second;
  bits_ = bits;
  passes_ = false;
}

void Pacer::begin(Millis begin) {
  if (passes_) return;
  passes_ = true;
  begin_ = begin;
  taken_ = 0;
}

std::uint64_t Pacer::passed(Millis now) const {
  if (now <= begin_) return 0;
  return static_cast<std::uint64_t>((now - begin_).count()) * rate_ / (bits_ * kMillisPerSecond);
}

std::size_t Pacer::allowed(Millis now) const {
  if (!passes_ || now < begin_) return 0;
  if (rate_ == 0) return std::numeric_limits<std::size_t>::max();
  const std::uint64_t passed = this->passed(now);
  const std::uint64_t most = std::max<std::uint64_t>(
      static_cast<std::uint64_t>(kMostLate.count()) * rate_ / (bits_ * kMillisPerSecond), 1);
  return passed > taken_ ? std::min(passed - taken_, most) : 0;
}

void Pacer::took(std::size_t byte_count, Millis now) {
  if (rate_ == 0) return;
  const std::uint64_t left = allowed(now) - byte_count;
  taken_ += byte_count;
  const std::uint64_t late = passed(now) - taken_;
  // What nobody took in time is gone.
  if (late > left) taken_ += late - left;
}

std::optional<Millis> Pacer::next() const {
  if (!passes_) return std::nullopt;
  if (rate_ == 0) return begin_;
  const std::uint64_t bits = (taken_ + 1) * bits_ * kMillisPerSecond;
  return begin_ + Millis((bits + rate_ - 1) / rate_);
}

}  // namespace m531x::sim
