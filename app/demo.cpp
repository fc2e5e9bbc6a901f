// SPDX-License-Identifier: Apache-2.0
// m531x demo: a host types the manual's sections 2.1 and 2.2 into a modem on a real PTY, which
// talks to a real server; all three in this program, on one loop.
#include <fcntl.h>
#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <cerrno>

#include "app/commands.h"
#include "app/demo_script.h"
#include "app/demo_server.h"
#include "app/demo_view.h"
#include "app/run_settings.h"
#include "port/block_memory.h"
#include "port/driver.h"
#include "port/pty.h"
#include "port/user_error.h"
#include "transcript/modem_records.h"

namespace m531x::app {
namespace {

using Who = DemoView::Who;

constexpr std::chrono::seconds kTimeLimit{30};
constexpr std::size_t kReadBytes = 4096;

// Tells the server when the modem has read what it sent.
class ReadWatch : public port::Observer {
 public:
  explicit ReadWatch(DemoServer& server) : server_(server) {}
  void from_server(ConnId, Bytes bytes) override { server_.was_read(bytes.size()); }

 private:
  DemoServer& server_;
};

std::string content_of(std::string_view target) {
  if (target.empty()) return {};
  for (const DemoResponse& response : demo_responses()) {
    if (response.target == target) return response.content;
  }
  return {};
}

class Demo {
 public:
  Demo()
      : memory_(settings_.pool_bytes, settings_.modem.limits.line_bytes),
        pool_(memory_.blocks(), memory_.scratch()),
        server_(loop_, [this](const std::string& line) { view_.line(Who::server, line); }),
        watch_(server_),
        modem_(std::make_shared<port::Driver>(loop_, *settings_.model, settings_.modem, pool_,
                                              port::Lent{.observer = &watch_})),
        time_limit_(loop_.context()),
        steps_(demo_script(server_.port())) {
    loop_.stop_on_signals();
  }
  ~Demo() { modem_->stop(); }
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  int run() {
    open_lines();
    view_.heading(fmt::format("{} on {}    > host    < modem    | server on 127.0.0.1:{}",
                              settings_.model->name, pty_.path(), server_.port()));
    time_limit_.expires_after(kTimeLimit);
    time_limit_.async_wait([this](boost::system::error_code error) {
      if (!error) finish(fmt::format("waited in vain for {}", step().awaited));
    });
    begin_step();
    loop_.run();
    if (!finished_) return kDone;
    view_.result(fault_.empty() ? "All figures are those of the manual." : "Failed: " + fault_,
                 fault_.empty());
    return fault_.empty() ? kDone : kFailed;
  }

 private:
  [[nodiscard]] const DemoStep& step() const { return steps_[step_]; }

  void open_lines() {
    port::UniqueFd fd(::open(pty_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!fd.valid()) throw port::UserError(pty_.path() + ": " + port::words_of(errno));
    host_ = std::make_shared<port::ByteStream>(loop_, std::move(fd));
    modem_->attach(std::make_shared<port::ByteStream>(loop_, pty_.take_near_side()),
                   port::EndOfInput::unplugged,
                   [this](int error) { finish("the PTY failed: " + port::words_of(error)); });
    wait();
  }

  void begin_step() {
    figures_found_ = 0;
    content_.clear();
    if (!step().heading.empty()) view_.heading(step().heading);
    view_.line(Who::host, step().typed);
    const std::string line = step().typed + '\r';
    const Bytes bytes = line;
    if (host_->write(std::span(&bytes, 1)).byte_count != line.size()) {
      finish("the PTY did not take a whole line");
    }
  }

  void wait() {
    host_->wait_readable([this] {
      const auto room = loop_.read_buffer(kReadBytes);
      const auto result = host_->read(room);
      if (result.error != 0) return finish("the PTY failed: " + port::words_of(result.error));
      for (const transcript::ModemRecord& record :
           records_.take({room.data(), result.byte_count})) {
        if (!finished_) heard(record);
      }
      if (!finished_) wait();
    });
  }

  void heard(const transcript::ModemRecord& record) {
    const std::string_view text = record.text();
    view_.line(Who::modem, text, record.data);
    if (record.kind == transcript::ModemRecord::Kind::content) content_ += record.data;
    const auto& figures = step().figures;
    if (figures_found_ < figures.size() && figures[figures_found_] == text) ++figures_found_;
    if (text == "ERROR") return finish(step().typed + " was refused");
    if (text == step().awaited) end_step();
  }

  void end_step() {
    const auto& figures = step().figures;
    if (figures_found_ < figures.size()) {
      return finish(fmt::format("{} did not come, or not in its place", figures[figures_found_]));
    }
    if (content_ != content_of(step().content_of)) {
      return finish(fmt::format("the content of {} is not what was sent", step().content_of));
    }
    if (++step_ == steps_.size()) return finish("");
    begin_step();
  }

  void finish(std::string fault) {
    finished_ = true;
    fault_ = std::move(fault);
    loop_.stop();
  }

  RunSettings settings_ = settings_of(models().front());
  port::BlockMemory memory_;
  BlockPool pool_;
  port::EventLoop loop_;
  DemoView view_;
  DemoServer server_;
  ReadWatch watch_;
  port::Pty pty_;
  std::shared_ptr<port::Driver> modem_;
  std::shared_ptr<port::ByteStream> host_;
  transcript::ModemRecords records_;
  boost::asio::steady_timer time_limit_;
  std::vector<DemoStep> steps_;
  std::size_t step_ = 0;
  std::size_t figures_found_ = 0;
  std::string content_;
  bool finished_ = false;
  std::string fault_;
};

}  // namespace

Command add_demo(CLI::App& program) {
  auto* const app = program.add_subcommand("demo", "Watch a host, a module and a server talk");
  app->footer(
      "The host types sections 2.1 and 2.2 of the manual; the figures that come back are checked.\n"
      "\n"
      "Examples:\n"
      "  m531x demo\n"
      "  NO_COLOR=1 m531x demo");
  return {app, [] { return Demo().run(); }};
}

}  // namespace m531x::app
