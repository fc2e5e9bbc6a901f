// SPDX-License-Identifier: Apache-2.0
// m531x check: plays transcripts to a module on a port, and learns its spelling (docs/check.md).
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "app/check_block.h"
#include "app/check_learn.h"
#include "app/check_play.h"
#include "app/check_report.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using port::UserError;
using transcript::Block;
using Status = CheckResult::Status;

constexpr int kMostMs = 3'600'000;

struct CheckOptions {
  std::vector<std::string> files;
  std::string port;
  std::string tcp;
  std::string listen = "127.0.0.1:0";
  std::string url;
  ConfigOptions config;
  std::vector<std::string> only;
  std::string junit;
  std::string learn;
  std::string reset;
  int patience_ms = 5'000;
  int quiet_ms = 200;
  int tolerance_ms = 300;
  int longest_wait_ms = 10'000;
};

// All blocks of all files that --only leaves. Throws UserError when a file cannot be played.
std::vector<Block> read_blocks(const CheckOptions& options) {
  std::vector<Block> blocks;
  for (const std::string& path : options.files) {
    auto of_file = transcript::parse_markdown(read_file(path, path), path);
    if (of_file.empty()) throw UserError(path + ": it has no ```m531x block");
    std::ranges::move(of_file, std::back_inserter(blocks));
  }
  for (const Block& block : blocks) {
    if (!block.faults.empty()) throw UserError(block.faults.front());
  }
  const auto is_left_out = [&options](const Block& block) {
    const std::string name = fmt::format("{}:{} {}", block.file, block.line, block.name);
    return std::ranges::none_of(options.only, [&name](const std::string& only) {
      return name.find(only) != std::string::npos;
    });
  };
  if (!options.only.empty()) std::erase_if(blocks, is_left_out);
  if (blocks.empty() && !options.files.empty()) throw UserError("--only: no block has that name");
  return blocks;
}

// host:port of http://host[:port].
std::string authority_of(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (!rest.starts_with(kScheme)) throw UserError("--url " + url + ": write http://HOST:PORT");
  rest.remove_prefix(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest.find_first_of("/?#\"@, ;") != std::string_view::npos) {
    throw UserError("--url " + url + ": write http://HOST:PORT");
  }
  return std::string(rest);
}

class Check {
 public:
  explicit Check(const CheckOptions& options)
      : options_(options),
        settings_(load_settings(options.config)),
        model_is_said_(!options.config.model.empty() || !options.config.file.empty()),
        blocks_(read_blocks(options)),
        wait_(loop_),
        listen_(port::parse_endpoint(options.listen, "--listen")),
        server_(loop_, listen_, authority()) {
    loop_.stop_on_signals();
    warn_of_listening();
    port_ = options.tcp.empty() ? CheckPort::open_serial(loop_, options.port, default_baud())
                                : CheckPort::connect(loop_, options.tcp, patience());
  }

  int run() {
    try {
      find_model();
      if (!options_.learn.empty()) learn();
      for (; next_ < blocks_.size(); ++next_) report_.add(check(blocks_[next_]));
    } catch (const CheckStopped& stopped) {
      if (next_ == blocks_.size() || report_is_empty()) return stop(stopped.what());
      return stop_in_the_middle(stopped.what());
    }
    if (blocks_.empty()) return kDone;
    tidy_up();
    return end();
  }

 private:
  [[nodiscard]] Millis patience() const { return Millis(options_.patience_ms); }
  [[nodiscard]] CheckTiming timing() const {
    return {patience(), Millis(options_.quiet_ms), Millis(options_.tolerance_ms)};
  }
  [[nodiscard]] std::string authority() const {
    if (!options_.url.empty()) return authority_of(options_.url);
    if (listen_.address().is_unspecified()) {
      throw UserError("--listen " + options_.listen + ": say with --url how the module gets there");
    }
    return "";
  }
  // Without a model, the rate that the port has.
  [[nodiscard]] std::uint32_t default_baud() const {
    return model_is_said_ ? settings_.modem.baud : 0;
  }
  [[nodiscard]] bool is_port_fixed() const { return listen_.port() != 0; }
  [[nodiscard]] bool report_is_empty() const { return next_ == 0; }

  void warn_of_listening() const {
    if (listen_.address().is_loopback()) return;
    fmt::print(stderr, "m531x: warning: {} is open to other machines while the check runs\n",
               options_.listen);
  }

  // Talks to the module for the first time, and asks it what it is unless that is said.
  void find_model() {
    port_->command(wait_, "ATQ0V1E0", patience());
    if (!model_is_said_) ask_model();
    player_ = make_player();
    player_->tidy();
    if (!player_->wait_registered(patience())) {
      fmt::print(stderr, "m531x: warning: {} does not say that it is registered\n", port_->name());
    }
    device_ = {settings_,       !options_.reset.empty(),       server_.is_named(),
               is_port_fixed(), Millis(options_.tolerance_ms), Millis(options_.longest_wait_ms)};
  }

  std::unique_ptr<CheckPlayer> make_player() {
    return std::make_unique<CheckPlayer>(wait_, *port_, server_, timing(),
                                         CheckStart{options_.reset, settings_.model});
  }

  void ask_model() {
    const Model* const model = learn_model(wait_, *port_, patience());
    if (model == nullptr) {
      throw UserError(port_->name() + " does not tell its model: say it with --model");
    }
    ConfigOptions config = options_.config;
    config.model = model->name;
    settings_ = load_settings(config);
  }

  void learn() {
    const auto learned = learn_variant(wait_, *port_, server_, timing());
    write_file(options_.learn, "--learn " + options_.learn,
               profile_of(*settings_.model, learned, port_->name()));
    fmt::print("learned  {}: {}\n", options_.learn, settings_.model->name);
  }

  CheckResult check(const Block& block) {
    CheckResult result{Status::ok, block.file, block.name, block.line, "", {}};
    const auto begun = std::chrono::steady_clock::now();
    if (auto why = why_not_playable(block, device_)) {
      result.status = Status::skipped;
      result.words = std::move(*why);
      return result;
    }
    player_->prepare(block);
    Block here = block;
    if (!readdress(here, server_)) {
      result.status = Status::skipped;
      result.words = "the name of its server is not where it can be replaced";
    } else if (auto difference = player_->play(here)) {
      result.status = Status::differs;
      result.words = std::move(*difference);
    }
    result.time = std::chrono::steady_clock::now() - begun;
    return result;
  }

  void tidy_up() {
    try {
      player_->tidy();
    } catch (const CheckStopped& stopped) {
      fmt::print(stderr, "m531x: {}\n", stopped.what());
    }
  }

  static int stop(std::string_view why) {
    fmt::print(stderr, "m531x: {}\n", why);
    return kMisused;
  }
  // The block that was being played has an error; those behind it have not been played.
  int stop_in_the_middle(const std::string& why) {
    for (std::size_t i = next_; i < blocks_.size(); ++i) {
      const Block& block = blocks_[i];
      report_.add({i == next_ ? Status::stopped : Status::skipped,
                   block.file,
                   block.name,
                   block.line,
                   why,
                   {}});
    }
    end();
    return stop(why);
  }

  int end() const {
    report_.print_summary();
    if (!options_.junit.empty()) report_.write_junit(options_.junit);
    if (report_.count(Status::differs) > 0) return kFailed;
    if (report_.count(Status::ok) > 0) return kDone;
    return stop("no block could be played");
  }

  const CheckOptions& options_;
  RunSettings settings_;
  bool model_is_said_;
  std::vector<Block> blocks_;
  std::size_t next_ = 0;  // the block that is played
  port::EventLoop loop_;
  CheckWait wait_;
  port::TcpEndpoint listen_;
  CheckServer server_;
  std::unique_ptr<CheckPort> port_;
  std::unique_ptr<CheckPlayer> player_;
  CheckDevice device_;
  CheckReport report_;
};

CLI::Option* add_time(CLI::App& app, const std::string& name, int& value, const std::string& what) {
  return app.add_option(name, value, what + fmt::format("; default {}", value))
      ->type_name("MS")
      ->check(CLI::Range(1, kMostMs));
}

constexpr const char* kExamples =
    "Examples:\n"
    "  m531x check tests/transcripts/*.md --port /dev/ttyUSB0@9600\n"
    "  m531x check my.md --port /tmp/modem --junit check.xml\n"
    "  m531x check --learn desk.toml --port /dev/ttyUSB0@9600 \\\n"
    "    --listen 0.0.0.0:8080 --url http://my.example:8080\n"
    "  m531x run --config desk.toml";

}  // namespace

Command add_check(CLI::App& program) {
  auto* const app = program.add_subcommand("check", "Play transcripts to a module on a port");
  const auto options = std::make_shared<CheckOptions>();
  auto* const files =
      expects(app->add_option("files", options->files, "Transcripts (Markdown)"), "FILE");
  auto* const port = expects(
      app->add_option("--port", options->port, "The serial port or pseudo-terminal of the module"),
      "DEVICE[@RATE]");
  auto* const tcp = expects(app->add_option("--tcp", options->tcp, "Where a module is behind TCP"),
                            "ADDRESS:PORT");
  port->excludes(tcp);
  expects(app->add_option("--listen", options->listen,
                          "Where the check's own server listens; port 0 is any free one")
              ->capture_default_str(),
          "ADDRESS:PORT");
  expects(app->add_option("--url", options->url,
                          "How the module reaches that server, if not by that address"),
          "http://HOST:PORT");
  expects(
      app->add_option("--model", options->config.model, "Which module it is, if it does not tell"),
      "NAME");
  expects(
      app->add_option("--config", options->config.file, "What settings the module has, as for run"),
      "FILE");
  expects(app->add_option("--set", options->config.sets,
                          "One setting that the module has; may be repeated")
              ->allow_extra_args(false),
          "KEY=VALUE");
  expects(app->add_option("--only", options->only,
                          "Blocks with this in file:line name; may be repeated")
              ->allow_extra_args(false),
          "TEXT");
  expects(app->add_option("--reset", options->reset,
                          "The command that restarts the module, such as AT+NRB"),
          "COMMAND");
  expects(app->add_option("--junit", options->junit, "Write the results as JUnit XML"), "FILE");
  auto* const learn =
      expects(app->add_option("--learn", options->learn,
                              "Write how the module spells things, as a file for run --config"),
              "FILE");
  add_time(*app, "--patience", options->patience_ms, "What has to come comes within this time");
  add_time(*app, "--quiet-time", options->quiet_ms,
           "After so long a silence nothing more is taken to come");
  add_time(*app, "--tolerance", options->tolerance_ms,
           "What comes at a time may be so much earlier or later");
  add_time(*app, "--longest-wait", options->longest_wait_ms,
           "Blocks in which more time has to pass are skipped");
  app->footer(kExamples);
  return {app, [options, files, port, tcp, learn] {
            if (port->empty() && tcp->empty()) throw UserError("check: say --port or --tcp");
            if (files->empty() && learn->empty()) {
              throw UserError("check: name transcripts, or --learn");
            }
            return Check(*options).run();
          }};
}

}  // namespace m531x::app
