// SPDX-License-Identifier: Apache-2.0
// The program m531x: reads the command line and runs a subcommand.
#include <exception>
#include <iostream>

#include "app/commands.h"
#include "port/user_error.h"
#include "port/wiping_heap.h"

namespace {

using m531x::app::Command;
using m531x::app::kFailed;
using m531x::app::kMisused;

int run(int argc, char** argv) {
  CLI::App program;
  const std::vector<Command> commands = m531x::app::add_commands(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return program.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    const auto chosen = program.get_subcommands();
    const std::string help = chosen.empty() ? "m531x" : "m531x " + chosen.front()->get_name();
    std::cerr << "m531x: " << error.what() << " (see " << help << " --help)\n";
    return kMisused;
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  std::cerr << "m531x: say what to do, such as m531x run (see m531x --help)\n";
  return kMisused;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    m531x::port::wipe_what_is_freed();
    return run(argc, argv);
  } catch (const m531x::port::UserError& error) {
    std::cerr << "m531x: " << error.what() << '\n';
    return kMisused;
  } catch (const std::exception& error) {
    std::cerr << "m531x: " << error.what() << '\n';
    return kFailed;
  }
}
