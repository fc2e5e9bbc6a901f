// SPDX-License-Identifier: Apache-2.0
// m531x man: the man page, made from the command line's own description.
#include <fmt/format.h>

#include "app/commands.h"

namespace m531x::app {
namespace {

// Text that roff takes as it is.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

void print_footer(const CLI::App& app) {
  const std::string footer = app.get_footer();
  if (!footer.empty()) fmt::print(".nf\n{}\n.fi\n", roff(footer));
}

void print_options(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    fmt::print(".TP\n.B {}{}\n{}\n", roff(option->get_name(false, true)),
               takes_value ? " \\fI" + roff(option->get_type_name()) + "\\fR" : "",
               roff(option->get_description()));
  }
}

void print_page(const CLI::App& program) {
  fmt::print(".TH M531X 1 \"\" \"m531x {}\" \"User Commands\"\n", version());
  fmt::print(".SH NAME\nm531x \\- {}\n", roff(program.get_description()));
  fmt::print(".SH SYNOPSIS\n.B m531x\n.I command\n[\\fIoption\\fR ...]\n");
  fmt::print(".SH OPTIONS\n");
  print_options(program);
  fmt::print(".SH COMMANDS\n");
  for (const CLI::App* command : program.get_subcommands({})) {
    fmt::print(".SS m531x {}\n{}.\n", command->get_name(), roff(command->get_description()));
    print_options(*command);
    fmt::print(".PP\n");
    print_footer(*command);
  }
  fmt::print(".SH EXIT STATUS\n.TP\n.B {}\nAll is well; also after Ctrl\\-C.\n", kDone);
  fmt::print(
      ".TP\n.B {}\nThe program failed, the demo's figures did not match, a running module "
      "said no to ctl, or a module under check differs.\n",
      kFailed);
  fmt::print(
      ".TP\n.B {}\nAn option or a setting is wrong, or a port, a file, a socket or a module to "
      "check is not to be had.\n",
      kMisused);
  fmt::print(".SH EXAMPLES\n");
  print_footer(program);
}

}  // namespace

Command add_man(CLI::App& program) {
  auto* const app = program.add_subcommand("man", "Print the man page");
  app->footer("Examples:\n  m531x man | man -l -");
  return {app, [&program] {
            print_page(program);
            return kDone;
          }};
}

}  // namespace m531x::app
