// SPDX-License-Identifier: Apache-2.0
// What a Modem is made of: the command line, the commands, and the clients that they drive.
#pragma once

#include "at/command.h"
#include "at/dce.h"
#include "at/line.h"
#include "m531x/modem.h"
#include "modem/http_client.h"
#include "modem/inquiry.h"
#include "modem/lwm2m_client.h"
#include "modem/mobile.h"
#include "modem/notes.h"
#include "modem/parts.h"
#include "modem/report_queue.h"
#include "modem/serial_line.h"
#include "modem/stand_ins.h"

namespace m531x::modem {

// The parts of AT+MIPLCREATE's configuration that have come.
struct MiplConfig {
  explicit MiplConfig(BlockPool& pool) : bytes(pool) {}
  mem::Chain bytes;
  std::uint32_t total = 0;
  std::uint32_t next_index = 0;  // of the part that comes next, if any has come
};

class Engine {
 public:
  Engine(const Model& model, const Settings& settings, BlockPool& pool, const Flash& kept,
         Millis now);

  // In and out, as Modem documents them.
  void dte_received(Bytes bytes, Millis now);
  void dte_sent(std::size_t bytes, Millis now);
  std::size_t dte_output(std::span<Bytes> views) const { return dce.output().gather(0, views); }
  [[nodiscard]] std::size_t dte_window() const;
  void net_opened(ConnId conn, Millis now);
  void net_received(ConnId conn, Bytes bytes, Millis now);
  std::size_t net_received(ConnId conn, Bytes bytes, std::span<char> host_room, Millis now);
  void net_closed(ConnId conn, Cause why, Millis now);
  void net_sent(ConnId conn, std::size_t bytes, Millis now);
  void net_resolved(Bytes address, Millis now);
  void net_checked(bool good, Millis now);
  void coap_opened(Millis now);
  void coap_received(const CoapMessage& message, Millis now);
  void coap_acknowledged(CoapId id, Millis now);
  void coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure why, Millis now);
  void coap_closed(Cause why, Millis now);
  [[nodiscard]] std::optional<CoapMessage> coap_output();
  void coap_sent(Millis now);
  [[nodiscard]] Modem::CoapCredentials coap_credentials() const;
  void tick(Millis now);
  void reset(ResetCause cause, Millis now);
  void set_coverage(bool coverage, Millis now);
  void set_signal(const Signal& signal, Millis now);
  [[nodiscard]] bool inject(Bytes text, Millis now);
  [[nodiscard]] std::optional<Action> next_action();
  [[nodiscard]] std::optional<Millis> next_deadline() const;
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] Status status(Millis now) const;
  [[nodiscard]] std::uint32_t flash_version() const { return flash_version_; }

  // For the commands.
  [[nodiscard]] Millis now() const { return now_; }
  [[nodiscard]] at::Profile factory_profile() const;
  [[nodiscard]] at::Profile stored_profile() const;  // AT&W, at power-on and ATZ
  // `<name>:<value>` as information text; what a command returns.
  at::Final answer(Bytes name, Bytes value);
  // Keeps `next` without power.
  void store(const Flash& next);
  // What the module does once the line's result is out.
  enum class Then : std::uint8_t { go_on, restart, power_off };
  void then(Then what) { then_ = what; }

  const Model& model;
  const Settings settings;
  Flash flash;  // changed by store() alone
  at::Dce dce;
  Chosen<kHasBase, SerialLine, FixedLine> serial;
  Notes notes;
  Counters counters;
  HttpClient http;
  Chosen<kHasBase, Mobile, AttachedMobile> mobile;
  Chosen<kHasBase, Inquiry, NoInquiry> inquiry;
  ReportQueue reports;  // whole ones, that the owner or the LwM2M client has queued
  // One that the host has deleted may still have something to say.
  Chosen<kHasLwm2m, mem::Box<Lwm2mClient>, NoBox<Lwm2mClient>> lwm2m;
  [[nodiscard]] bool has_lwm2m() const { return lwm2m && !lwm2m->is_removed(); }
  MiplConfig mipl_config;

 private:
  void advance(Millis now);
  void follow(Millis now);
  void follow_lwm2m();
  void follow_line(Millis now);
  void coap_follow(Millis now);
  [[nodiscard]] std::optional<Action> coap_action();
  [[gnu::cold, gnu::noinline]] void prove_line();
  void store_rate();
  void go_down(Millis now);
  void forget();
  void boot(ResetCause cause, Millis now);
  void report(Millis now);
  bool is_busy() const;
  bool may_follow_line() const { return dce.output().empty() && !executing_ && !owed_; }
  bool reports_are_starved() const;
  void read_input(Bytes& input);
  [[gnu::cold, gnu::noinline]] void lose_line();
  void begin_line();
  void run_line();
  at::Final run(const at::Call& call);
  at::Final answer_test(const at::Command<Engine>& row);
  // Apart from the way of every line, whose instructions are counted (bench/count).
  [[gnu::cold, gnu::noinline]] void explain(const at::Args& args);
  [[gnu::cold, gnu::noinline]] void remark(std::string_view words);
  [[gnu::cold, gnu::noinline]] void tell_failure(at::Final result);
  void end_line(at::Final result);
  bool reports_may_start() const;
  bool has_own_reports() const;

  at::CommandLine line_;
  mem::Chain input_;          // what came while a line was still being executed
  std::size_t executed_ = 0;  // bytes of that line
  const std::uint32_t max_line_bytes_;
  bool executing_ = false;
  bool coap_taken_ = false;  // the port has a session, or tries to
  Then then_ = Then::go_on;
  std::uint32_t flash_version_ = 0;
  std::optional<at::Final> owed_;  // a result code for which there was no memory
  Millis now_;
  Millis last_input_;
};

using CommandRow = at::Command<Engine>;

// Every command of every model, sorted by name.
[[nodiscard]] std::span<const CommandRow> commands();
// The row of that name; nullptr when no model has the command.
[[nodiscard]] const CommandRow* find_command(const at::Name& name);

}  // namespace m531x::modem
