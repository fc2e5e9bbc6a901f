// SPDX-License-Identifier: Apache-2.0
// m531x fleet: many modems in one process, whose hosts play a script against a server.
#include "fleet/fleet.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/config.h"
#include "app/metrics_page.h"
#include "app/text_file.h"
#include "fleet/capacity.h"
#include "fleet/metrics.h"
#include "fleet/report.h"
#include "port/block_memory.h"
#include "port/process_limits.h"
#include "port/tls_context.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using fleet::Micros;
using port::UserError;

constexpr Micros kLiveLine{500'000};
constexpr Micros kPlainLine{10'000'000};
constexpr std::uint64_t kMaxCycles = 1'000'000'000'000;

struct FleetOptions {
  ConfigOptions config;
  std::size_t modems = 100;
  std::string server;
  std::string script;
  std::string ramp_up;
  std::string duration;
  std::optional<std::uint64_t> cycles;
  double rate = 0;
  std::string think;
  std::string patience;
  std::optional<std::uint32_t> seed;
  std::vector<std::string> reports;
  std::string metrics;
  bool quiet = false;
};

// "500ms", "10s", "5m" or "2h". Throws UserError.
Micros parse_time(std::string_view option, std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t micros;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}}};
  constexpr std::int64_t kMost = 10'000'000;  // of a unit; no product is too large
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (error == std::errc() && number >= 0 && number <= kMost && name == unit.name) {
      return Micros(number * unit.micros);
    }
  }
  throw UserError(fmt::format("{} {}: write a time as 500ms, 10s, 5m or 2h", option, text));
}

Micros parse_time_or(std::string_view option, std::string_view text, Micros otherwise) {
  return text.empty() ? otherwise : parse_time(option, text);
}

// The URL up to its path, and the path.
std::pair<std::string, std::string> parse_server(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos || !url.starts_with("http") ||
      url.find_first_of("\"\r\n\\ ") != std::string::npos) {
    throw UserError(
        fmt::format("--server {}: it must be a URL such as http://127.0.0.1:8080/page", url));
  }
  const std::size_t path = url.find('/', scheme + 3);
  if (url.substr(0, path).find('@') != std::string::npos) {
    throw UserError(
        "--server: a user and a password are parameters of AT+HTTPCREATE, in a --script");
  }
  if (path == std::string::npos) return {url + "/", "/"};
  return {url.substr(0, path + 1), url.substr(path)};
}

bool is_name(const std::string& server) {
  const std::size_t begin = server.find("://") + 3;
  return server.find_first_not_of("0123456789.:/[]", begin) != std::string::npos;
}

fleet::Plan plan_of(const FleetOptions& options, std::uint32_t seed) {
  fleet::Plan plan;
  plan.modem_count = options.modems;
  std::tie(plan.server, plan.path) = parse_server(options.server);
  plan.ramp_up = parse_time_or("--ramp-up", options.ramp_up, Micros(0));
  if (!options.duration.empty()) plan.duration = parse_time("--duration", options.duration);
  plan.cycles = options.cycles;
  plan.rate = options.rate;
  plan.patience = parse_time_or("--patience", options.patience, plan.patience);
  const std::size_t dots = options.think.find("..");
  if (!options.think.empty()) {
    plan.think_least = parse_time("--think", options.think.substr(0, dots));
    plan.think_most = dots == std::string::npos
                          ? plan.think_least
                          : parse_time("--think", options.think.substr(dots + 2));
    if (plan.think_most < plan.think_least || plan.think_most > std::chrono::hours(1)) {
      throw UserError("--think " + options.think + ": from the shorter to the longer, 1h at most");
    }
  }
  plan.seed = seed;
  return plan;
}

struct ReportForm {
  std::string_view ending;
  std::string (*make)(const fleet::Report&);
};
constexpr std::array<ReportForm, 3> kReportForms = {
    {{".json", fleet::json_of}, {".html", fleet::html_of}, {".txt", fleet::text_of}}};

const ReportForm& form_of(const std::string& file) {
  for (const ReportForm& form : kReportForms) {
    if (file.ends_with(form.ending)) return form;
  }
  throw UserError("--report " + file + ": the name must end in .json, .html or .txt");
}

class FleetRun {
 public:
  explicit FleetRun(const FleetOptions& options)
      : options_(options),
        settings_(load_settings(options.config)),
        tls_(settings_.tls),
        memory_(settings_.pool_bytes, settings_.modem.limits.line_bytes),
        pool_(memory_.blocks(), memory_.scratch()),
        line_(loop_.context()) {
    if (settings_.modem.clock.start == 0) settings_.modem.clock.start = std::time(nullptr);
    if (options.seed) settings_.conditions.seed = *options.seed;
    for (const std::string& file : options.reports) static_cast<void>(form_of(file));
    auto plan = plan_of(options, settings_.conditions.seed);
    if (plan.server.starts_with("https:") && !settings_.model->https) {
      throw UserError(fmt::format("--server {}: the {} has no https; choose another --model",
                                  plan.server, settings_.model->name));
    }
    const std::string text = options.script.empty()
                                 ? fleet::get_script(settings_.modem.boot.duration +
                                                     settings_.modem.network.registration_delay)
                                 : read_file(options.script, "--script " + options.script);
    auto script = fleet::parse_script(text, options.script.empty() ? "script" : options.script);
    check_capacity(plan);
    loop_.stop_on_signals([this] { fleet_->finish(); });
    fleet_ = std::make_unique<fleet::Fleet>(loop_, settings_, pool_, &tls_, settings_.net,
                                            std::move(plan), std::move(script),
                                            [this] { loop_.stop(); });
    if (!options.metrics.empty()) {
      metrics_ = serve_metrics(loop_, options.metrics,
                               [this] { return fleet::metrics_of(fleet_->tally()); });
    }
  }

  int serve() {
    fleet_->start();
    show_progress();
    loop_.run();
    fleet_->cut_off();
    if (is_terminal_ && !options_.quiet) fmt::print(stderr, "\r\x1b[K");
    const fleet::Report report = this->report();
    for (const std::string& file : options_.reports) {
      write_file(file, "--report " + file, form_of(file).make(report));
    }
    fmt::print("{}", fleet::text_of(report));
    const fleet::Tally& tally = fleet_->tally();
    return tally.error_count() == 0 && tally.cycles > 0 ? kDone : kFailed;
  }

 private:
  void check_capacity(const fleet::Plan& plan) {
    const fleet::Supply supply{.descriptor_limit = port::raise_descriptor_limit(),
                               .descriptors_in_use = port::descriptors_in_use(),
                               .descriptors_per_modem = is_name(plan.server) ? 2U : 1U,
                               .local_ports = port::local_port_count(),
                               .pool_bytes = settings_.pool_bytes};
    const auto bounds = fleet::bounds_of(supply);
    const std::string sentence = fleet::sentence_about(bounds.front());
    if (plan.modem_count > bounds.front().modems) {
      throw UserError(fmt::format("--modems {}: {}", plan.modem_count, sentence));
    }
    if (!options_.quiet) fmt::print(stderr, "m531x: {}\n", sentence);
  }

  [[nodiscard]] fleet::Report report() const {
    return {.version = std::string(version()),
            .model = std::string(settings_.model->name),
            .scenario = fmt::format("{}", fmt::join(options_.config.scenarios, ", ")),
            .plan = fleet_->plan(),
            .elapsed = fleet_->elapsed(),
            .peak_resident_bytes = port::peak_resident_bytes(),
            .tally = fleet_->tally()};
  }

  // One line that is written again and again on a terminal, else a line now and then.
  void show_progress() {
    if (options_.quiet) return;
    line_.expires_after(is_terminal_ ? kLiveLine : kPlainLine);
    line_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      const auto& tally = fleet_->tally();
      const auto time = fleet_->elapsed();
      const double seconds = std::chrono::duration<double>(time - shown_at_).count();
      const double rate = static_cast<double>(tally.cycles - shown_cycles_) / seconds;
      shown_at_ = time;
      shown_cycles_ = tally.cycles;
      fmt::print(stderr, "{}{:>7.1f} s  {} modems  {} open  {} cycles  {:.0f}/s  {} errors{}",
                 is_terminal_ ? "\r" : "", std::chrono::duration<double>(time).count(),
                 tally.modems, tally.connections, tally.cycles, rate, tally.error_count(),
                 is_terminal_ ? "\x1b[K" : "\n");
      std::fflush(stderr);
      show_progress();
    });
  }

  const FleetOptions& options_;
  RunSettings settings_;
  port::TlsTrust tls_;
  port::BlockMemory memory_;
  BlockPool pool_;
  port::EventLoop loop_;
  boost::asio::steady_timer line_;
  const bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  Micros shown_at_{0};
  std::uint64_t shown_cycles_ = 0;
  std::unique_ptr<fleet::Fleet> fleet_;
  std::unique_ptr<port::PageServer> metrics_;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  m531x fleet --modems 1000 --server http://127.0.0.1:8080/page --duration 1m\n"
    "  m531x fleet --modems 5000 --server http://127.0.0.1:8080/ --ramp-up 30s --think 1s..5s\n"
    "  m531x fleet --server http://127.0.0.1:8080/ --cycles 10 --report run.html\n"
    "  m531x fleet --server http://127.0.0.1:8080/ --script host.md --seed 7\n"
    "\n"
    "The settings are those of m531x run; see its --help.\n";

void add_plan(CLI::App& app, FleetOptions& options) {
  expects(app.add_option("--modems", options.modems, "How many modems; 100 without it"), "N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  expects(app.add_option("--server", options.server,
                         "The URL that the built-in script gets, and ${server} and ${path} of "
                         "another script"),
          "URL")
      ->required();
  expects(app.add_option("--script", options.script,
                         "What each host does, in the notation of transcripts"),
          "FILE");
  expects(app.add_option("--ramp-up", options.ramp_up,
                         "Switch the modems on one by one over this time, such as 30s"),
          "TIME");
  expects(app.add_option("--duration", options.duration,
                         "Begin no cycle after this time, such as 10m; else until Ctrl-C"),
          "TIME");
  expects(app.add_option("--cycles", options.cycles, "So many cycles of each modem"), "N")
      ->check(CLI::Range(std::uint64_t{1}, kMaxCycles));
  expects(app.add_option("--rate", options.rate, "Begin at most so many cycles a second, over all"),
          "N")
      ->check(CLI::Range(0.001, 1e6));
  expects(app.add_option("--think", options.think,
                         "Between two cycles of a host: a time, or a random one between two"),
          "TIME[..TIME]");
  expects(app.add_option("--patience", options.patience,
                         "Give what is expected up after this time; 30s without it"),
          "TIME");
  expects(app.add_option("--seed", options.seed, "Of all that is left to chance"), "N");
}

}  // namespace

Command add_fleet(CLI::App& program) {
  auto* const app =
      program.add_subcommand("fleet", "Be many modules, whose hosts play a script, and report");
  const auto options = std::make_shared<FleetOptions>();
  add_plan(*app, *options);
  expects(app->add_option("--report", options->reports,
                          "Write the report, as the name ends: .json, .html or .txt; may be "
                          "repeated")
              ->allow_extra_args(false),
          "FILE");
  add_config_options(*app, options->config);
  add_metrics_option(*app, options->metrics);
  app->add_flag("--quiet", options->quiet, "Say nothing on the way");
  app->footer(kExamples);
  return {app, [options] { return FleetRun(*options).serve(); }};
}

}  // namespace m531x::app
