// SPDX-License-Identifier: Apache-2.0
#include "fleet/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace m531x::fleet {
namespace {

using Json = nlohmann::ordered_json;

// The form of the JSON report; another number when a reader has to be changed.
constexpr int kJsonForm = 1;

// Three decimals: a microsecond of a second would be more than is measured.
Json plan_json(const Report& report) {
  const Plan& plan = report.plan;
  Json json;
  json["model"] = report.model;
  json["scenario"] = report.scenario;
  json["modems"] = plan.modem_count;
  json["server"] = plan.server;
  json["path"] = plan.path;
  json["ramp_up_s"] = seconds(plan.ramp_up);
  json["duration_s"] = plan.duration ? Json(seconds(*plan.duration)) : Json();
  json["cycles_per_modem"] = plan.cycles ? Json(*plan.cycles) : Json();
  json["rate"] = plan.rate;
  json["think_s"] = {seconds(plan.think_least), seconds(plan.think_most)};
  json["patience_s"] = seconds(plan.patience);
  json["seed"] = plan.seed;
  return json;
}

Json errors_json(const Tally& tally) {
  Json all = Json::array();
  for (const auto& [code, error] : tally.errors()) {
    all.push_back({{"code", code}, {"words", error.words}, {"count", error.count}});
  }
  return all;
}

Json latency_json(const Tally& tally) {
  Json all;
  constexpr std::array<const char*, 5> kNames = {"p50_s", "p90_s", "p99_s", "p999_s", "max_s"};
  for (const auto& [phase, name] : kPhases) {
    const Latency& latency = tally.latency(phase);
    Json json = {{"count", latency.count()}};
    const auto values = percentiles(latency);
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      json[kNames.at(i)] = values.empty() ? Json() : Json(values[i]);
    }
    all[std::string(name)] = std::move(json);
  }
  return all;
}

Json samples_json(const Tally& tally) {
  Json all = Json::array();
  for (const Sample& sample : tally.samples()) {
    all.push_back({{"time_s", seconds(sample.time)},
                   {"cycles", sample.cycles},
                   {"errors", sample.errors},
                   {"modems", sample.modems},
                   {"connections", sample.connections},
                   {"descriptors", sample.descriptors},
                   {"resident_bytes", sample.resident_bytes}});
  }
  return all;
}

}  // namespace

double seconds(Micros time) { return std::chrono::duration<double>(time).count(); }

std::string json_of(const Report& report) {
  const Tally& tally = report.tally;
  Json json;
  json["form"] = kJsonForm;
  json["program"] = "m531x " + report.version;
  json["plan"] = plan_json(report);
  json["elapsed_s"] = seconds(report.elapsed);
  json["cycles"] = tally.cycles;
  json["failed_cycles"] = tally.failed_cycles;
  json["cycles_per_second"] = cycles_per_second(report);
  json["errors"] = errors_json(tally);
  json["latency"] = latency_json(tally);
  json["bytes"] = {{"from_host", tally.traffic.from_host},
                   {"to_host", tally.traffic.to_host},
                   {"to_server", tally.traffic.to_server},
                   {"from_server", tally.traffic.from_server}};
  json["peak_resident_bytes"] = report.peak_resident_bytes;
  json["samples"] = samples_json(tally);
  return json.dump(2) + "\n";
}

std::string text_of(const Report& report) {
  const Tally& tally = report.tally;
  std::string text = fmt::format("{:<12} {} of model {}, against {}\n", "Modems",
                                 report.plan.modem_count, report.model, url_of(report.plan));
  text += fmt::format("{:<12} {:.1f} s\n", "Time", seconds(report.elapsed));
  text += fmt::format("{:<12} {} as expected, {} failed, {:.1f} a second\n", "Cycles", tally.cycles,
                      tally.failed_cycles, cycles_per_second(report));
  text += fmt::format("{:<12} {}\n", "Errors", tally.error_count());
  for (const auto& [code, error] : tally.errors()) {
    text += fmt::format("  {:>10}  {}{}{}\n", error.count, code, error.words.empty() ? "" : ": ",
                        error.words);
  }
  text += fmt::format("{:<12}", "Latency");
  for (const auto name : kPercentiles) text += fmt::format(" {:>10}", name);
  text += "\n";
  for (const auto& [phase, name] : kPhases) {
    const auto values = percentiles(tally.latency(phase));
    if (values.empty()) continue;
    text += fmt::format("  {:<10}", name);
    for (const double value : values) text += fmt::format(" {:>10}", in_words(value));
    text += "\n";
  }
  const Traffic& bytes = tally.traffic;
  text += fmt::format("{:<12} {} from and {} to the hosts, {} to and {} from the server\n", "Bytes",
                      bytes.from_host, bytes.to_host, bytes.to_server, bytes.from_server);
  std::size_t descriptors = 0;
  for (const Sample& sample : tally.samples()) {
    descriptors = std::max(descriptors, sample.descriptors);
  }
  text += fmt::format("{:<12} at most {:.1f} MB resident, {} descriptors\n", "Process",
                      static_cast<double>(report.peak_resident_bytes) / 1e6, descriptors);
  return text;
}

// Both have the slash between them.
std::string url_of(const Plan& plan) {
  return plan.path.empty() ? plan.server
                           : plan.server.substr(0, plan.server.size() - 1) + plan.path;
}

double cycles_per_second(const Report& report) {
  const double time = seconds(report.elapsed);
  return time > 0 ? static_cast<double>(report.tally.cycles) / time : 0;
}

std::vector<RatePoint> rates(const Tally& tally) {
  std::vector<RatePoint> points;
  const auto& samples = tally.samples();
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double time = seconds(samples[i].time - samples[i - 1].time);
    // The last one may stand close behind the one before.
    if (time < 0.2) continue;
    points.push_back({seconds(samples[i].time),
                      static_cast<double>(samples[i].cycles - samples[i - 1].cycles) / time});
  }
  return points;
}

std::string in_words(double seconds) {
  if (seconds < 1) return fmt::format("{:.2f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::vector<double> percentiles(const Latency& latency) {
  std::vector<double> values;
  if (latency.count() == 0) return values;
  for (const auto& quantile : latency.collect().summary.quantile) {
    values.push_back(quantile.value);
  }
  values.push_back(seconds(latency.longest()));
  return values;
}

}  // namespace m531x::fleet
