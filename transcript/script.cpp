// SPDX-License-Identifier: Apache-2.0
// Reads transcripts (docs/transcripts.md): one small reader for each kind of line.
#include "transcript/script.h"

#include <array>
#include <charconv>
#include <optional>

#include "scenario/scenario.h"
#include "settings/table.h"
#include "transcript/coap_lines.h"
#include "transcript/markdown.h"
#include "transcript/notation.h"

namespace m531x::transcript {

namespace {

constexpr std::array<std::string_view, kCauseCount> kCauses = {
    "closed",
    "out_of_memory",
    "send_buffer_full",
    "connect_timeout",
    "response_timeout",
    "silence_timeout",
    "request_timeout",
    "send_timeout",
    "no_route",
    "not_attached",
    "unparsable_response",
    "unresolved_name",
    "unusable_url",
    "would_block",
    "address_in_use",
    "already_connecting",
    "already_connected",
    "not_connected",
    "interface_down",
    "refused",
    "aborted",
    "reset",
    "closed_early",
    "illegal_argument",
    "tls_failed",
};
static_assert(kCauses.back() == "tls_failed");

}  // namespace

std::optional<Cause> find_cause(std::string_view word) {
  for (std::size_t i = 0; i < kCauses.size(); ++i) {
    if (kCauses[i] == word) return static_cast<Cause>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Cause cause) { return kCauses.at(static_cast<std::size_t>(cause)); }

namespace {

// `word` and the one space after it, taken off the front of `line`.
bool take(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word)) return false;
  std::string_view rest = line.substr(word.size());
  if (!rest.empty() && !rest.starts_with(' ')) return false;
  line = rest.empty() ? rest : rest.substr(1);
  return true;
}

std::optional<long> take_number(std::string_view& line) {
  long number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc{}) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  return number;
}

class BlockReader {
 public:
  BlockReader(Block& block, int line) : block_(block) {
    block_.line = line;
    block_.settings = settings::settings_of(models().front());
    add_step(line, "power on").kind = Stimulus::Kind::power_on;
  }

  void read(std::string_view line, int number) {
    number_ = number;
    text_ = line;
    const bool joined = joins_;
    joins_ = false;
    if (line.empty() || line[0] == '#') return;
    if (!setting(line) && !wrong(line) && !host(line) && !net(line, joined) && !coap(line) &&
        !time(line) && !owner(line)) {
      fault("not a line of a transcript");
    }
  }

 private:
  Stimulus& add_step(int line, std::string_view text) {
    block_.steps.push_back({line, std::string(text), {}, {}});
    return block_.steps.back().stimulus;
  }
  Stimulus& add_step(Stimulus::Kind kind) {
    Stimulus& stimulus = add_step(number_, text_);
    stimulus.kind = kind;
    return stimulus;
  }
  [[nodiscard]] bool at_top() const { return block_.steps.size() == 1; }
  sim::Conditions& conditions() { return block_.settings.conditions; }
  Expected& expected() { return block_.steps.back().expected; }

  void fault(std::string_view what) {
    block_.faults.push_back(block_.file + ":" + std::to_string(number_) + ": " + std::string(what) +
                            ": " + std::string(text_));
  }

  std::string raw(std::string_view text) {
    auto bytes = decode_raw(text);
    if (!bytes) fault("a bad escape");
    return std::move(bytes).value_or("");
  }

  bool setting(std::string_view line) {
    const bool first = at_top();
    if (take(line, "model")) {
      const Model* model = find_model(line);
      if (model == nullptr || !first || !conditions().faults.empty()) {
        fault("no such model, or too late to choose one");
        return true;
      }
      block_.settings = settings::settings_of(*model);
      return true;
    }
    if (!take(line, "set")) return false;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || !first ||
        !settings::apply(line.substr(0, equals), line.substr(equals + 1), block_.settings)) {
      fault("no such setting or value, or too late to set it");
    } else {
      block_.set_keys.emplace_back(line.substr(0, equals));
    }
    return true;
  }

  // What goes wrong: at the top from power-on, below a step from there.
  bool wrong(std::string_view line) {
    try {
      if (take(line, "scenario")) {
        begin_scenario(line);
      } else if (take(line, "fault")) {
        begin_fault(scenario::parse_fault(line));
      } else {
        return false;
      }
    } catch (const scenario::Error& error) {
      fault(error.what());
    }
    return true;
  }

  void begin_scenario(std::string_view name) {
    const auto* const ready = scenario::find_ready(name);
    if (ready == nullptr || !at_top()) {
      fault("no such scenario, or too late for one");
      return;
    }
    const auto scenario = scenario::parse_scenario(ready->text, std::string(name));
    if (scenario.seed) conditions().seed = *scenario.seed;
    for (const sim::Fault& each : scenario.faults) begin_fault(each);
  }

  void begin_fault(const sim::Fault& what) {
    if (!at_top()) {
      add_step(Stimulus::Kind::goes_wrong).fault = what;
    } else if (conditions().faults.size() == sim::kMaxFaults) {
      fault("too many faults");
    } else {
      conditions().faults.push_back(what);
    }
  }

  bool host(std::string_view line) {
    if (line == "host stops reading") {
      add_step(Stimulus::Kind::host_stops);
    } else if (line == "host reads") {
      add_step(Stimulus::Kind::host_reads);
    } else if (line.starts_with("line ")) {
      expected().actions.emplace_back(line);
    } else if (line == "host waits") {
      expected().waits.insert("host");
    } else if (take(line, ">>")) {
      add_step(Stimulus::Kind::host_types).bytes = raw(line);
    } else if (take(line, ">")) {
      const bool open_end = line.ends_with('\\');
      if (open_end) line.remove_suffix(1);
      add_step(Stimulus::Kind::host_types).bytes = expand_repeats(line) + (open_end ? "" : "\r");
    } else if (line == "< ...") {
      expected().dte.push_back({true, ""});
    } else if (take(line, "<<")) {
      expected().dte.push_back({false, raw(line)});
    } else if (take(line, "<")) {
      expected().dte.push_back({false, "\r\n" + expand_repeats(line) + "\r\n"});
    } else {
      return false;
    }
    return true;
  }

  bool net(std::string_view line, bool joined) {
    if (!take(line, "net")) return false;
    const auto number = take_number(line);
    if (!number || !line.starts_with(' ')) {
      fault("net and a number");
      return true;
    }
    line.remove_prefix(1);
    const int net = static_cast<int>(*number);
    if (!net_bytes(line, net, joined) && !net_event(line, net) && !net_action(line, net)) {
      fault("not something that a connection does");
    }
    return true;
  }

  bool coap(std::string_view line) {
    if (!take(line, "coap")) return false;
    if (line.starts_with("< ") || line.starts_with("open ") || line == "close") {
      auto expected_line = expected_coap(line);
      if (!expected_line) fault("a bad escape");
      expected().actions.push_back(std::move(expected_line).value_or(""));
    } else if (const auto stimulus = parse_coap(line)) {
      add_step(stimulus->kind) = *stimulus;
    } else {
      fault("not something that a CoAP session does");
    }
    return true;
  }

  bool net_bytes(std::string_view line, int net, bool joined) {
    if (take(line, "<<")) {
      expected().net[net] += raw(line);
    } else if (take(line, "<")) {
      expected().net[net] += expand_repeats(line) + "\r\n";
    } else if (take(line, ">>")) {
      read_of(net, joined) += raw(line);
    } else if (take(line, ">")) {
      read_of(net, joined) += expand_repeats(line) + "\r\n";
    } else {
      return false;
    }
    return true;
  }

  // The read that a line of the server's bytes belongs to: that of the line above, or a new one.
  std::string& read_of(int net, bool joined) {
    joins_ = true;
    Step& last = block_.steps.back();
    if (joined && last.stimulus.net == net) {
      last.text += " ...";
      return last.stimulus.bytes;
    }
    Stimulus& stimulus = add_step(Stimulus::Kind::net_sends);
    stimulus.net = net;
    return stimulus.bytes;
  }

  bool net_event(std::string_view line, int net) {
    Stimulus stimulus;
    stimulus.net = net;
    if (line == "opened") {
      stimulus.kind = Stimulus::Kind::net_opened;
    } else if (line == "stops reading") {
      stimulus.kind = Stimulus::Kind::net_stops;
    } else if (line == "reads") {
      stimulus.kind = Stimulus::Kind::net_reads;
    } else if (const auto cause = find_cause(line)) {
      stimulus.kind = Stimulus::Kind::net_ends;
      stimulus.cause = *cause;
    } else {
      return false;
    }
    add_step(stimulus.kind) = stimulus;
    return true;
  }

  bool net_action(std::string_view line, int net) {
    const std::string name = "net " + std::to_string(net);
    if (line == "close" || line.starts_with("connect ")) {
      expected().actions.push_back(name + " " + expand_repeats(line));
    } else if (line == "waits") {
      expected().waits.insert(name);
    } else {
      return false;
    }
    return true;
  }

  // What the owner of the modem does, and the look-up that it is asked for.
  bool owner(std::string_view line) {
    using Kind = Stimulus::Kind;
    if (line == "reset pressed") {
      add_step(Kind::reset);
    } else if (line == "watchdog bites") {
      add_step(Kind::reset).reset_cause = ResetCause::watchdog;
    } else if (line == "coverage lost") {
      add_step(Kind::coverage_lost);
    } else if (line == "coverage found") {
      add_step(Kind::coverage_found);
    } else if (line == "resolved nothing") {
      add_step(Kind::resolved);
    } else if (take(line, "resolved")) {
      add_step(Kind::resolved).bytes = line;
    } else if (line == "checked good" || line == "checked bad") {
      add_step(Kind::checked).good = line == "checked good";
    } else if (line == "check") {
      expected().actions.emplace_back(line);
    } else if (take(line, "inject")) {
      add_step(Kind::injected).bytes = line;
    } else if (line.starts_with("resolve ")) {
      expected().actions.push_back(expand_repeats(line));
    } else {
      return false;
    }
    return true;
  }

  bool time(std::string_view line) {
    if (!line.starts_with('+')) return false;
    line.remove_prefix(1);
    const auto number = take_number(line);
    if (!number || (line != "ms" && line != "s")) {
      fault("time is +<number>ms or +<number>s");
      return true;
    }
    add_step(Stimulus::Kind::time_passes).time = Millis(line == "s" ? *number * 1000 : *number);
    return true;
  }

  Block& block_;
  int number_ = 0;
  std::string_view text_;
  bool joins_ = false;  // the line above was of a server's bytes
};

}  // namespace

std::vector<Block> parse_markdown(std::string_view markdown, const std::string& file) {
  std::vector<Block> blocks;
  std::map<std::string, int> used;  // names, and how often
  for (const FencedBlock& fenced : fenced_blocks(markdown, "m531x")) {
    const std::string heading = fenced.heading.empty() ? "block" : slug(fenced.heading);
    const int turn = ++used[heading];
    Block& block = blocks.emplace_back();
    block.file = file;
    block.name = heading + (turn > 1 ? "_" + std::to_string(turn) : "");
    BlockReader reader(block, fenced.line);
    for (const auto& line : fenced.lines) reader.read(line.text, line.number);
    if (!fenced.ended) block.faults.push_back(file + ": the last block has no end");
  }
  return blocks;
}

}  // namespace m531x::transcript
