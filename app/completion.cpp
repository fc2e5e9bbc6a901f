// SPDX-License-Identifier: Apache-2.0
// m531x completion: completion scripts for shells, made from the command line's own description.
#include <fmt/format.h>

#include <memory>

#include "app/commands.h"
#include "app/control_table.h"
#include "app/run_settings.h"
#include "scenario/scenario.h"

namespace m531x::app {
namespace {

// What may follow an option.
enum class Argument : std::uint8_t { none, words, file };

struct Word {
  std::string name;  // --model
  std::string meaning;
  Argument value;
};

constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

std::vector<Word> options_of(const CLI::App& app) {
  std::vector<Word> words;
  for (const CLI::Option* option : app.get_options()) {
    const auto names = option->get_lnames();
    if (names.empty()) continue;
    const bool takes_value = option->get_items_expected_max() > 0;
    const bool has_words =
        names.front() == "model" || names.front() == "set" || names.front() == "scenario";
    words.push_back({"--" + names.front(), option->get_description(),
                     !takes_value ? Argument::none
                     : has_words  ? Argument::words
                                  : Argument::file});
  }
  return words;
}

std::string joined_names(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.name;
  return text;
}

std::string model_names() {
  std::string text;
  for (const Model& model : models())
    text += fmt::format("{}{}", text.empty() ? "" : " ", model.name);
  return text;
}

std::string scenario_names() {
  std::string text;
  for (const auto& ready : scenario::ready_scenarios()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", ready.name);
  }
  return text;
}

std::string setting_keys() {
  std::string text;
  for (const Setting& setting : run_table()) {
    text += fmt::format("{}{}=", text.empty() ? "" : " ", setting.key);
  }
  return text;
}

// What may follow an option that has words.
std::string words_after(std::string_view option) {
  if (option == "--model") return model_names();
  return option == "--scenario" ? scenario_names() : setting_keys();
}

// What m531x ctl can be asked, and what a command takes.
std::string control_names() {
  std::string text;
  for (const ControlCommand& command : control_table()) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", command.name);
  }
  return text;
}

std::string keys_of(const ControlCommand& command) {
  std::string text = command.of_modem ? fmt::format("{}=", kModemParameter.name) : "";
  for (const auto& parameter : command.parameters) text += fmt::format(" {}=", parameter.name);
  return text;
}

std::vector<Word> commands_of(const CLI::App& program) {
  std::vector<Word> words;
  for (const CLI::App* app : program.get_subcommands({})) {
    words.push_back({app->get_name(), app->get_description(), Argument::none});
  }
  return words;
}

// Text between single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += R"('\'')";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// The words after `m531x ctl`, by their places.
void print_bash_ctl() {
  fmt::print("      ctl) case $COMP_CWORD in\n");
  fmt::print("        2) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
  fmt::print("        3) words='{}' ;;\n", control_names());
  fmt::print("        *) compopt -o nospace; case ${{COMP_WORDS[3]}} in\n");
  for (const ControlCommand& command : control_table()) {
    fmt::print("          {}) words='{}' ;;\n", command.name, keys_of(command));
  }
  fmt::print("        esac ;;\n      esac ;;\n");
}

void print_bash(const CLI::App& program) {
  fmt::print(
      "_m531x() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} last=${{COMP_WORDS[COMP_CWORD-1]}}\n");
  fmt::print("  local words\n  case $last in\n");
  fmt::print("    --model) words='{}' ;;\n", model_names());
  fmt::print("    --scenario) COMPREPLY=($(compgen -f -W '{}' -- \"$word\")); return ;;\n",
             scenario_names());
  fmt::print("    scenarios) words='{}' ;;\n", scenario_names());
  fmt::print("    --set) words='{}'; compopt -o nospace ;;\n", setting_keys());
  fmt::print(
      "    --pty|--serial|--config|--trace|--state|--control) COMPREPLY=($(compgen -f -- "
      "\"$word\")); return ;;\n");
  fmt::print("    completion) words='{}' ;;\n", fmt::join(kShells, " "));
  fmt::print("    *) case ${{COMP_WORDS[1]}} in\n");
  for (const CLI::App* app : program.get_subcommands({})) {
    if (app->get_name() == "completion") continue;
    if (app->get_name() == "ctl") {
      print_bash_ctl();
      continue;
    }
    fmt::print("      {}) words='{}' ;;\n", app->get_name(), joined_names(options_of(*app)));
  }
  fmt::print("      *) words='{} {}' ;;\n    esac ;;\n  esac\n", joined_names(commands_of(program)),
             joined_names(options_of(program)));
  fmt::print("  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}}\n");
  fmt::print("complete -F _m531x m531x\n");
}

std::string zsh_action(const Word& word) {
  if (word.value == Argument::none) return "";
  if (word.value == Argument::file) return ":file:_files";
  return fmt::format(":value:({})", words_after(word.name));
}

// A meaning inside the brackets of zsh's _arguments.
std::string zsh_meaning(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void print_zsh(const CLI::App& program) {
  fmt::print(
      "#compdef m531x\n_m531x() {{\n  if (( CURRENT == 2 )); then\n    local -a commands=(\n");
  for (const Word& command : commands_of(program)) {
    fmt::print("      {}\n", quoted(command.name + ":" + command.meaning));
  }
  fmt::print("    )\n    _describe command commands\n    return\n  fi\n  case $words[2] in\n");
  for (const CLI::App* app : program.get_subcommands({})) {
    fmt::print("    {}) _arguments '1:command:'", app->get_name());
    if (app->get_name() == "completion") fmt::print(" '2:shell:({})'", fmt::join(kShells, " "));
    if (app->get_name() == "scenarios") fmt::print(" '2:name:({})'", scenario_names());
    if (app->get_name() == "ctl") {
      fmt::print(" '2:socket:_files' '3:request:({})' '*:argument:'", control_names());
    }
    for (const Word& word : options_of(*app)) {
      fmt::print(" \\\n      {}", quoted("*" + word.name + "[" + zsh_meaning(word.meaning) + "]" +
                                         zsh_action(word)));
    }
    fmt::print(" ;;\n");
  }
  fmt::print("  esac\n}}\n_m531x \"$@\"\n");
}

void print_fish(const CLI::App& program) {
  fmt::print("complete -c m531x -f\n");
  for (const Word& command : commands_of(program)) {
    fmt::print("complete -c m531x -n __fish_use_subcommand -a {} -d {}\n", command.name,
               quoted(command.meaning));
  }
  fmt::print("complete -c m531x -n '__fish_seen_subcommand_from completion' -a '{}'\n",
             fmt::join(kShells, " "));
  fmt::print("complete -c m531x -n '__fish_seen_subcommand_from scenarios' -a '{}'\n",
             scenario_names());
  fmt::print("complete -c m531x -n '__fish_seen_subcommand_from ctl' -F -a '{}'\n",
             control_names());
  for (const ControlCommand& command : control_table()) {
    fmt::print(
        "complete -c m531x -n '__fish_seen_subcommand_from ctl; "
        "and __fish_seen_subcommand_from {}' -a '{}'\n",
        command.name, keys_of(command));
  }
  for (const CLI::App* app : program.get_subcommands({})) {
    for (const Word& word : options_of(*app)) {
      const std::string value = word.value == Argument::none ? ""
                                : word.value == Argument::file
                                    ? " -r -F"
                                    : " -x -a " + quoted(words_after(word.name));
      fmt::print("complete -c m531x -n '__fish_seen_subcommand_from {}' -l {} -d {}{}\n",
                 app->get_name(), word.name.substr(2), quoted(word.meaning), value);
    }
  }
}

}  // namespace

Command add_completion(CLI::App& program) {
  auto* const app = program.add_subcommand("completion", "Print the completion script of a shell");
  const auto shell = std::make_shared<std::string>();
  expects(app->add_option("shell", *shell, "bash, zsh or fish"), "SHELL")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kShells), std::end(kShells))));
  app->footer("Examples:\n  source <(m531x completion bash)");
  return {app, [&program, shell] {
            if (*shell == "bash") {
              print_bash(program);
            } else if (*shell == "zsh") {
              print_zsh(program);
            } else {
              print_fish(program);
            }
            return kDone;
          }};
}

}  // namespace m531x::app
