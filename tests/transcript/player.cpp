// SPDX-License-Identifier: Apache-2.0
// The player: gives each step's stimulus to the bench, then compares all that came out of it.
#include "tests/transcript/player.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stand/bench.h"
#include "transcript/compare.h"

namespace m531x::transcript {

namespace {

constexpr std::size_t kBlockCount = 1024;
constexpr std::size_t kSplitsAtEnds = 300;  // of a long line, tried from either end
constexpr std::size_t kSplitStride = 509;   // and between them; prime, so that it meets no size

std::string describe_way(const Way& way) {
  std::string text;
  switch (way.split) {
    case Way::Split::none:
      text = "host lines whole";
      break;
    case Way::Split::every_byte:
      text = "host lines byte by byte";
      break;
    case Way::Split::after:
      text = "host lines cut after byte " + std::to_string(way.at);
      break;
    case Way::Split::before_end:
      text = "host lines cut " + std::to_string(way.at) + " bytes before the end";
      break;
  }
  if (way.host_reads == 1) text += ", host reads single bytes";
  return text + (way.waits_for_fault ? ", a fault to come" : "");
}

// "line 9600 8N1", and what stops the host and the modem when something does.
std::string text_of(const Uart& uart) {
  constexpr std::string_view kParities = "NOEMS";
  constexpr std::array<std::string_view, 3> kFlows = {"none", "xonxoff", "circuits"};
  std::string text = "line " + (uart.baud == 0 ? "automatic" : std::to_string(uart.baud)) + " ";
  text += std::to_string(uart.data_bits) + kParities[static_cast<std::size_t>(uart.parity)] +
          std::to_string(uart.stop_bits);
  if (uart.to_host != Flow::none || uart.from_host != Flow::none) {
    text.append(" to host ").append(kFlows[static_cast<std::size_t>(uart.to_host)]);
    text.append(", from host ").append(kFlows[static_cast<std::size_t>(uart.from_host)]);
  }
  return text;
}

sim::Conditions conditions_of(const Block& block, const Way& way) {
  constexpr Millis kNever{1LL << 50};
  sim::Conditions conditions = block.settings.conditions;
  if (way.waits_for_fault) {
    conditions.faults.push_back({.kind = sim::FaultKind::restart, .after = kNever});
  }
  return conditions;
}

class Player {
 public:
  Player(const Block& block, const Way& way)
      : way_(way),
        bench_(*block.settings.model, block.settings.modem, kBlockCount,
               conditions_of(block, way)) {
    bench_.set_host_reads(way.host_reads);
  }

  // What is wrong with the step; empty = nothing.
  std::string step(const Step& step) {
    if (!give(step.stimulus)) return "    this cannot happen now\n";
    const Outcome outcome = take_outcome(step.expected);
    if (is_expected(outcome, step.expected)) return "";
    return difference(step.expected, outcome);
  }

 private:
  // False: the stimulus needs a connection that is not there.
  bool give(const Stimulus& stimulus) {
    using Kind = Stimulus::Kind;
    switch (stimulus.kind) {
      case Kind::power_on:
        return true;
      case Kind::host_types:
        type(stimulus.bytes);
        return true;
      case Kind::host_stops:
        bench_.set_host_reads(0);
        return true;
      case Kind::host_reads:
        bench_.set_host_reads(way_.host_reads);
        return true;
      case Kind::time_passes:
        bench_.advance(stimulus.time);
        return true;
      default:
        break;
    }
    if (give_as_owner(stimulus)) return true;
    if (stimulus.kind >= Kind::coap_opened) return give_coap(stimulus);
    const auto bound = conns_.find(stimulus.net);
    return bound != conns_.end() && give_net(stimulus, bound->second);
  }

  // False: it is another kind, or the modem refuses it.
  bool give_as_owner(const Stimulus& stimulus) {
    using Kind = Stimulus::Kind;
    sim::Modem& modem = bench_.modem();
    const Millis now = bench_.now();
    bool ok = true;
    switch (stimulus.kind) {
      case Kind::resolved:
        modem.net_resolved(stimulus.bytes, now);
        break;
      case Kind::reset:
        modem.reset(stimulus.reset_cause, now);
        break;
      case Kind::coverage_lost:
      case Kind::coverage_found:
        modem.set_coverage(stimulus.kind == Kind::coverage_found, now);
        break;
      case Kind::checked:
        return bench_.certificates_are(stimulus.good);
      case Kind::injected:
        ok = modem.inject(stimulus.bytes, now);
        break;
      case Kind::goes_wrong:
        ok = modem.add(stimulus.fault, now);
        break;
      default:
        return false;
    }
    bench_.settle();
    return ok;
  }

  // False: there is no session.
  bool give_coap(const Stimulus& stimulus) {
    using Kind = Stimulus::Kind;
    if (!bench_.has_coap()) return false;
    sim::Modem& modem = bench_.modem();
    const Millis now = bench_.now();
    CoapMessage message = stimulus.coap;
    const bool of_request = message.id == 0 && message.kind != CoapMessage::Kind::notification;
    if (of_request) message.id = coap_request_;
    message.path = stimulus.path;
    message.query = stimulus.query;
    message.payload = stimulus.bytes;
    switch (stimulus.kind) {
      case Kind::coap_opened:
        modem.coap_opened(now);
        break;
      case Kind::coap_ends:
        bench_.coap_ended();
        modem.coap_closed(stimulus.cause, now);
        break;
      case Kind::coap_says:
        modem.coap_received(message, now);
        break;
      case Kind::coap_acknowledges:
        modem.coap_acknowledged(message.id, now);
        break;
      default:
        modem.coap_failed(message.kind, message.id, stimulus.why, now);
        break;
    }
    bench_.settle();
    return true;
  }

  void take_messages(Outcome& out) {
    for (const stand::SentMessage& sent : bench_.coap_heard()) {
      CoapMessage message = sent.head;
      message.path = sent.path;
      message.query = sent.query;
      message.payload = sent.payload;
      if (message.kind == CoapMessage::Kind::request) coap_request_ = message.id;
      out.actions.push_back(transcript::text_of(message));
    }
    bench_.coap_heard().clear();
  }

  bool give_net(const Stimulus& stimulus, ConnId conn) {
    using Kind = Stimulus::Kind;
    const bool connecting = bench_.connecting(conn);
    if (!connecting && !bench_.open(conn)) return false;
    switch (stimulus.kind) {
      case Kind::net_opened:
        if (connecting) bench_.server_accepts(conn);
        return connecting;
      case Kind::net_sends:
        if (!connecting) bench_.server_sends(conn, stimulus.bytes);
        return !connecting;
      case Kind::net_ends:
        bench_.server_ends(conn, stimulus.cause);
        return true;
      case Kind::net_stops:
        bench_.set_server_reads(conn, false);
        return true;
      case Kind::net_reads:
        bench_.set_server_reads(conn, true);
        return true;
      default:
        return false;
    }
  }

  void type(Bytes bytes) {
    std::size_t cut = bytes.size();
    switch (way_.split) {
      case Way::Split::none:
        break;
      case Way::Split::every_byte:
        for (std::size_t i = 0; i < bytes.size(); ++i) bench_.host_sends(bytes.substr(i, 1));
        return;
      case Way::Split::after:
        cut = std::min(way_.at, cut);
        break;
      case Way::Split::before_end:
        cut -= std::min(way_.at, cut);
        break;
    }
    bench_.host_sends(bytes.substr(0, cut));
    if (cut != bytes.size()) bench_.host_sends(bytes.substr(cut));
  }

  // Connections named as in the transcript.
  Outcome take_outcome(const Expected& expected) {
    Outcome out;
    out.dte.swap(bench_.host_heard());
    take_messages(out);
    for (const auto& action : bench_.actions()) {
      const std::size_t index = out.actions.size();
      out.actions.push_back(
          name_action(action, index < expected.actions.size() ? expected.actions[index] : ""));
    }
    bench_.actions().clear();
    if (const Uart now = bench_.modem().uart(); std::exchange(uart_, now) != now) {
      out.actions.push_back(text_of(now));
    }
    if (bench_.host_bytes_waiting() != 0) out.waits.insert("host");
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
      std::string& heard = bench_.server_heard(conn);
      if (!heard.empty()) out.net[number_of(conn)].swap(heard);
      if (bench_.server_bytes_waiting(conn) != 0) {
        out.waits.insert("net " + std::to_string(number_of(conn)));
      }
    }
    return out;
  }

  // Also learns which number the transcript gives to a new connection.
  std::string name_action(const stand::TakenAction& action, const std::string& expected) {
    if (action.kind == Action::Kind::close) {
      return "net " + std::to_string(number_of(action.conn)) + " close";
    }
    if (action.kind == Action::Kind::resolve) return "resolve " + action.host;
    if (action.kind == Action::Kind::check) return "check";
    if (action.kind == Action::Kind::coap_close) return "coap close";
    if (action.kind == Action::Kind::coap_open) {
      return std::string(action.tls ? "coap open dtls " : "coap open ") + action.host + ":" +
             std::to_string(action.port);
    }
    const bool ipv6 = action.host.find(':') != std::string::npos;
    const std::string where = std::string(action.tls ? "connect tls " : "connect ") +
                              (ipv6 ? "[" + action.host + "]" : action.host) + ":" +
                              std::to_string(action.port);
    int number = action.conn;
    if (expected.starts_with("net ") && expected.ends_with(" " + where)) {
      number = std::stoi(expected.substr(4));
    }
    std::erase_if(conns_, [&](const auto& bound) { return bound.second == action.conn; });
    conns_[number] = action.conn;
    return "net " + std::to_string(number) + " " + where;
  }

  int number_of(ConnId conn) const {
    const auto bound = std::ranges::find(conns_, conn, &std::pair<const int, ConnId>::second);
    return bound == conns_.end() ? conn : bound->first;
  }

  Way way_;
  stand::Bench bench_;
  Uart uart_ = bench_.modem().uart();
  CoapId coap_request_ = 0;      // the modem's last
  std::map<int, ConnId> conns_;  // the transcript's number, the modem's
};

}  // namespace

std::vector<Way> ways_to_play(const Block& block) {
  using Split = Way::Split;
  constexpr std::size_t kAll = stand::Bench::kAll;
  std::vector<Way> ways = {{Split::none, 0, kAll},       {Split::every_byte, 0, kAll},
                           {Split::none, 0, 1},          {Split::every_byte, 0, 1},
                           {Split::none, 0, kAll, true}, {Split::every_byte, 0, 1, true}};
  std::size_t longest = 0;
  for (const Step& step : block.steps) longest = std::max(longest, step.stimulus.bytes.size());
  for (std::size_t at = 1; at < std::min(longest, kSplitsAtEnds); ++at) {
    ways.push_back({Split::after, at, kAll});
  }
  if (longest <= kSplitsAtEnds) return ways;
  for (std::size_t at = 1; at < kSplitsAtEnds; ++at) {
    ways.push_back({Split::before_end, at, kAll});
  }
  for (std::size_t at = kSplitsAtEnds; at < longest; at += kSplitStride) {
    ways.push_back({Split::after, at, kAll});
  }
  return ways;
}

std::optional<std::string> play(const Block& block, const Way& way) {
  Player player(block, way);
  for (const Step& step : block.steps) {
    const std::string wrong = player.step(step);
    if (wrong.empty()) continue;
    return block.file + ":" + std::to_string(step.line) + ": after `" + step.text + "` (" +
           describe_way(way) + "; - expected, + got)\n" + wrong;
  }
  return std::nullopt;
}

}  // namespace m531x::transcript
