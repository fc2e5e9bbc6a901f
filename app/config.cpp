// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using port::UserError;

// A setting and its value, with the place that a complaint names.
struct Assignment {
  const Setting* setting;
  Value value;
};

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
      if (const Setting* const setting = find_setting(key)) {
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
    return std::ranges::any_of(settings_table(), [start = key + "."](const Setting& setting) {
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
      check_value(setting, value);
      return value;
    }
    if (is_number || setting.kind == Kind::truth || !node.is_string()) refuse_value(setting);
    return parse_value(setting, node.as_string()->get());
  }

  std::string path_;
  std::vector<Assignment> assignments_;
};

Assignment parse_set(const std::string& text) {
  return at_place("--set " + text, [&text]() -> Assignment {
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw UserError("write it as key=value");
    const std::string key = text.substr(0, equals);
    const Setting* const setting = find_setting(key);
    if (setting == nullptr) throw UserError("there is no setting " + key);
    return {setting, parse_value(*setting, text.substr(equals + 1))};
  });
}

}  // namespace

RunSettings load_settings(const ConfigOptions& options) {
  std::vector<Assignment> assignments;
  if (!options.file.empty()) assignments = ConfigFile(options.file).assignments();
  for (const std::string& text : options.sets) assignments.push_back(parse_set(text));
  if (!options.model.empty()) {
    const Setting& model = settings_table().front();
    assignments.push_back({&model, at_place("--model " + options.model,
                                            [&] { return parse_value(model, options.model); })});
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
  if (options.as_hardware) be_as_hardware(settings);
  std::ranges::for_each(others, assign);
  return settings;
}

bool apply_setting(std::string_view key, std::string_view value, Settings& settings) {
  const Setting* const setting = find_setting(key);
  if (setting == nullptr || setting->kind == Setting::Kind::model) return false;
  RunSettings all;
  all.modem = settings;
  try {
    setting->set(all, parse_value(*setting, value));
  } catch (const UserError&) {
    return false;
  }
  settings = all.modem;
  return true;
}

}  // namespace m531x::app
