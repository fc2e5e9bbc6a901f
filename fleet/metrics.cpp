// SPDX-License-Identifier: Apache-2.0
#include "fleet/metrics.h"

#include <prometheus/text_serializer.h>

#include "port/process_limits.h"

namespace m531x::fleet {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Families = std::vector<MetricFamily>;

constexpr std::string_view kHttpError = "+HTTPERR:";

struct CounterRow {
  const char* name;
  const char* help;
  std::uint32_t Counters::*value;
};
constexpr auto kCounters = std::to_array<CounterRow>({
    {"m531x_lines_total", "Command lines answered.", &Counters::lines},
    {"m531x_failed_lines_total", "Command lines that ended in an error.", &Counters::failed_lines},
    {"m531x_requests_total", "Requests accepted by AT+HTTPSEND.", &Counters::requests},
    {"m531x_responses_total", "Responses received whole.", &Counters::responses},
    {"m531x_failures_total", "Connections and requests that failed.", &Counters::failures},
    {"m531x_reports_total", "Unsolicited reports.", &Counters::reports},
    {"m531x_dropped_bytes_total", "Bytes of responses thrown away.", &Counters::dropped_bytes},
    {"m531x_restarts_total", "Restarts.", &Counters::restarts},
});

ClientMetric counted(double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = value;
  return metric;
}

void add_counter(Families& all, const char* name, const char* help, std::uint64_t value) {
  all.push_back({name, help, MetricType::Counter, {counted(static_cast<double>(value))}});
}

void add_gauge(Families& all, const char* name, const char* help, std::size_t value) {
  ClientMetric metric;
  metric.gauge.value = static_cast<double>(value);
  all.push_back({name, help, MetricType::Gauge, {metric}});
}

void add_process(Families& all) {
  add_gauge(all, "process_open_fds", "Descriptors in use.", port::descriptors_in_use());
  add_gauge(all, "process_resident_memory_bytes", "Resident memory.", port::resident_bytes());
}

void add_errors(Families& all, const Tally& tally) {
  MetricFamily errors{
      "m531x_errors_total", "Errors, as the host sees them.", MetricType::Counter, {}};
  MetricFamily http{"m531x_http_errors_total", "+HTTPERR reports.", MetricType::Counter, {}};
  for (const auto& [code, error] : tally.errors()) {
    const auto count = static_cast<double>(error.count);
    errors.metric.push_back(counted(count, {{"code", code}}));
    if (!code.starts_with(kHttpError)) continue;
    http.metric.push_back(counted(count, {{"code", code.substr(kHttpError.size())}}));
  }
  all.push_back(std::move(errors));
  all.push_back(std::move(http));
}

void add_traffic(Families& all, const Traffic& traffic) {
  all.push_back({"m531x_bytes_total",
                 "Bytes that passed.",
                 MetricType::Counter,
                 {counted(static_cast<double>(traffic.from_host), {{"way", "from_host"}}),
                  counted(static_cast<double>(traffic.to_host), {{"way", "to_host"}}),
                  counted(static_cast<double>(traffic.to_server), {{"way", "to_server"}}),
                  counted(static_cast<double>(traffic.from_server), {{"way", "from_server"}})}});
}

void add_latencies(Families& all, const Tally& tally) {
  MetricFamily family{"m531x_latency_seconds",
                      "Times of the parts of a cycle, since the start.",
                      MetricType::Summary,
                      {}};
  for (const auto& [phase, name] : kPhases) {
    ClientMetric metric = tally.latency(phase).collect();
    metric.label = {{"phase", std::string(name)}};
    family.metric.push_back(std::move(metric));
  }
  all.push_back(std::move(family));
}

std::string text_of(const Families& all) { return prometheus::TextSerializer().Serialize(all); }

}  // namespace

std::string metrics_of(const Tally& tally) {
  Families all;
  add_gauge(all, "m531x_modems", "Modems that are on.", tally.modems);
  add_gauge(all, "m531x_connections", "Connections that stand.", tally.connections);
  add_counter(all, "m531x_cycles_total", "Cycles that went as expected.", tally.cycles);
  add_counter(all, "m531x_failed_cycles_total", "Cycles that did not.", tally.failed_cycles);
  add_errors(all, tally);
  add_traffic(all, tally.traffic);
  add_latencies(all, tally);
  add_process(all);
  return text_of(all);
}

std::string metrics_of(const Counters& counters, std::size_t modem_count) {
  Families all;
  add_gauge(all, "m531x_modems", "Modems that are on.", modem_count);
  for (const CounterRow& row : kCounters) {
    add_counter(all, row.name, row.help, counters.*row.value);
  }
  add_process(all);
  return text_of(all);
}

void add(Counters& sum, const Counters& more) {
  for (const CounterRow& row : kCounters) sum.*row.value += more.*row.value;
}

}  // namespace m531x::fleet
