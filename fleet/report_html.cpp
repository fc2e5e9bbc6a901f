// SPDX-License-Identifier: Apache-2.0
// The report as a page: one file, SVG within, readable on light and on dark.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fleet/report.h"

namespace m531x::fleet {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>m531x fleet</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ink: #1c2733; --page: #fff; --faint: #d5dbe1; --line: #0b62a8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e8ed; --page: #12171c; --faint: #3a444e; --line: #6db8f2; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid var(--faint); }
th:first-child, td:first-child, .words { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; }
.wide { overflow-x: auto; } td:not(.words) { white-space: nowrap; }
svg { width: 100%; min-width: 36rem; height: auto; } svg text { fill: var(--ink); font-size: 12px; }
.grid { stroke: var(--faint); } .plot { fill: none; stroke: var(--line); stroke-width: 1.5; }
</style></head><body>
<h1>m531x fleet</h1>
)";

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

struct Point {
  double x;
  double y;
};

struct Frame {
  double width = 800;
  double height = 220;
  double left = 70;
  double right = 15;
  double top = 12;
  double bottom = 28;
};
constexpr Frame kFrame;
constexpr int kTicks = 4;

// The next number above of which a quarter is a short number: 1, 2, 4, 6 or 8 times a power of ten,
// and nothing below kTicks for what is counted in whole numbers.
double round_up(double most, double least) {
  if (most <= least) return least;
  const double power = std::pow(10.0, std::floor(std::log10(most)));
  for (const double step : {1.0, 2.0, 4.0, 6.0, 8.0}) {
    if (most <= step * power) return step * power;
  }
  return 10 * power;
}

// A line through points whose x are seconds.
std::string plot(std::string_view caption, const std::vector<Point>& points) {
  double most_x = 0;
  double most_y = 0;
  for (const Point& point : points) {
    most_x = std::max(most_x, point.x);
    most_y = std::max(most_y, point.y);
  }
  most_y = round_up(most_y, kTicks);
  most_x = round_up(most_x, 0.01);
  const double width = kFrame.width - kFrame.left - kFrame.right;
  const double height = kFrame.height - kFrame.top - kFrame.bottom;
  std::string svg = fmt::format(
      "<figure class=\"wide\"><figcaption>{0}</figcaption>\n<svg viewBox=\"0 0 {1} {2}\" "
      "role=\"img\" "
      "aria-label=\"{0}\">\n",
      escaped(caption), kFrame.width, kFrame.height);
  for (int tick = 0; tick <= kTicks; ++tick) {
    const double part = static_cast<double>(tick) / kTicks;
    const double y = kFrame.top + height * (1 - part);
    const double x = kFrame.left + width * part;
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:.6g}</text>"
        "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{:.4g} s</text>\n",
        kFrame.left, kFrame.width - kFrame.right, y, y, kFrame.left - 8, y + 4, most_y * part, x,
        kFrame.height - 8, tick == kTicks ? "end" : "middle", most_x * part);
  }
  svg += R"(<polyline class="plot" points=")";
  for (const Point& point : points) {
    svg += fmt::format("{:.1f},{:.1f} ", kFrame.left + width * point.x / most_x,
                       kFrame.top + height * (1 - point.y / most_y));
  }
  return svg + "\"/></svg></figure>\n";
}

template <typename Value>
std::vector<Point> over_time(const Tally& tally, Value value) {
  std::vector<Point> points;
  for (const Sample& sample : tally.samples()) {
    points.push_back({seconds(sample.time), static_cast<double>(value(sample))});
  }
  return points;
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("<tr><td>{}</td><td class=\"words\">{}</td></tr>\n", escaped(name),
                     escaped(value));
}

// As they were given: a think time may be some milliseconds.
std::string plan_in_words(const Plan& plan) {
  std::string words = fmt::format("switched on over {:g} s", seconds(plan.ramp_up));
  if (plan.duration) words += fmt::format(", cycles begin for {:g} s", seconds(*plan.duration));
  if (plan.cycles) words += fmt::format(", {} cycles each", *plan.cycles);
  if (plan.rate > 0) words += fmt::format(", at most {} cycles a second", plan.rate);
  words += fmt::format(", think time {:g} s to {:g} s, patience {:g} s", seconds(plan.think_least),
                       seconds(plan.think_most), seconds(plan.patience));
  return words;
}

std::string summary(const Report& report) {
  const Tally& tally = report.tally;
  const Plan& plan = report.plan;
  std::string html = "<table>\n";
  html += row("Modems", fmt::format("{} of model {}", plan.modem_count, report.model));
  html += row("Server", url_of(plan));
  if (!report.scenario.empty()) html += row("Scenario", report.scenario);
  html += row("Plan", plan_in_words(plan));
  html += row("Time", fmt::format("{:.1f} s", seconds(report.elapsed)));
  html += row("Cycles", fmt::format("{} as expected, {} failed, {:.1f} a second", tally.cycles,
                                    tally.failed_cycles, cycles_per_second(report)));
  html += row("Hosts' bytes", fmt::format("{} from them, {} to them", tally.traffic.from_host,
                                          tally.traffic.to_host));
  html += row("Server's bytes", fmt::format("{} from it, {} to it", tally.traffic.from_server,
                                            tally.traffic.to_server));
  html += row("Peak memory", fmt::format("{:.1f} MB resident",
                                         static_cast<double>(report.peak_resident_bytes) / 1e6));
  html += row("Program", fmt::format("m531x {}, seed {}", report.version, plan.seed));
  return html + "</table>\n";
}

std::string latencies(const Tally& tally) {
  std::string html =
      "<h2>Latency</h2>\n<div class=\"wide\"><table><tr><th>Phase</th><th>Count</th>";
  for (const auto name : kPercentiles) html += fmt::format("<th>{}</th>", name);
  html += "</tr>\n";
  for (const auto& [phase, name] : kPhases) {
    const Latency& latency = tally.latency(phase);
    html += fmt::format("<tr><td>{}</td><td>{}</td>", name, latency.count());
    for (const double value : percentiles(latency)) {
      html += fmt::format("<td>{}</td>", in_words(value));
    }
    if (latency.count() == 0) html += "<td colspan=\"5\">none</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string errors(const Tally& tally) {
  if (tally.error_count() == 0) return "<h2>Errors</h2>\n<p>None.</p>\n";
  std::string html =
      "<h2>Errors</h2>\n<table><tr><th>Code</th><th>Count</th><th "
      "class=\"words\">Words</th></tr>\n";
  for (const auto& [code, error] : tally.errors()) {
    html += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"words\">{}</td></tr>\n",
                        escaped(code), error.count, escaped(error.words));
  }
  return html + "</table>\n";
}

}  // namespace

std::string html_of(const Report& report) {
  const Tally& tally = report.tally;
  std::string html(kHead);
  html += summary(report) + latencies(tally) + errors(tally) + "<h2>Over time</h2>\n";
  std::vector<Point> cycles;
  for (const RatePoint& point : rates(tally)) {
    // The first one is that of the time from the start.
    if (cycles.empty()) cycles.push_back({0, point.rate});
    cycles.push_back({point.seconds, point.rate});
  }
  if (cycles.empty()) {
    const double rate = cycles_per_second(report);
    cycles = {{0, rate}, {seconds(report.elapsed), rate}};
  }
  html += plot("Cycles a second", cycles);
  html += plot("Errors so far", over_time(tally, [](const Sample& s) { return s.errors; }));
  html += plot("Modems that are on", over_time(tally, [](const Sample& s) { return s.modems; }));
  html += plot("Open connections", over_time(tally, [](const Sample& s) { return s.connections; }));
  html += plot("Descriptors", over_time(tally, [](const Sample& s) { return s.descriptors; }));
  html += plot("Resident memory, MB", over_time(tally, [](const Sample& s) {
                 return static_cast<double>(s.resident_bytes) / 1e6;
               }));
  return html + "</body></html>\n";
}

}  // namespace m531x::fleet
