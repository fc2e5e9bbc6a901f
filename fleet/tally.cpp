// SPDX-License-Identifier: Apache-2.0
#include "fleet/tally.h"

#include <algorithm>

namespace m531x::fleet {
namespace {

// The run is one window: no observation is ever too old.
constexpr std::chrono::hours kWindow{24 * 365};

// A hundredth of what is beyond the quantile.
prometheus::Summary::Quantiles quantiles() {
  prometheus::Summary::Quantiles all;
  for (const double quantile : Latency::kQuantiles) {
    all.emplace_back(quantile, std::min(0.005, (1 - quantile) / 10));
  }
  return all;
}

}  // namespace

Latency::Latency() : summary_(std::make_unique<prometheus::Summary>(quantiles(), kWindow, 1)) {}

void Latency::add(Micros time) {
  summary_->Observe(std::chrono::duration<double>(time).count());
  ++count_;
  longest_ = std::max(longest_, time);
}

void Tally::error(const std::string& code, std::string_view words) {
  ++error_count_;
  const bool full = errors_.size() >= kMaxErrorCodes && !errors_.contains(code);
  ErrorCount& error = errors_[full ? std::string(kOther) : code];
  ++error.count;
  if (full || words.empty() || error.words.find(words) != std::string::npos) return;
  const std::string_view between = error.words.empty() ? "" : "; ";
  if (error.words.size() + between.size() + words.size() > kMaxWordsBytes) return;
  error.words += between;
  error.words += words;
}

void Tally::sample(const Sample& sample) {
  if (++since_kept_ < stride_) return;
  since_kept_ = 0;
  samples_.push_back(sample);
  if (samples_.size() < kMaxSamples) return;
  for (std::size_t i = 0; 2 * i + 1 < samples_.size(); ++i) samples_[i] = samples_[2 * i + 1];
  samples_.resize(samples_.size() / 2);
  stride_ *= 2;
}

}  // namespace m531x::fleet
