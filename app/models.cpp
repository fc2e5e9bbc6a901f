// SPDX-License-Identifier: Apache-2.0
// m531x models: what the models are and how their variants differ.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/run_settings.h"

namespace m531x::app {
namespace {

// A property that is not a setting.
struct Property {
  std::string_view name;
  std::string (*value)(const Model&);
};

std::string types_of(const Model& model) {
  std::string text;
  for (unsigned type = 0; type < 16; ++type) {
    if ((model.cfg_types >> type & 1U) != 0)
      text += fmt::format("{}{}", text.empty() ? "" : " ", type);
  }
  return text;
}

constexpr auto kProperties = std::to_array<Property>({
    {"chip", [](const Model& model) { return std::string(model.chip); }},
    {"instances", [](const Model& model) { return std::to_string(model.instance_count); }},
    {"https", [](const Model& model) { return std::string(model.https ? "yes" : "no"); }},
    {"cfg_types", types_of},
    {"packet_bytes", [](const Model& model) { return std::to_string(model.default_packet_bytes); }},
    {"max_packet_delay_ms",
     [](const Model& model) { return std::to_string(model.max_packet_delay_ms); }},
});

// Only what differs between models is shown: the rest stands in the help.
bool differs(const Setting& setting) {
  const std::string first = value_of(setting, settings_of(models().front()));
  return std::ranges::any_of(
      models(), [&](const Model& model) { return value_of(setting, settings_of(model)) != first; });
}

bool is_shown(const Setting& setting) {
  return setting.kind != Setting::Kind::model &&
         (setting.key.starts_with("variant.") || differs(setting));
}

void print_row(std::string_view name, const std::vector<std::string>& values) {
  std::string line = fmt::format("{:<28}", name);
  for (const std::string& value : values) line += fmt::format("{:<17}", value);
  line.erase(line.find_last_not_of(' ') + 1);
  fmt::print("{}\n", line);
}

template <typename ValueOf>
std::vector<std::string> for_all_models(ValueOf value_of_model) {
  std::vector<std::string> values;
  for (const Model& model : models()) values.push_back(value_of_model(model));
  return values;
}

void print_table() {
  print_row("model", for_all_models([](const Model& model) { return std::string(model.name); }));
  for (const Property& property : kProperties) {
    print_row(property.name, for_all_models(property.value));
  }
  for (const Setting& setting : run_table()) {
    if (!is_shown(setting)) continue;
    print_row(setting.key, for_all_models([&setting](const Model& model) {
                return value_of(setting, settings_of(model));
              }));
  }
}

void print_json() {
  auto all = nlohmann::ordered_json::array();
  for (const Model& model : models()) {
    nlohmann::ordered_json object;
    object["model"] = model.name;
    for (const Property& property : kProperties) object[property.name] = property.value(model);
    auto& settings = object["settings"];
    for (const Setting& setting : run_table()) {
      if (setting.kind == Setting::Kind::model) continue;
      settings[setting.key] = value_of(setting, settings_of(model));
    }
    all.push_back(object);
  }
  fmt::print("{}\n", all.dump(2));
}

}  // namespace

Command add_models(CLI::App& program) {
  auto* const app = program.add_subcommand("models", "Show the models and how they differ");
  const auto json = std::make_shared<bool>(false);
  app->add_flag("--json", *json, "As JSON, with the value of every setting");
  app->footer("Examples:\n  m531x models\n  m531x models --json");
  return {app, [json] {
            *json ? print_json() : print_table();
            return kDone;
          }};
}

}  // namespace m531x::app
