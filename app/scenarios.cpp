// SPDX-License-Identifier: Apache-2.0
// m531x scenarios: what a host must survive, by name; and the kinds of faults that scenarios are
// made of.
#include "app/scenarios.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/commands.h"
#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using scenario::find_ready;
using scenario::parse_scenario;
using scenario::ready_scenarios;

constexpr std::string_view kHowToFind = "m531x scenarios lists the scenarios that need no file";

void print_list() {
  std::size_t width = 0;
  for (const auto& ready : ready_scenarios()) width = std::max(width, ready.name.size());
  for (const auto& ready : ready_scenarios()) {
    const auto scenario = parse_scenario(ready.text, std::string(ready.name));
    fmt::print("{:<{}}  {}\n", ready.name, width, scenario.summary);
  }
}

int show(const std::string& name) {
  if (name.empty()) {
    print_list();
    return kDone;
  }
  const auto* const ready = find_ready(name);
  if (ready == nullptr) {
    throw port::UserError(
        fmt::format("scenarios {}: there is none of that name; m531x scenarios lists them", name));
  }
  fmt::print("{}", ready->text);
  return kDone;
}

std::string kinds_help() {
  std::string text =
      "Examples:\n"
      "  m531x scenarios\n"
      "  m531x scenarios reset-in-body > mine.toml\n"
      "  m531x run --scenario mine.toml\n"
      "  m531x ctl /tmp/modem.ctl fault kind=reset at=body byte=100\n"
      "\n"
      "Kinds of faults, and what they take:\n";
  for (const auto& row : scenario::fault_table()) {
    text += fmt::format("  {}\n      {}\n      ", row.name, row.meaning);
    std::vector<std::string_view> names;
    for (const auto* const parameter : scenario::parameters_of(row)) {
      names.push_back(parameter->name);
    }
    text += fmt::format("{}\n", fmt::join(names, ", "));
  }
  text += "What these are:\n";
  for (const auto& parameter : scenario::fault_parameters()) {
    text += fmt::format("  {}\n      {}; {}\n", parameter.name, parameter.meaning,
                        scenario::range_of(parameter));
  }
  return text;
}

// The file, or how to find a scenario that is none.
std::string text_of(const std::string& file, const std::string& option) {
  try {
    return read_file(file, option);
  } catch (const port::UserError& error) {
    throw port::UserError(fmt::format("{}; {}", error.what(), kHowToFind));
  }
}

}  // namespace

scenario::Scenario load_scenario(const std::string& name_or_file) {
  const auto* const ready = find_ready(name_or_file);
  const std::string option = "--scenario " + name_or_file;
  try {
    return ready != nullptr ? parse_scenario(ready->text, option)
                            : parse_scenario(text_of(name_or_file, option), name_or_file);
  } catch (const scenario::Error& error) {
    throw port::UserError(error.what());
  }
}

Command add_scenarios(CLI::App& program) {
  auto* const app =
      program.add_subcommand("scenarios", "List what a host must survive, or print one as TOML");
  const auto name = std::make_shared<std::string>();
  expects(app->add_option("name", *name, "Print this one, to make one's own of it"), "NAME");
  app->footer(kinds_help);
  return {app, [name] { return show(*name); }};
}

}  // namespace m531x::app
