// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

#include "app/config.h"

namespace m531x::app {

std::vector<Command> add_commands(CLI::App& program) {
  program.name("m531x");
  program.description("A software M531X NB-IoT module: AT commands in, real HTTP out.");
  program.set_version_flag("--version", "m531x " + std::string(version()));
  program.require_subcommand(0, 1);
  program.footer(
      "Examples:\n"
      "  m531x run                  a module on a new pseudo-terminal\n"
      "  m531x run --model M5311    another model\n"
      "  m531x demo                 watch a host, a module and a server talk\n"
      "  m531x fleet --help         many modules against a server\n"
      "  m531x run --help           all options and settings");
  return {add_run(program),    add_onenet(program),    add_fleet(program),     add_ctl(program),
          add_models(program), add_scenarios(program), add_check(program),     add_replay(program),
          add_demo(program),   add_man(program),       add_completion(program)};
}

CLI::Option* expects(CLI::Option* option, const std::string& what) {
  return option->type_name(what)->check(
      [what](const std::string& text) { return text.empty() ? what + " is empty" : ""; });
}

std::string_view version() { return M531X_VERSION; }

void add_config_options(CLI::App& app, ConfigOptions& options) {
  expects(app.add_option("--model", options.model,
                         "Which module it is: " + range_of(run_table().front())),
          "NAME");
  expects(app.add_option("--config", options.file, "Read settings from a TOML file"), "FILE");
  expects(app.add_option("--set", options.sets,
                         "Change one setting, over what the file says; may be repeated")
              ->allow_extra_args(false),
          "KEY=VALUE");
  app.add_flag("--as-hardware", options.as_hardware,
               "With the pace, the receive buffer and the radio of a module on a board; settings "
               "change that");
  expects(app.add_option("--scenario", options.scenarios,
                         "Let go wrong what this scenario says: one that m531x scenarios lists, "
                         "or a TOML file; may be repeated")
              ->allow_extra_args(false),
          "NAME|FILE");
}

void add_metrics_option(CLI::App& app, std::string& where) {
  expects(app.add_option("--metrics", where,
                         "Serve /metrics there for Prometheus; the address is 127.0.0.1 if none "
                         "is given"),
          "[ADDRESS:]PORT");
}

}  // namespace m531x::app
