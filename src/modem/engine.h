// SPDX-License-Identifier: Apache-2.0
// What a Modem is made of: the command line, the commands, and the clients that they drive.
#pragma once

#include "at/command.h"
#include "at/dce.h"
#include "at/line.h"
#include "m531x/modem.h"
#include "modem/http_client.h"
#include "modem/notes.h"

namespace m531x::modem {

class Engine {
 public:
  Engine(const Model& model, const Settings& settings, BlockPool& pool);

  // In and out, as Modem documents them.
  void dte_received(Bytes bytes, Millis now);
  void dte_sent(std::size_t bytes, Millis now);
  std::size_t dte_output(std::span<Bytes> views) const { return dce.output().gather(0, views); }
  [[nodiscard]] std::size_t dte_window() const;
  void net_opened(ConnId conn, Millis now);
  void net_received(ConnId conn, Bytes bytes, Millis now);
  void net_closed(ConnId conn, Cause why, Millis now);
  void net_sent(ConnId conn, std::size_t bytes, Millis now);
  void tick(Millis now);
  [[nodiscard]] std::optional<Millis> next_deadline() const;

  // For the commands.
  [[nodiscard]] Millis now() const { return now_; }
  [[nodiscard]] at::Profile factory_profile() const;
  // `<name>:<value>` as information text; what a command returns.
  at::Final answer(Bytes name, Bytes value);

  const Model& model;
  const Settings settings;
  at::Dce dce;
  Notes notes;
  HttpClient http;
  at::Profile stored_profile;  // AT&W

 private:
  void advance(Millis now);
  bool is_busy() const;
  void read_input(Bytes& input);
  void begin_line();
  void run_line();
  at::Final run(const at::Call& call);
  at::Final answer_test(const at::Command<Engine>& row);
  // Apart from the way of every line, whose instructions are counted (bench/count).
  [[gnu::cold, gnu::noinline]] void explain(const at::Args& args);
  [[gnu::cold, gnu::noinline]] void remark(std::string_view words);
  void end_line(at::Final result);
  bool reports_may_start() const;

  at::CommandLine line_;
  mem::Chain input_;          // what came while a line was still being executed
  std::size_t executed_ = 0;  // bytes of that line
  const std::uint32_t max_line_bytes_;
  bool executing_ = false;
  std::optional<at::Final> owed_;  // a result code for which there was no memory
  Millis now_{0};
  Millis last_input_{0};
};

using CommandRow = at::Command<Engine>;

// Every command of every model, sorted by name.
[[nodiscard]] std::span<const CommandRow> commands();
// The row of that name; nullptr when no model has the command.
[[nodiscard]] const CommandRow* find_command(const at::Name& name);

}  // namespace m531x::modem
