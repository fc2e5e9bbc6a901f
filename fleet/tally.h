// SPDX-License-Identifier: Apache-2.0
// What a fleet has done so far: counts, errors by code, latencies, and samples over time.
#pragma once

#include <prometheus/summary.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::fleet {

using Micros = std::chrono::microseconds;

// The parts of a cycle that are timed.
enum class Phase : std::uint8_t {
  connect,     // from the attempt to the connection that stands, TLS included
  first_byte,  // from the first byte that a cycle's host types to the first one of the server
  cycle,       // from there to the end of what the cycle expects
};
struct PhaseName {
  Phase phase;
  std::string_view name;
};
inline constexpr std::array<PhaseName, 3> kPhases = {
    {{Phase::connect, "connect"}, {Phase::first_byte, "first_byte"}, {Phase::cycle, "cycle"}}};

// Times of one phase, of the whole run: quantiles by prometheus-cpp's estimator (CKMS).
class Latency {
 public:
  static constexpr std::array<double, 4> kQuantiles = {0.5, 0.9, 0.99, 0.999};

  Latency();
  void add(Micros time);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Micros longest() const { return longest_; }
  // In seconds, as Prometheus has it.
  [[nodiscard]] prometheus::ClientMetric collect() const { return summary_->Collect(); }

 private:
  std::unique_ptr<prometheus::Summary> summary_;
  std::uint64_t count_ = 0;
  Micros longest_{0};
};

struct ErrorCount {
  std::uint64_t count = 0;
  std::string words;  // what is known of them, each once
};

struct Traffic {
  std::uint64_t from_host = 0;
  std::uint64_t to_host = 0;
  std::uint64_t to_server = 0;
  std::uint64_t from_server = 0;
};

// The process at a moment; the counts are since the start.
struct Sample {
  Micros time{0};
  std::uint64_t cycles = 0;
  std::uint64_t errors = 0;
  std::size_t modems = 0;
  std::size_t connections = 0;
  std::size_t descriptors = 0;
  std::size_t resident_bytes = 0;
};

class Tally {
 public:
  // More codes than that are counted as kOther.
  static constexpr std::size_t kMaxErrorCodes = 64;
  static constexpr std::string_view kOther = "other";
  static constexpr std::size_t kMaxSamples = 600;
  // Words that would make more than that are left out.
  static constexpr std::size_t kMaxWordsBytes = 200;

  void error(const std::string& code, std::string_view words);
  void time(Phase phase, Micros time) { latencies_[static_cast<std::size_t>(phase)].add(time); }
  // When there are too many, every other one is dropped, and from then on only every second one is
  // kept.
  void sample(const Sample& sample);

  [[nodiscard]] const Latency& latency(Phase phase) const {
    return latencies_[static_cast<std::size_t>(phase)];
  }
  [[nodiscard]] const std::map<std::string, ErrorCount>& errors() const { return errors_; }
  [[nodiscard]] std::uint64_t error_count() const { return error_count_; }
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }

  std::uint64_t cycles = 0;         // as expected
  std::uint64_t failed_cycles = 0;  // begun, and not as expected
  std::size_t modems = 0;           // that are on
  std::size_t connections = 0;      // that stand
  Traffic traffic;

 private:
  std::array<Latency, kPhases.size()> latencies_;
  std::map<std::string, ErrorCount> errors_;
  std::uint64_t error_count_ = 0;
  std::vector<Sample> samples_;
  std::size_t stride_ = 1;
  std::size_t since_kept_ = 0;
};

}  // namespace m531x::fleet
