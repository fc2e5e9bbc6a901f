// SPDX-License-Identifier: Apache-2.0
// m531x demo: a host types sections of the manual into a modem on a real PTY, which talks to a real
// server, or to the stand-in of OneNET; all three in this program, on one loop.
#include <fcntl.h>
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "app/commands.h"
#include "app/demo_host.h"
#include "app/demo_server.h"
#include "app/run_settings.h"
#include "onenet/platform.h"
#include "port/block_memory.h"
#include "port/coap_endpoint.h"
#include "port/driver.h"
#include "port/pty.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using Who = DemoView::Who;

constexpr std::chrono::seconds kTimeLimit{30};

// Whom the modem talks to, and what the host then types.
class FarSide {
 public:
  virtual ~FarSide() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::vector<DemoStep> script() const = 0;
  // Who is to know what the modem does with the network, if anybody.
  virtual port::Observer* observer() { return nullptr; }
};

// Sections 2.1 and 2.2. The server is told when the modem has read what it sent.
class HttpSide : public FarSide, private port::Observer {
 public:
  HttpSide(port::EventLoop& loop, const DemoView& view)
      : server_(loop, [&view](const std::string& line) { view.line(Who::server, line); }) {}
  [[nodiscard]] std::string name() const override {
    return fmt::format("server 127.0.0.1:{}", server_.port());
  }
  [[nodiscard]] std::vector<DemoStep> script() const override {
    return http_script(server_.port());
  }
  port::Observer* observer() override { return this; }

 private:
  void from_server(ConnId, Bytes bytes) override { server_.was_read(bytes.size()); }

  DemoServer server_;
};

// Section 2.3.
class OnenetSide : public FarSide {
 public:
  OnenetSide(port::EventLoop& loop, const DemoView& view)
      : platform_(loop,
                  {.http = port::parse_endpoint("127.0.0.1:0"),
                   .coap = {boost::asio::ip::address_v4::loopback(), 0},
                   .coaps = std::nullopt,
                   .api_key = std::string(kManualApiKey),
                   .db = {}},
                  [&view](std::string_view event, std::string_view of, std::string_view more) {
                    view.line(Who::server, onenet::line_of(event, of, more));
                  }) {}
  [[nodiscard]] std::string name() const override {
    return fmt::format("platform http://127.0.0.1:{} coap://127.0.0.1:{}",
                       platform_.http_endpoint().port(), platform_.coap_endpoint().port());
  }
  [[nodiscard]] std::vector<DemoStep> script() const override {
    return onenet_script(platform_.http_endpoint().port(), platform_.coap_endpoint().port());
  }

 private:
  onenet::Platform platform_;
};

// The manual's device, in 2.3.
RunSettings demo_settings() {
  RunSettings settings = settings_of(models().front());
  settings.modem.identity.imei = kManualImei;
  settings.modem.identity.imsi = kManualImsi;
  return settings;
}

class Demo {
 public:
  explicit Demo(bool onenet)
      : memory_(settings_.pool_bytes, settings_.modem.limits.line_bytes),
        pool_(memory_.blocks(), memory_.scratch()),
        coap_(loop_),
        time_limit_(loop_.context()) {
    loop_.stop_on_signals();
    if (onenet) {
      far_side_ = std::make_unique<OnenetSide>(loop_, view_);
    } else {
      far_side_ = std::make_unique<HttpSide>(loop_, view_);
    }
    modem_ = std::make_shared<port::Driver>(
        loop_, *settings_.model, settings_.modem, pool_,
        port::Lent{.observer = far_side_->observer(), .coap = &coap_});
  }
  ~Demo() { modem_->stop(); }
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  int run() {
    view_.parties({"host", fmt::format("modem {} on {}", settings_.model->name, pty_.path()),
                   far_side_->name()});
    DemoHost host(loop_, view_, far_side_->script(), open_line(),
                  [this](std::string fault) { finish(std::move(fault)); });
    time_limit_.expires_after(kTimeLimit);
    time_limit_.async_wait([this, &host](boost::system::error_code error) {
      if (!error) finish(fmt::format("waited in vain for {}", host.awaited()));
    });
    host.start();
    loop_.run();
    // The signal may have ended a write as well, which is no news then.
    if (!fault_) {
      fmt::print(stderr, "m531x: the demo was interrupted, not all of it was played\n");
      return kFailed;
    }
    check_output();
    const bool good = fault_->empty();
    view_.result(good ? "All figures are those of the manual." : "Failed: " + *fault_, good);
    check_output();
    return good ? kDone : kFailed;
  }

 private:
  // What the platform's events throw when they cannot be shown is an error of the platform's.
  static void check_output() {
    const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (failed) throw std::runtime_error("cannot write what there is to see");
  }

  // Connects the modem with one end of the line; the other one is the host's.
  std::shared_ptr<port::ByteStream> open_line() {
    port::UniqueFd fd(::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!fd.valid()) throw port::UserError(pty_.path() + ": " + port::words_of(errno));
    modem_->attach(std::make_shared<port::ByteStream>(loop_, pty_.take_near_side()),
                   port::EndOfInput::unplugged,
                   [this](int error) { finish("the PTY failed: " + port::words_of(error)); });
    return std::make_shared<port::ByteStream>(loop_, std::move(fd));
  }

  void finish(std::string fault) {
    fault_ = std::move(fault);
    loop_.stop();
  }

  RunSettings settings_ = demo_settings();
  port::BlockMemory memory_;
  BlockPool pool_;
  port::EventLoop loop_;
  DemoView view_;
  port::CoapEndpoint coap_;
  std::unique_ptr<FarSide> far_side_;
  port::Pty pty_;
  std::shared_ptr<port::Driver> modem_;
  boost::asio::steady_timer time_limit_;
  std::optional<std::string> fault_;
};

}  // namespace

Command add_demo(CLI::App& program) {
  auto* const app = program.add_subcommand("demo", "Watch a host, a module and a server talk");
  const auto onenet = std::make_shared<bool>(false);
  app->add_flag("--onenet", *onenet,
                "Section 2.3 instead: a device registers with a stand-in of OneNET, and is read "
                "through its HTTP API");
  app->footer(
      "The host types sections 2.1 and 2.2 of the manual, or 2.3; the figures that come back are\n"
      "checked. On a terminal of 72 columns or more each party has a column of its own.\n"
      "\n"
      "Examples:\n"
      "  m531x demo\n"
      "  m531x demo --onenet\n"
      "  NO_COLOR=1 m531x demo");
  return {app, [onenet] { return Demo(*onenet).run(); }};
}

}  // namespace m531x::app
