// SPDX-License-Identifier: Apache-2.0
#include "fleet/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fleet/variables.h"
#include "port/user_error.h"

namespace m531x::fleet {
namespace {

using port::UserError;
using transcript::Stimulus;

// The last record of a response is the one that says that nothing more comes (manual 1.9).
constexpr std::string_view kGet = R"(> ATE0
< ...
< OK
> AT+HTTPCREATE="${server}"
< ...
< +HTTPCREATE:0
< OK
```

# Cycle
```m531x
> AT+HTTPSEND=0,0,"${path}"
< OK
< ...
<< \r\n+HTTPNMIC:0,0,
< ...
```

# Recover
```m531x
> AT+HTTPCLOSE=0
< ...
+100ms
> AT+HTTPCREATE="${server}"
< ...
< +HTTPCREATE:0
< OK
```
)";

struct Part {
  std::string_view heading;  // as transcript::slug has it
  std::vector<ScriptStep> Script::*steps;
};
constexpr std::array<Part, 3> kParts = {
    {{"Start", &Script::start}, {"Cycle", &Script::cycle}, {"Recover", &Script::recover}}};

[[noreturn]] void fail(const std::string& file, int line, std::string_view why) {
  throw UserError(fmt::format("{}:{}: {}", file, line, why));
}

void check_variables(const std::string& file, int line, std::string_view text) {
  if (const auto name = unknown_variable(text)) {
    fail(file, line, fmt::format("there is no variable ${{{}}}", *name));
  }
}

ScriptStep step_of(const transcript::Step& step, const std::string& file) {
  ScriptStep result{.line = step.line, .types = {}, .expects = step.expected.dte};
  switch (step.stimulus.kind) {
    case Stimulus::Kind::power_on:
      break;
    case Stimulus::Kind::host_types:
      result.types = step.stimulus.bytes;
      break;
    case Stimulus::Kind::time_passes:
      result.waits = step.stimulus.time;
      break;
    default:
      fail(file, step.line, fmt::format("a host does not do that: {}", step.text));
  }
  if (!step.expected.net.empty() || !step.expected.actions.empty() ||
      !step.expected.waits.empty()) {
    fail(file, step.line, fmt::format("a host does not see all that follows: {}", step.text));
  }
  check_variables(file, step.line, result.types);
  result.has_variables = has_variables(result.types);
  for (const auto& piece : result.expects) {
    check_variables(file, step.line, piece.bytes);
    result.has_variables = result.has_variables || has_variables(piece.bytes);
  }
  return result;
}

}  // namespace

Script parse_script(std::string_view markdown, const std::string& file) {
  if (markdown.size() > kMaxScriptBytes) {
    throw UserError(fmt::format("{}: it is longer than {} bytes", file, kMaxScriptBytes));
  }
  Script script;
  for (const transcript::Block& block : transcript::parse_markdown(markdown, file)) {
    if (!block.faults.empty()) throw UserError(block.faults.front());
    const auto part = std::ranges::find(kParts, std::string_view(block.name), &Part::heading);
    if (part == kParts.end()) {
      fail(file, block.line, "a block stands below the heading Start, Cycle or Recover");
    }
    if (!block.set_keys.empty()) fail(file, block.line, "settings are for the command line");
    for (const transcript::Step& step : block.steps) {
      if (step.stimulus.kind == Stimulus::Kind::power_on && step.expected.dte.empty()) continue;
      if ((script.*part->steps).size() == kMaxScriptSteps) {
        fail(file, step.line, fmt::format("a part has at most {} steps", kMaxScriptSteps));
      }
      (script.*part->steps).push_back(step_of(step, file));
    }
  }
  if (script.cycle.empty()) throw UserError(file + ": it has no Cycle");
  return script;
}

std::string get_script(Millis until_network) {
  constexpr Millis kMargin{500};
  return fmt::format("# Start\n```m531x\n+{}ms\n{}", (until_network + kMargin).count(), kGet);
}

}  // namespace m531x::fleet
