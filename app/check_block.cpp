// SPDX-License-Identifier: Apache-2.0
#include "app/check_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

using transcript::Block;
using transcript::Step;
using transcript::Stimulus;
using StimulusKind = Stimulus::Kind;

// Nobody can do these to a module from its port and from a server.
struct OutOfReach {
  StimulusKind kind;
  std::string_view why;
};
constexpr std::string_view kSound = "the check cannot make a module go wrong";
constexpr std::string_view kNoLwm2m = "the check has no LwM2M server";
constexpr auto kOutOfReach = std::to_array<OutOfReach>({
    {StimulusKind::host_stops, "a port's own buffers read on when the host does not"},
    {StimulusKind::host_reads, "a port's own buffers read on when the host does not"},
    {StimulusKind::net_stops, "the system's buffers read on when the server does not"},
    {StimulusKind::net_reads, "the system's buffers read on when the server does not"},
    {StimulusKind::resolved, "the check has no name server"},
    {StimulusKind::checked, "the check has no certificates"},
    {StimulusKind::reset, "the check cannot press reset"},
    {StimulusKind::coverage_lost, "the check cannot change the coverage"},
    {StimulusKind::coverage_found, "the check cannot change the coverage"},
    {StimulusKind::injected, "the check cannot make a report of its own"},
    {StimulusKind::goes_wrong, kSound},
    {StimulusKind::coap_opened, kNoLwm2m},
    {StimulusKind::coap_ends, kNoLwm2m},
    {StimulusKind::coap_says, kNoLwm2m},
    {StimulusKind::coap_acknowledges, kNoLwm2m},
    {StimulusKind::coap_fails, kNoLwm2m},
});

struct UnseenAction {
  std::string_view begin;
  std::string_view why;
};
constexpr auto kUnseenActions = std::to_array<UnseenAction>({
    {"resolve ", "the check has no name server"},
    {"check", "the check has no certificates"},
    {"line ", "the settings of the line change"},
    {"coap ", kNoLwm2m},
});

// Set or run, these change what neither ATZ nor AT+HTTPCLOSE brings back.
constexpr auto kUntilRestart = std::to_array<std::string_view>(
    {"+CEREG=", "+CFUN=0", "+CFUN=4", "+CGACT=", "+CGATT=", "+CSCON=", "+CSCS=", "+MIPLCREATE",
     "+NPSMR=", "+NEARFCN=", "+SM="});
// And these what a restart does not bring back either, for the module keeps it or its clock goes
// on.
constexpr auto kKept = std::to_array<std::string_view>(
    {"&W", "+CEDRXS=", "+CFGDUALMODE=", "+CFGRATPRIO=", "+CGDCONT=", "+COPS=", "+CPSMS=",
     "+DNSSER=", "+NBAND=", "+NCONFIG=", "+NCSEARFCN", "+NATSPEED=", "+IPR=", "+ICF=", "+IFC="});
constexpr std::string_view kOff = "+CPOF";
constexpr std::string_view kClock = "+CCLK";
constexpr std::string_view kClockReports = "+CTZR=";
constexpr std::string_view kTerminator = "S3=";

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), to_upper);
  return text;
}

// All that the block types, in upper case.
std::string typed_by(const Block& block) {
  std::string all;
  for (const Step& step : block.steps) {
    if (step.stimulus.kind == StimulusKind::host_types) all += step.stimulus.bytes;
  }
  return upper(std::move(all));
}

// Whether `typed` has the command, other than as a test.
bool has_command(const std::string& typed, std::string_view command) {
  for (std::size_t at = typed.find(command); at != std::string::npos;
       at = typed.find(command, at + 1)) {
    const std::string_view after = std::string_view(typed).substr(at + command.size());
    if (!after.starts_with('?') && !after.starts_with("=?")) return true;
  }
  return false;
}

template <typename Commands>
std::string_view first_command(const std::string& typed, const Commands& commands) {
  const auto* const found = std::ranges::find_if(
      commands, [&](std::string_view command) { return has_command(typed, command); });
  return found == commands.end() ? std::string_view() : *found;
}

// "net 0 connect host:80" -> {0, "host:80"}; nullopt: it is something else.
std::optional<std::pair<int, std::string_view>> connect_of(std::string_view action) {
  constexpr std::string_view kConnect = " connect ";
  const std::size_t at = action.find(kConnect);
  if (!action.starts_with("net ") || at == std::string_view::npos) return std::nullopt;
  return std::pair(std::stoi(std::string(action.substr(4))), action.substr(at + kConnect.size()));
}

// What the module can be stated to have is not what the block sets.
std::optional<std::string> other_setting(const Block& block, const CheckDevice& device) {
  if (block.settings.model != device.settings.model) {
    return fmt::format("it is for the {}", block.settings.model->name);
  }
  const std::string typed = typed_by(block);
  RunSettings wanted = device.settings;
  static_cast<settings::ModuleSettings&>(wanted) = block.settings;
  for (const std::string& key : block.set_keys) {
    if (key.starts_with("boot.") || key.starts_with("clock.") ||
        key == "network.registration_delay_ms") {
      return "it is about the first moments after power-on";
    }
    const Setting& setting = *find_setting(run_table(), key);
    const std::string value = value_of(setting, wanted);
    const bool echo =
        key == "variant.echo" &&
        first_command(typed, std::array<std::string_view, 3>{"&F", "Z\r", "+CFUN=1,1"}).empty();
    // ATE makes an echo what the block sets, until the module goes back to its own.
    if (!echo && value != value_of(setting, device.settings)) {
      return fmt::format("{}={} is not what the module is said to have", key, value);
    }
  }
  return std::nullopt;
}

// What a connection of the block would have to do that no server can make it do.
class Connections {
 public:
  explicit Connections(bool may_hold) : may_hold_(may_hold) {}

  std::optional<std::string> judge(const Block& block) {
    for (const Step& step : block.steps) {
      if (auto why = stimulus(step.stimulus)) return why;
      for (const std::string& action : step.expected.actions) {
        if (auto why = act(action)) return why;
      }
    }
    if (!connecting_.empty()) held_ = true;
    if (answered_late_ && std::ranges::any_of(block.steps, is_about_time)) {
      return "an answer to a connection that was held takes too long beside its times";
    }
    return too_many_held();
  }

 private:
  // Half a line holds reports back for a time only.
  static bool is_about_time(const Step& step) {
    return step.stimulus.kind == StimulusKind::time_passes ||
           (step.stimulus.kind == StimulusKind::host_types && !step.stimulus.bytes.ends_with('\r'));
  }

  std::optional<std::string> stimulus(const Stimulus& stimulus) {
    const bool answers =
        stimulus.kind == StimulusKind::net_opened || stimulus.kind == StimulusKind::net_ends;
    const bool attempts = connecting_.contains(stimulus.net);
    if (!connecting_.empty() && !(answers && attempts)) held_ = true;
    if (auto why = too_many_held()) return why;
    answered_late_ = answered_late_ || (answers && attempts && held_);
    if (answers) connecting_.erase(stimulus.net);
    if (connecting_.empty()) held_ = false;
    if (stimulus.kind != StimulusKind::net_ends) return std::nullopt;
    if (attempts) {
      if (stimulus.cause == Cause::refused) return std::nullopt;
      return "the check cannot make an attempt to connect end like that";
    }
    if (stimulus.cause == Cause::closed || stimulus.cause == Cause::reset) return std::nullopt;
    return "the check's server cannot make a connection end like that";
  }

  std::optional<std::string> act(const std::string& action) {
    if (action.ends_with(" close")) connecting_.erase(std::stoi(action.substr(4)));
    const auto connect = connect_of(action);
    if (!connect) return std::nullopt;
    if (connect->second.starts_with("tls ")) return "the check's server does not speak TLS";
    connecting_.insert(connect->first);
    return too_many_held();
  }

  std::optional<std::string> too_many_held() const {
    if (!held_) return std::nullopt;
    if (!may_hold_) return "a connection would have to stay unanswered, on a port of its own";
    if (connecting_.size() < 2) return std::nullopt;
    return "several connections would have to stay unanswered at once";
  }

  bool may_hold_;
  bool held_ = false;  // some attempt gets no answer at once
  bool answered_late_ = false;
  std::set<int> connecting_;
};

std::optional<std::string> out_of_reach(const Block& block, const CheckDevice& device) {
  Millis waits{0};
  for (const Step& step : block.steps) {
    const auto* const kind = std::ranges::find(kOutOfReach, step.stimulus.kind, &OutOfReach::kind);
    if (kind != kOutOfReach.end()) return std::string(kind->why);
    for (const std::string& action : step.expected.actions) {
      const auto* const unseen = std::ranges::find_if(
          kUnseenActions, [&](const auto& row) { return action.starts_with(row.begin); });
      if (unseen != kUnseenActions.end()) return std::string(unseen->why);
    }
    if (!step.expected.waits.empty()) return "a port does not tell that the module waits";
    if (step.stimulus.kind != StimulusKind::time_passes) continue;
    waits += step.stimulus.time;
    const bool is_silent = step.expected.dte.empty() && step.expected.net.empty();
    if (is_silent && step.stimulus.time < device.tolerance) {
      return fmt::format("a silence of {} ms is shorter than --tolerance",
                         step.stimulus.time.count());
    }
  }
  if (waits > device.longest_wait) {
    return fmt::format("it takes {} ms, longer than --longest-wait", waits.count());
  }
  return std::nullopt;
}

std::optional<std::string> leaves_changed(const Block& block, const CheckDevice& device) {
  const std::string typed = typed_by(block);
  if (has_command(typed, kOff)) return "it switches the module off";
  if (typed.find(kClock) != std::string::npos || has_command(typed, kClockReports)) {
    return "what it tells depends on the time of day";
  }
  if (has_command(typed, kTerminator)) return "it changes the character that ends a line";
  const std::string_view kept = first_command(typed, kKept);
  if (!kept.empty()) return fmt::format("{} changes what a restart does not bring back", kept);
  const std::string_view changed = first_command(typed, kUntilRestart);
  if (!changed.empty() && !device.can_restart) {
    return fmt::format("{} changes what only a restart brings back (--reset)", changed);
  }
  return std::nullopt;
}

// `host` or `host:port` of `server`, as it may stand in a URL and in a Host field.
std::string_view without_default_port(std::string_view server) {
  constexpr std::string_view kDefault = ":80";
  if (server.ends_with(kDefault)) server.remove_suffix(kDefault.size());
  return server;
}

// The place of the authority in the URL that begins at `at`: {begin, size}.
std::pair<std::size_t, std::size_t> authority_in(std::string_view line, std::size_t at) {
  if (at < line.size() && line[at] == '"') ++at;
  constexpr std::string_view kScheme = "http://";
  if (upper(std::string(line.substr(at, kScheme.size()))) == "HTTP://") at += kScheme.size();
  const std::size_t end = std::min(line.find_first_of("/?#\",;\r", at), line.size());
  return {at, end - at};
}

// Replaces `server` in what AT+HTTPCREATE is given. Returns how often.
std::size_t replace_in_urls(std::string& line, const std::string& server,
                            const std::string& authority) {
  constexpr std::string_view kCreate = "+HTTPCREATE=";
  std::size_t count = 0;
  for (std::size_t at = 0;;) {
    at = upper(line).find(kCreate, at);
    if (at == std::string::npos) return count;
    at += kCreate.size();
    const auto [begin, size] = authority_in(line, at);
    const std::string_view typed = std::string_view(line).substr(begin, size);
    if (typed != server && typed != without_default_port(server)) continue;
    line.replace(begin, size, authority);
    ++count;
  }
}

void replace_in_host_field(std::string& wire, const std::string& server,
                           const std::string& authority) {
  const std::string field = fmt::format("\r\nHost: {}\r\n", without_default_port(server));
  const std::size_t at = wire.find(field);
  if (at != std::string::npos) {
    wire.replace(at, field.size(), fmt::format("\r\nHost: {}\r\n", authority));
  }
}

}  // namespace

std::vector<std::string> servers_of(const Block& block) {
  std::vector<std::string> servers;
  for (const Step& step : block.steps) {
    for (const std::string& action : step.expected.actions) {
      const auto connect = connect_of(action);
      if (!connect || std::ranges::find(servers, connect->second) != servers.end()) continue;
      servers.emplace_back(connect->second);
    }
  }
  return servers;
}

std::optional<std::string> why_not_playable(const Block& block, const CheckDevice& device) {
  if (!block.settings.conditions.faults.empty()) return std::string(kSound);
  if (auto why = other_setting(block, device)) return why;
  if (auto why = out_of_reach(block, device)) return why;
  if (auto why = Connections(!device.one_server && !device.fixed_port).judge(block)) return why;
  if (auto why = leaves_changed(block, device)) return why;
  if (device.one_server && servers_of(block).size() > 1) return "it has two servers, --url one";
  return std::nullopt;
}

bool needs_restart(const Block& block) {
  return !first_command(typed_by(block), kUntilRestart).empty();
}

bool ends_half_typed(const Block& block) {
  const std::string typed = typed_by(block);
  return !typed.empty() && !typed.ends_with('\r') && !typed.ends_with("\r\n");
}

bool readdress(Block& block, CheckServer& server) {
  const std::vector<std::string> servers = servers_of(block);
  const bool own_host = typed_by(block).find("HOST:") != std::string::npos;
  for (std::size_t door = 0; door < servers.size(); ++door) {
    std::size_t count = 0;
    for (Step& step : block.steps) {
      if (step.stimulus.kind == StimulusKind::host_types) {
        count += replace_in_urls(step.stimulus.bytes, servers[door], server.authority(door));
      }
      // An echo repeats what was typed.
      for (auto& piece : step.expected.dte) {
        replace_in_urls(piece.bytes, servers[door], server.authority(door));
      }
      if (own_host) continue;
      for (auto& [net, wire] : step.expected.net) {
        replace_in_host_field(wire, servers[door], server.authority(door));
      }
    }
    if (count == 0) return false;
  }
  return true;
}

}  // namespace m531x::app
