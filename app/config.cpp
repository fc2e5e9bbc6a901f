// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "app/scenarios.h"
#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using port::UserError;
using settings::Value;

// A setting and its value, with the place that a complaint names.
struct Assignment {
  const Setting* setting;
  Value value;
};

[[noreturn]] void refuse_value(const Setting& setting) {
  throw UserError(settings::complaint_about(setting));
}

Value read_text(const Setting& setting, std::string_view text) {
  auto value = settings::parse_value(setting, text);
  if (!value) refuse_value(setting);
  return *std::move(value);
}

// Runs `read`; what it complains of gets `place` in front.
template <typename Read>
auto at_place(const std::string& place, Read read) {
  try {
    return read();
  } catch (const UserError& error) {
    throw UserError(place + ": " + error.what());
  }
}

class ConfigFile {
 public:
  explicit ConfigFile(std::string path) : path_(std::move(path)) {
    try {
      read_table(toml::parse(read_file(path_, "--config " + path_)), "");
    } catch (const toml::parse_error& error) {
      throw UserError(place(error.source()) + ": " + std::string(error.description()));
    }
  }

  [[nodiscard]] const std::vector<Assignment>& assignments() const { return assignments_; }

 private:
  [[nodiscard]] std::string place(const toml::source_region& region) const {
    return fmt::format("{}:{}:{}", path_, region.begin.line, region.begin.column);
  }

  void read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key = prefix + std::string(name.str());
      if (const Setting* const setting = find_setting(run_table(), key)) {
        assignments_.push_back({setting, at_place(place(node.source()), [&node = node, setting] {
                                  return read_value(*setting, node);
                                })});
      } else if (node.is_table() && is_group(key)) {
        read_table(*node.as_table(), key + ".");
      } else {
        throw UserError(place(name.source()) + ": there is no setting " + key);
      }
    }
  }

  static bool is_group(const std::string& key) {
    return std::ranges::any_of(run_table(), [start = key + "."](const Setting& setting) {
      return setting.key.starts_with(start);
    });
  }

  static Value read_value(const Setting& setting, const toml::node& node) {
    using Kind = Setting::Kind;
    if (setting.kind == Kind::truth && node.is_boolean()) {
      return std::int64_t{node.as_boolean()->get()};
    }
    const bool is_number = setting.kind == Kind::number || setting.kind == Kind::rate;
    if (is_number && node.is_integer()) {
      const Value value = node.as_integer()->get();
      if (!settings::may_be(setting, value)) refuse_value(setting);
      return value;
    }
    if (is_number || setting.kind == Kind::truth || !node.is_string()) refuse_value(setting);
    return read_text(setting, node.as_string()->get());
  }

  std::string path_;
  std::vector<Assignment> assignments_;
};

Assignment parse_set(const std::string& text) {
  return at_place("--set " + text, [&text]() -> Assignment {
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw UserError("write it as key=value");
    const std::string key = text.substr(0, equals);
    const Setting* const setting = find_setting(run_table(), key);
    if (setting == nullptr) throw UserError("there is no setting " + key);
    return {setting, read_text(*setting, text.substr(equals + 1))};
  });
}

// Behind those that were named before.
void take_scenario(const std::string& name, sim::Conditions& conditions) {
  const scenario::Scenario scenario = load_scenario(name);
  if (scenario.seed) conditions.seed = *scenario.seed;
  conditions.faults.insert(conditions.faults.end(), scenario.faults.begin(), scenario.faults.end());
  if (conditions.faults.size() > sim::kMaxFaults) {
    throw UserError(
        fmt::format("--scenario {}: a module has at most {} faults", name, sim::kMaxFaults));
  }
}

}  // namespace

RunSettings load_settings(const ConfigOptions& options) {
  std::vector<Assignment> assignments;
  if (!options.file.empty()) assignments = ConfigFile(options.file).assignments();
  for (const std::string& text : options.sets) assignments.push_back(parse_set(text));
  if (!options.model.empty()) {
    const Setting& model = run_table().front();
    assignments.push_back({&model, at_place("--model " + options.model,
                                            [&] { return read_text(model, options.model); })});
  }
  // The model decides the defaults of all others, wherever it stands.
  const auto others = std::ranges::stable_partition(assignments, [](const Assignment& assignment) {
    return assignment.setting->kind == Setting::Kind::model;
  });
  RunSettings settings = settings_of(models().front());
  const auto assign = [&settings](const Assignment& assignment) {
    assignment.setting->set(settings, assignment.value);
  };
  std::for_each(assignments.begin(), others.begin(), assign);
  settings = settings_of(*settings.model);
  if (options.as_hardware) be_as_hardware(settings);
  for (const std::string& name : options.scenarios) take_scenario(name, settings.conditions);
  std::ranges::for_each(others, assign);
  return settings;
}

}  // namespace m531x::app
