// SPDX-License-Identifier: Apache-2.0
#include "app/commands.h"

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

}  // namespace m531x::app
