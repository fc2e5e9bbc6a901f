// SPDX-License-Identifier: Apache-2.0
// m531x run: modules on a pseudo-terminal, a serial port, standard input and output, or TCP.
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/config.h"
#include "app/control.h"
#include "app/metrics_page.h"
#include "app/modules.h"
#include "app/recording.h"
#include "app/trace.h"
#include "fleet/metrics.h"
#include "port/block_memory.h"
#include "port/coap_endpoint.h"
#include "port/control_socket.h"
#include "port/driver.h"
#include "port/process_limits.h"
#include "port/pty.h"
#include "port/pty_link.h"
#include "port/pty_stream.h"
#include "port/serial_port.h"
#include "port/state_file.h"
#include "port/stdio_line.h"
#include "port/strict_pty.h"
#include "port/tcp_listener.h"
#include "port/tls_context.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

constexpr std::string_view kFirstCommand = "AT+HTTPCREATE=\"http://example.com\"";

struct RunOptions {
  ConfigOptions config;
  std::string link;
  std::string serial;
  std::string tcp;
  std::string trace;
  std::string state;
  std::string control;
  std::string record;
  std::string metrics;
  bool record_secrets = false;
  bool stdio = false;
  bool quiet = false;
};

// One run of the program: the loop, the memory, and the modems that are on.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        settings_(load_settings(options.config)),
        tls_(settings_.tls),
        memory_(settings_.pool_bytes, settings_.modem.limits.line_bytes),
        pool_(memory_.blocks(), memory_.scratch()) {
    std::int64_t& clock = settings_.modem.clock.start;
    if (clock == 0) clock = std::time(nullptr);
    if (!options.serial.empty()) {
      serial_ = port::parse_serial_name(options.serial, settings_.modem.baud);
      settings_.modem.baud = serial_.baud;
    }
    port::raise_descriptor_limit();
    loop_.stop_on_signals([this] { finish(); });
    if (!options.trace.empty()) trace_.emplace(loop_, options.trace);
    if (!settings_.tls.verify) warn_of_tls();
    if (!options.record.empty()) record();
    if (!options.state.empty()) open_state();
    if (!options.control.empty()) listen_to_control();
    if (!options.metrics.empty()) {
      metrics_ = serve_metrics(loop_, options.metrics, [this] { return metrics(); });
    }
  }
  ~Run() {
    for (auto& [number, module] : modules_) module.driver->stop();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void serve() {
    if (options_.stdio) return serve_stdio();
    if (!options_.serial.empty()) return serve_serial();
    if (!options_.tcp.empty()) return serve_tcp();
    serve_pty();
  }

 private:
  void warn_of_tls() {
    const std::string_view words =
        "tls.verify = false: any server is taken for the one that it says it is";
    warn(words);
    if (trace_) trace_->tell(std::nullopt, "tls not verified", words);
  }
  static void warn(std::string_view words) { fmt::print(stderr, "m531x: warning: {}\n", words); }
  void open_state() {
    if (!options_.tcp.empty()) {
      throw port::UserError("--state keeps one module, and --tcp has one for each connection");
    }
    state_.emplace(options_.state, settings_.model->name, [this](const std::string& sentence) {
      fmt::print(stderr, "m531x: {}\n", sentence);
      if (trace_) trace_->tell(0, "state not written", sentence);
    });
  }
  void record() {
    if (options_.record_secrets) {
      warn(fmt::format("--record-secrets: {} holds passwords and keys", options_.record));
    }
    const JournalHead head{.version = std::string(version()),
                           .has_secrets = options_.record_secrets,
                           .settings = settings_};
    recording_.emplace(options_.record, head, [this](const std::string& sentence) {
      warn(sentence);
      if (trace_) trace_->tell(std::nullopt, "recording", sentence);
    });
  }
  void listen_to_control() {
    using port::ControlSocket;
    control_.emplace(*settings_.model, modules_, trace_ ? &*trace_ : nullptr);
    control_socket_.emplace(
        loop_, options_.control,
        ControlSocket::Service{
            .answer = [this](std::string_view line) { return control_->answer(line); },
            .too_long = control_error(
                fmt::format("the line is longer than {} bytes", ControlSocket::kMaxLineBytes)),
            .too_many = control_error(
                fmt::format("{} clients are connected already", ControlSocket::kMaxClients))});
  }

  // How the line is set at power-on, AT&F included: with an echo if either has one.
  [[nodiscard]] Profile profile_at_start() const {
    Profile profile;
    if (state_ && state_->flash().has_profile) profile = state_->flash().profile;
    profile.echo = profile.echo || settings_.modem.variant.echo;
    return profile;
  }
  std::pair<unsigned, std::shared_ptr<port::Driver>> power_on() {
    const unsigned number = next_number_++;
    Module module;
    module.signal = settings_.modem.network.signal;
    if (trace_) module.observer = trace_->watch(number, profile_at_start());
    if (recording_) module.recorder = recording_->watch(number, profile_at_start());
    module.driver = std::make_shared<port::Driver>(loop_, *settings_.model, settings_.modem, pool_,
                                                   port::Lent{.observer = module.observer.get(),
                                                              .state = state_ ? &*state_ : nullptr,
                                                              .tls = &tls_,
                                                              .coap = &coap_,
                                                              .recorder = module.recorder.get(),
                                                              .net = &settings_.net},
                                                   settings_.conditions);
    const auto driver = module.driver;
    modules_.emplace(number, std::move(module));
    return {number, driver};
  }
  void power_off(unsigned number) {
    const auto module = modules_.find(number);
    fleet::add(gone_, module->second.driver->status().counters);
    module->second.driver->stop();
    modules_.erase(module);
  }

  // Of the modules that are on and of those that were.
  [[nodiscard]] std::string metrics() const {
    Counters sum = gone_;
    for (const auto& [number, module] : modules_) {
      fleet::add(sum, module.driver->status().counters);
    }
    return fleet::metrics_of(sum, modules_.size());
  }

  // The first signal: each module ends what it is saying.
  void finish() {
    finishing_ = true;
    control_socket_.reset();
    unfinished_count_ = modules_.size();
    if (unfinished_count_ == 0) loop_.stop();
    for (auto& [number, module] : modules_) {
      module.driver->finish([this] {
        if (--unfinished_count_ == 0) loop_.stop();
      });
    }
  }

  std::shared_ptr<port::ByteStream> pty_line(port::Pty& pty) {
    if (!settings_.strict_line) {
      return std::make_shared<port::PtyStream>(loop_, pty.take_near_side(), pty.take_far_side());
    }
    return std::make_shared<port::StrictPty>(loop_, pty.take_near_side(), pty.take_far_side());
  }

  void serve_pty() {
    port::Pty pty;
    std::optional<port::PtyLink> link;
    if (!options_.link.empty()) link.emplace(options_.link, pty.path());
    const auto modem = power_on().second;
    modem->attach(pty_line(pty), port::EndOfInput::unplugged, [this](int error) { fail(error); });
    const std::string path = link ? options_.link : pty.path();
    greet(stdout, "PTY", link ? fmt::format("{} -> {}", path, pty.path()) : path,
          fmt::format("picocom -b {} --omap delbs {}{}", modem->modem().uart().baud, path,
                      settings_.modem.variant.echo ? "" : " --echo"));
    loop_.run();
    end();
  }

  void serve_serial() {
    const auto modem = power_on().second;
    std::optional<port::SerialPort> serial;
    serial.emplace(
        loop_, serial_,
        [&](std::shared_ptr<port::ByteStream> stream) {
          if (finishing_) return;
          say(fmt::format("{} is open", serial_.device));
          modem->attach(std::move(stream), port::EndOfInput::unplugged,
                        [&](int) { serial->reopen(); });
        },
        [&] { say(fmt::format("{} is not there; waiting for it", serial_.device)); });
    serial->open_first();
    greet(stdout, "Serial",
          fmt::format("{} at {} baud", serial_.device, modem->modem().uart().baud), "");
    loop_.run();
    modem->stop();
    end();
  }

  void serve_stdio() {
    port::StdioLine line;
    const auto modem = power_on().second;
    greet(stderr, "Line", "standard input and output", "");
    modem->attach(std::make_shared<port::ByteStream>(loop_, line.take_input(), line.take_output()),
                  port::EndOfInput::after_work, [this](int) { loop_.stop(); });
    loop_.run();
    modem->stop();
  }

  void serve_tcp() {
    listener_.emplace(loop_, port::parse_endpoint(options_.tcp), [this](port::UniqueFd fd) {
      if (finishing_) return;
      const auto [number, modem] = power_on();
      modem->attach(std::make_shared<port::ByteStream>(loop_, std::move(fd)),
                    port::EndOfInput::after_work, [this, id = number](int) {
                      power_off(id);
                      listener_->resume();
                    });
    });
    const auto at = listener_->endpoint();
    const std::string host = at.address().is_v6() ? fmt::format("[{}]", at.address().to_string())
                                                  : at.address().to_string();
    if (!at.address().is_loopback()) {
      fmt::print(stderr, "m531x: warning: {}:{} is open to other machines, without a password\n",
                 host, at.port());
    }
    greet(stdout, "TCP", fmt::format("{}:{}, one module for each connection", host, at.port()),
          fmt::format("socat -,raw,echo=0,escape=0x1d TCP:{}:{}", host, at.port()));
    loop_.run();
    listener_.reset();
    end();
  }

  // Tells how to connect, on the output that is not the modem's.
  void greet(std::FILE* out, std::string_view what, std::string_view where,
             std::string_view connect) const {
    if (options_.quiet) return;
    fmt::print(out, "{:<8} {}\n", what, where);
    fmt::print(out, "{:<8} {} ({}), {} HTTP instances\n", "Model", settings_.model->name,
               settings_.model->chip, settings_.model->instance_count);
    if (!connect.empty()) fmt::print(out, "{:<8} {}\n", "Connect", connect);
    if (!options_.config.scenarios.empty()) {
      fmt::print(out, "{:<8} {}\n", "Scenario", fmt::join(options_.config.scenarios, ", "));
    }
    if (control_) fmt::print(out, "{:<8} m531x ctl {} state\n", "Control", options_.control);
    fmt::print(out, "{:<8} {}\n", "Type", kFirstCommand);
    fmt::print(out, "{:<8} {}\n", "End", "Ctrl-C");
    std::fflush(out);
  }
  void say(const std::string& words) const {
    if (!options_.quiet) fmt::print(stderr, "m531x: {}\n", words);
  }

  // The line is lost for good.
  void fail(int error) {
    error_ = error;
    loop_.stop();
  }
  void end() const {
    if (error_ != 0) throw std::runtime_error("the line failed: " + port::words_of(error_));
  }

  const RunOptions& options_;
  RunSettings settings_;
  port::TlsTrust tls_;
  port::BlockMemory memory_;
  BlockPool pool_;
  port::EventLoop loop_;  // what still waits on it holds modems, and they hold blocks
  port::CoapEndpoint coap_{loop_, settings_.net};
  std::optional<Trace> trace_;
  std::optional<Recording> recording_;
  std::optional<port::StateFile> state_;
  port::SerialName serial_{};
  std::optional<port::TcpListener> listener_;
  Modules modules_;
  std::optional<Control> control_;
  std::optional<port::ControlSocket> control_socket_;
  std::unique_ptr<port::PageServer> metrics_;
  Counters gone_;
  unsigned next_number_ = 0;
  bool finishing_ = false;
  std::size_t unfinished_count_ = 0;
  int error_ = 0;
};

std::string settings_help() {
  std::string text = "Settings, for --set and for the file of --config:\n";
  const RunSettings defaults = settings_of(models().front());
  for (const Setting& setting : run_table()) {
    text += fmt::format("  {}\n      {}; {}; default {}{}\n", setting.key, setting.meaning,
                        range_of(setting), value_of(setting, defaults),
                        setting.kind == Setting::Kind::model ? "" : " (M5310-A)");
  }
  return text;
}

constexpr const char* kExamples =
    "Examples:\n"
    "  m531x run\n"
    "  m531x run --model M5311 --pty /tmp/modem\n"
    "  m531x run --serial /dev/ttyUSB0@115200\n"
    "  m531x run --tcp 7000\n"
    "  m531x run --config modem.toml --set tcp.mss=460 --trace -\n"
    "  m531x run --pty /tmp/modem --state meter.state --control /tmp/modem.ctl\n"
    "  m531x run --scenario flaky-server --set random.seed=7\n"
    "  m531x run --record bug.journal\n"
    "\n"
    "A file for --config:\n"
    "  model = \"M5311\"\n"
    "  [tcp]\n"
    "  mss = 460\n"
    "\n";

}  // namespace

Command add_run(CLI::App& program) {
  auto* const app = program.add_subcommand("run", "Be a module until Ctrl-C");
  const auto options = std::make_shared<RunOptions>();
  add_config_options(*app, options->config);
  auto* const pty = expects(
      app->add_option("--pty", options->link,
                      "On a pseudo-terminal with this symbolic link to it, which goes at the end"),
      "LINK");
  auto* const serial =
      expects(app->add_option("--serial", options->serial,
                              "On a real serial port, waited for when it is unplugged"),
              "DEVICE[@RATE]");
  auto* const stdio = app->add_flag("--stdio", options->stdio,
                                    "On standard input and output; after the end of the input, "
                                    "until the last request is done");
  auto* const tcp = expects(
      app->add_option("--tcp", options->tcp,
                      "On TCP, one module for each connection; the address is 127.0.0.1 and an "
                      "IPv6 address stands in brackets; port 0 is any free one"),
      "[ADDRESS:]PORT");
  expects(app->add_option("--trace", options->trace,
                          "Write what passes, as JSON lines without passwords and keys; - is "
                          "standard error"),
          "FILE");
  expects(app->add_option("--state", options->state,
                          "Keep in this file what the module keeps without power; not with --tcp"),
          "FILE");
  expects(app->add_option("--control", options->control,
                          "Listen on this Unix socket to m531x ctl and to tests"),
          "SOCKET");
  add_metrics_option(*app, options->metrics);
  auto* const record = expects(
      app->add_option("--record", options->record,
                      "Write a journal of all that goes into the module, for m531x replay; without "
                      "passwords and keys"),
      "FILE");
  app->add_flag("--record-secrets", options->record_secrets, "Leave them in the journal")
      ->needs(record);
  app->add_flag("--quiet", options->quiet, "Do not say how to connect");
  for (auto* const one : {pty, serial, stdio, tcp}) {
    for (auto* const other : {pty, serial, stdio, tcp}) {
      if (one != other) one->excludes(other);
    }
  }
  app->footer([] { return kExamples + settings_help(); });
  return {app, [options] {
            Run(*options).serve();
            return kDone;
          }};
}

}  // namespace m531x::app
