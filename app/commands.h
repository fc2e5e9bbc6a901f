// SPDX-License-Identifier: Apache-2.0
// The subcommands, one file each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::app {

struct ConfigOptions;

// Exit statuses.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisused = 2;  // bad options or settings, or something is not to be had

// A subcommand and what it does when it is chosen; returns the exit status.
struct Command {
  CLI::App* app;
  std::function<int()> run;
};

[[nodiscard]] Command add_run(CLI::App& program);
[[nodiscard]] Command add_fleet(CLI::App& program);
[[nodiscard]] Command add_ctl(CLI::App& program);
[[nodiscard]] Command add_models(CLI::App& program);
[[nodiscard]] Command add_scenarios(CLI::App& program);
[[nodiscard]] Command add_onenet(CLI::App& program);
[[nodiscard]] Command add_demo(CLI::App& program);
[[nodiscard]] Command add_check(CLI::App& program);
[[nodiscard]] Command add_replay(CLI::App& program);
[[nodiscard]] Command add_man(CLI::App& program);
[[nodiscard]] Command add_completion(CLI::App& program);

// The whole program's command line: fills `program` and returns its subcommands.
[[nodiscard]] std::vector<Command> add_commands(CLI::App& program);
[[nodiscard]] std::string_view version();

// Names what an option expects, such as FILE; it must not be empty.
CLI::Option* expects(CLI::Option* option, const std::string& what);

// What commands that are modules have in common: --model and where settings come from; --metrics.
// `options` must live as long as `app` parses.
void add_config_options(CLI::App& app, ConfigOptions& options);
void add_metrics_option(CLI::App& app, std::string& where);

}  // namespace m531x::app
