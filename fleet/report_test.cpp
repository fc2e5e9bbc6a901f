// SPDX-License-Identifier: Apache-2.0
#include "fleet/report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "fleet/capacity.h"
#include "fleet/metrics.h"

namespace m531x::fleet {
namespace {

using testing::HasSubstr;
using testing::Not;

Report report_of(const Tally& tally) {
  Report report{.version = "1",
                .model = "M5311",
                .scenario = "",
                .plan = {},
                .elapsed = Micros(2'000'000),
                .peak_resident_bytes = 1'000'000,
                .tally = tally};
  report.plan.server = "http://a/<b>";
  report.plan.think_least = Micros(50'000);
  report.plan.think_most = Micros(2'000'000);
  return report;
}

TEST(FleetTally, CountsErrorsUpToALimitOfCodes) {
  Tally tally;
  for (std::size_t i = 0; i < Tally::kMaxErrorCodes; ++i) tally.error(std::to_string(i), "words");
  EXPECT_FALSE(tally.errors().contains(std::string(Tally::kOther)));
  tally.error("one more", "words");
  tally.error("0", "other words");
  EXPECT_EQ(tally.errors().at(std::string(Tally::kOther)).count, 1U);
  EXPECT_EQ(tally.errors().at("0").count, 2U);
  EXPECT_EQ(tally.error_count(), Tally::kMaxErrorCodes + 2);
  tally.error("0", "words");
  EXPECT_EQ(tally.errors().at("0").words, "words; other words");
}

TEST(FleetTally, KeepsALimitOfWords) {
  constexpr std::size_t kMost = Tally::kMaxWordsBytes;
  for (const std::size_t size : {kMost - 4, kMost - 3, kMost - 2}) {
    Tally tally;
    tally.error("0", std::string(size, 'a'));
    tally.error("0", "b");
    const bool fits = size + 3 <= kMost;
    EXPECT_EQ(tally.errors().at("0").words, std::string(size, 'a') + (fits ? "; b" : ""));
    EXPECT_EQ(tally.errors().at("0").count, 2U);
  }
}

TEST(FleetTally, KeepsALimitOfSamples) {
  Tally tally;
  for (std::size_t i = 1; i <= 5 * Tally::kMaxSamples; ++i) {
    tally.sample({.time = Micros(i), .cycles = i});
    ASSERT_LT(tally.samples().size(), Tally::kMaxSamples);
  }
  EXPECT_GE(tally.samples().size(), Tally::kMaxSamples / 2 - 1);
  for (std::size_t i = 1; i < tally.samples().size(); ++i) {
    EXPECT_LT(tally.samples()[i - 1].time, tally.samples()[i].time);
  }
}

TEST(FleetTally, EstimatesPercentiles) {
  Latency latency;
  EXPECT_TRUE(percentiles(latency).empty());
  for (int i = 1; i <= 10'000; ++i) latency.add(Micros(i * 1'000));
  const auto values = percentiles(latency);
  ASSERT_EQ(values.size(), kPercentiles.size());
  EXPECT_NEAR(values[0], 5.0, 0.1);
  EXPECT_NEAR(values[1], 9.0, 0.1);
  EXPECT_NEAR(values[2], 9.9, 0.02);
  EXPECT_NEAR(values[3], 9.99, 0.005);
  EXPECT_DOUBLE_EQ(values[4], 10.0);
}

TEST(FleetReport, HasTheSameNumbersInAllForms) {
  Tally tally;
  tally.cycles = 1234;
  tally.error("+HTTPERR:-14", "connection <reset>");
  tally.time(Phase::cycle, Micros(1'500));
  tally.sample({.time = Micros(0)});
  tally.sample({.time = Micros(1'000'000), .cycles = 1234});
  const Report report = report_of(tally);
  EXPECT_THAT(text_of(report), HasSubstr("1234 as expected, 0 failed, 617.0 a second"));
  EXPECT_THAT(text_of(report), HasSubstr("+HTTPERR:-14: connection <reset>"));
  const auto json = nlohmann::json::parse(json_of(report));
  EXPECT_EQ(json["cycles"], 1234);
  EXPECT_EQ(json["errors"][0]["code"], "+HTTPERR:-14");
  EXPECT_EQ(json["latency"]["cycle"]["max_s"], 0.0015);
  EXPECT_TRUE(json["latency"]["connect"]["p50_s"].is_null());
  EXPECT_EQ(json["samples"].size(), 2U);
  const std::string html = html_of(report);
  EXPECT_THAT(html, HasSubstr("connection &lt;reset&gt;"));
  EXPECT_THAT(html, HasSubstr("http://a/&lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("<polyline"));
  EXPECT_THAT(html, HasSubstr("think time 0.05 s to 2 s, patience 30 s"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(FleetMetrics, AreOfPrometheusForm) {
  Tally tally;
  tally.cycles = 5;
  tally.error("+HTTPERR:-14", "");
  tally.time(Phase::connect, Micros(1'000));
  const std::string text = metrics_of(tally);
  EXPECT_THAT(text, HasSubstr("# TYPE m531x_cycles_total counter\nm531x_cycles_total 5\n"));
  EXPECT_THAT(text, HasSubstr("m531x_http_errors_total{code=\"-14\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("m531x_latency_seconds_count{phase=\"connect\"} 1\n"));
  Counters sum{.lines = 1};
  add(sum, {.lines = 2, .requests = 3});
  EXPECT_THAT(metrics_of(sum, 4), HasSubstr("m531x_lines_total 3\n"));
  EXPECT_THAT(metrics_of(sum, 4), HasSubstr("m531x_requests_total 3\n"));
  EXPECT_THAT(metrics_of(sum, 4), HasSubstr("m531x_modems 4\n"));
}

TEST(FleetCapacity, SaysWhatBindsFirst) {
  Supply supply{.descriptor_limit = 1'000,
                .descriptors_in_use = 36,
                .descriptors_per_modem = 2,
                .local_ports = 500,
                .pool_bytes = 256U << 20};
  EXPECT_EQ(bounds_of(supply).front().modems, 450U);
  EXPECT_THAT(sentence_about(bounds_of(supply).front()), HasSubstr("descriptors bind first: 450"));
  supply.local_ports = 449;
  EXPECT_EQ(bounds_of(supply).front().name, "local ports");
  supply.pool_bytes = 0;
  EXPECT_EQ(bounds_of(supply).front().modems, 0U);
  supply.descriptor_limit = 10;
  EXPECT_EQ(bounds_of(supply)[1].modems, 0U);
}

}  // namespace
}  // namespace m531x::fleet
