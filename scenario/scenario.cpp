// SPDX-License-Identifier: Apache-2.0
#include "scenario/scenario.h"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "settings/words.h"

namespace m531x::scenario {
namespace {

constexpr std::size_t kMaxTextBytes = 200;

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  Scenario read(std::string_view text) {
    try {
      const toml::table table = toml::parse(text);
      for (const auto& [key, node] : table) read_key(key, node);
    } catch (const toml::parse_error& error) {
      refuse(error.source(), error.description());
    }
    return std::move(scenario_);
  }

 private:
  [[noreturn]] void refuse(const toml::source_region& at, std::string_view sentence) const {
    throw Error(file_ + ":" + std::to_string(at.begin.line) + ":" +
                std::to_string(at.begin.column) + ": " + std::string(sentence));
  }

  void read_key(const toml::key& key, const toml::node& node) {
    if (key == "name") {
      scenario_.name = read_text("name", node);
    } else if (key == "summary") {
      scenario_.summary = read_text("summary", node);
    } else if (key == "seed") {
      const auto seed = node.value_exact<std::int64_t>();
      if (!seed || *seed < 0 || *seed > UINT32_MAX) {
        refuse(node.source(), "seed must be a whole number from 0 to 4294967295");
      }
      scenario_.seed = static_cast<std::uint32_t>(*seed);
    } else if (key == "fault") {
      read_faults(node);
    } else {
      refuse(key.source(), "there is no " + settings::in_quotes(key.str()) +
                               " in a scenario; there are name, summary, seed and [[fault]]");
    }
  }

  std::string read_text(std::string_view name, const toml::node& node) const {
    const auto text = node.value_exact<std::string>();
    if (!text || text->empty() || text->size() > kMaxTextBytes) {
      refuse(node.source(), std::string(name) + " must be a text of 1 to " +
                                std::to_string(kMaxTextBytes) + " bytes");
    }
    return *text;
  }

  void read_faults(const toml::node& node) {
    const toml::array* const faults = node.as_array();
    if (faults == nullptr || !std::ranges::all_of(*faults, &toml::node::is_table)) {
      refuse(node.source(), "write each fault as a table, [[fault]]");
    }
    for (const toml::node& fault : *faults) {
      if (scenario_.faults.size() == sim::kMaxFaults) {
        refuse(fault.source(),
               "a scenario has at most " + std::to_string(sim::kMaxFaults) + " faults");
      }
      scenario_.faults.push_back(read_fault(*fault.as_table()));
    }
  }

  sim::Fault read_fault(const toml::table& table) const {
    const auto kind = table["kind"].value_exact<std::string>();
    if (!kind) refuse(table.source(), "the fault has no kind, which must be a text");
    FaultMaker maker = at(table["kind"].node()->source(), [&] { return FaultMaker(*kind); });
    for (const auto& [key, node] : table) {
      if (key == "kind") continue;
      at(node.source(), [&, &key = key, &node = node] { set(maker, key.str(), node); });
    }
    return at(table.source(), [&maker] { return maker.finish(); });
  }

  static void set(FaultMaker& maker, std::string_view name, const toml::node& node) {
    if (const auto number = node.value_exact<std::int64_t>()) return maker.set(name, *number);
    if (const auto text = node.value_exact<std::string>()) return maker.set(name, *text);
    throw Error(std::string(name) + " must be a whole number or a text");
  }

  // Runs `make`; what it complains of gets the place in front.
  template <typename Make>
  auto at(const toml::source_region& place, Make make) const -> decltype(make()) {
    try {
      return make();
    } catch (const Error& error) {
      refuse(place, error.what());
    }
  }

  const std::string& file_;
  Scenario scenario_;
};

}  // namespace

Scenario parse_scenario(std::string_view text, const std::string& file) {
  return Reader(file).read(text);
}

const ReadyScenario* find_ready(std::string_view name) {
  const auto all = ready_scenarios();
  const auto found = std::ranges::find(all, name, &ReadyScenario::name);
  return found != all.end() ? &*found : nullptr;
}

}  // namespace m531x::scenario
