// SPDX-License-Identifier: Apache-2.0
#include "app/check_play.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/check_block.h"
#include "transcript/compare.h"

namespace m531x::app {
namespace {

using transcript::Block;
using transcript::Expected;
using transcript::Fit;
using transcript::Outcome;
using transcript::Step;
using transcript::Stimulus;
using StimulusKind = Stimulus::Kind;
using Answer = CheckServer::Answer;

std::size_t length_of(const std::vector<Expected::Piece>& pieces) {
  std::size_t length = 0;
  for (const auto& piece : pieces) length += piece.bytes.size();
  return length;
}

// A transcript's time that is 1 ms short of a multiple of this is "just before" something.
constexpr std::int64_t kRound = 100;

bool has_gap(const std::vector<Expected::Piece>& pieces) {
  return std::ranges::any_of(pieces, &Expected::Piece::anything);
}

bool is_nothing(const Expected& expected) {
  return expected.dte.empty() && expected.net.empty() && expected.actions.empty();
}

// One block on its way. What comes is kept where it arrives until a step expects it.
class Playing {
 public:
  Playing(CheckWait& wait, CheckPort& port, CheckServer& server, const CheckTiming& timing,
          const Block& block)
      : wait_(wait),
        port_(port),
        server_(server),
        timing_(timing),
        block_(block),
        servers_(servers_of(block)) {}

  std::optional<std::string> play() {
    for (at_ = 0; at_ < block_.steps.size(); ++at_) {
      if (!happens_by_itself()) {
        wait_.poll();
        if (has_surplus()) return differs(at_ - 1, took_);
      }
      if (!step()) return differs(at_, took_);
    }
    port_.wait_quiet(wait_, timing_.quiet);
    if (has_surplus()) return differs(block_.steps.size() - 1, took_);
    return std::nullopt;
  }

 private:
  const Step& now() const { return block_.steps[at_]; }

  static bool answers_attempt(const Stimulus& stimulus) {
    return stimulus.kind == StimulusKind::net_opened ||
           (stimulus.kind == StimulusKind::net_ends && stimulus.cause == Cause::refused);
  }
  // A server that listens accepts at once, and one that does not refuses at once.
  bool happens_by_itself() const {
    return at_ == 0 || (answers_attempt(now().stimulus) && !held_.contains(now().stimulus.net));
  }
  bool next_happens_by_itself() {
    if (at_ + 1 == block_.steps.size()) return false;
    ++at_;
    const bool by_itself = happens_by_itself();
    --at_;
    return by_itself;
  }
  bool time_passes_next() const {
    return at_ + 1 < block_.steps.size() &&
           block_.steps[at_ + 1].stimulus.kind == StimulusKind::time_passes;
  }

  bool step() {
    took_ = {};
    prepare_doors();
    if (now().stimulus.kind == StimulusKind::time_passes) return pass_time();
    due_ = std::chrono::steady_clock::now();
    if (std::exchange(time_passed_, false)) earliest_ = due_;
    if (!give()) {
      take(false);
      return false;
    }
    if (!is_nothing(now().expected)) {
      const bool came = collect(from_now(timing_.patience));
      // Nobody sees an attempt that is held begin.
      if (attempt_is_held_) wait_.pass(from_now(timing_.quiet));
      due_ = std::chrono::steady_clock::now();
      return came;
    }
    if (!next_happens_by_itself() && !time_passes_next()) wait_.pass(from_now(timing_.quiet));
    return true;
  }

  // What the attempts get that this step will bring: the answer that follows at once, or none.
  void prepare_doors() {
    attempt_is_held_ = false;
    for (const std::string& action : now().expected.actions) {
      const auto connect = connection_of(action);
      if (!connect) continue;
      const Stimulus* const answer = answer_at_once(connect->net);
      if (answer == nullptr) {
        held_.insert(connect->net);
        attempt_is_held_ = true;
      }
      server_.set_answer(connect->door, answer == nullptr ? Answer::holds
                                        : answer->kind == StimulusKind::net_opened
                                            ? Answer::accepts
                                            : Answer::refuses);
    }
  }
  const Stimulus* answer_at_once(int net) const {
    for (std::size_t i = at_ + 1; i < block_.steps.size(); ++i) {
      const Stimulus& next = block_.steps[i].stimulus;
      if (!answers_attempt(next)) return nullptr;
      if (next.net == net) return &next;
    }
    return nullptr;
  }
  // An attempt that was held is answered when its side tries again.
  void answer_held(const Stimulus& stimulus) {
    const auto door = expected_doors_.find(stimulus.net);
    if (held_.erase(stimulus.net) == 0 || door == expected_doors_.end()) return;
    server_.set_answer(door->second, stimulus.kind == StimulusKind::net_opened ? Answer::accepts
                                                                               : Answer::refuses);
  }

  struct Connect {
    int net;
    std::size_t door;
  };
  std::optional<Connect> connection_of(const std::string& action) const {
    for (std::size_t door = 0; door < servers_.size(); ++door) {
      if (!action.ends_with(" connect " + servers_[door])) continue;
      return Connect{std::stoi(action.substr(4)), door};
    }
    return std::nullopt;
  }

  // False: the connection that it needs has not come.
  bool give() {
    const Stimulus& stimulus = now().stimulus;
    if (stimulus.kind == StimulusKind::host_types) {
      port_.type(stimulus.bytes);
      return true;
    }
    if (answers_attempt(stimulus)) answer_held(stimulus);
    if (stimulus.kind == StimulusKind::net_opened) return wait_arrival(stimulus.net);
    if (stimulus.kind == StimulusKind::net_sends) {
      const auto net = nets_.find(stimulus.net);
      if (net != nets_.end()) net->second->send(stimulus.bytes);
      return net != nets_.end();
    }
    if (stimulus.kind == StimulusKind::net_ends && stimulus.cause != Cause::refused) {
      const auto net = nets_.find(stimulus.net);
      if (net == nets_.end()) return false;
      if (stimulus.cause == Cause::reset) {
        net->second->reset();
      } else {
        net->second->finish();
      }
      nets_.erase(net);
    }
    return true;
  }

  bool wait_arrival(int net) {
    const auto door = expected_doors_.find(net);
    if (door == expected_doors_.end()) return false;
    auto& arrivals = server_.arrivals();
    const auto found = [&] {
      return std::ranges::find(arrivals, door->second, &CheckServer::Arrival::door);
    };
    if (!wait_.until([&] { return found() != arrivals.end(); }, from_now(timing_.patience))) {
      missing_ = fmt::format("net {} connect {}", net, servers_[door->second]);
      return false;
    }
    nets_[net] = found()->connection;
    arrivals.erase(found());
    return true;
  }

  bool pass_time() {
    const Millis time = now().stimulus.time;
    due_ += time;
    earliest_ += time;
    time_passed_ = true;
    if (is_nothing(now().expected)) {
      const bool just_before = (time.count() + 1) % kRound == 0;
      wait_.pass(just_before ? earliest_ - timing_.tolerance : due_);
      return true;
    }
    if (!collect(due_ + timing_.tolerance)) return false;
    wait_.pass(due_);
    return true;
  }

  // Takes what this step expects as it comes. False: it does not come, or something else does.
  bool collect(Moment end) {
    const auto state = [&] {
      Fit all = dte_fit();
      for (const auto& [net, bytes] : now().expected.net) all = std::max(all, net_fit(net, bytes));
      for (const std::string& action : now().expected.actions) {
        if (action.ends_with(" close") && !is_closed(action)) all = std::max(all, Fit::begun);
      }
      return all;
    };
    const bool came =
        wait_.until([&] { return state() != Fit::begun; }, end) && state() == Fit::whole;
    // A gap takes what else comes; and a difference is shown with all that belongs to it.
    if (!came || has_gap(now().expected.dte)) port_.wait_quiet(wait_, timing_.quiet);
    take(came);
    return came && transcript::is_expected(took_, now().expected);
  }

  Fit dte_fit() {
    const auto& pieces = now().expected.dte;
    if (has_gap(pieces)) return transcript::fit(port_.heard(), pieces);
    return transcript::fit(Bytes(port_.heard()).substr(0, length_of(pieces)), pieces);
  }
  Fit net_fit(int net, const std::string& bytes) {
    const auto connection = nets_.find(net);
    if (connection == nets_.end()) return Fit::begun;
    return transcript::fit(Bytes(connection->second->heard).substr(0, bytes.size()),
                           {{false, bytes}});
  }
  bool is_closed(const std::string& action) {
    const int number = std::stoi(action.substr(4));
    // An attempt that is given up is not seen from here.
    if (held_.contains(number)) return true;
    const auto net = nets_.find(number);
    return net != nets_.end() && net->second->ended();
  }

  // Moves what this step has brought into took_: what it expects, or all.
  void take(bool expected_alone) {
    const Expected& expected = now().expected;
    const std::size_t most =
        expected_alone && !has_gap(expected.dte) ? length_of(expected.dte) : std::string::npos;
    took_.dte = port_.heard().substr(0, most);
    port_.heard().erase(0, most);
    for (auto& [net, connection] : nets_) {
      const auto wanted = expected.net.find(net);
      const std::size_t bytes = expected_alone && wanted == expected.net.end() ? 0
                                : expected_alone ? wanted->second.size()
                                                 : std::string::npos;
      std::string heard = connection->heard.substr(0, bytes);
      connection->heard.erase(0, bytes);
      if (!heard.empty()) took_.net[net] = std::move(heard);
    }
    for (const std::string& action : expected.actions) {
      if (const auto connect = connection_of(action)) {
        // Whether it comes is seen where it is answered.
        expected_doors_[connect->net] = connect->door;
        took_.actions.push_back(action);
      } else if (is_closed(action)) {
        took_.actions.push_back(action);
        nets_.erase(std::stoi(action.substr(4)));
        held_.erase(std::stoi(action.substr(4)));
      }
    }
  }

  // Adds what came without being expected to what the step has brought.
  bool has_surplus() {
    bool any = !port_.heard().empty() || !server_.arrivals().empty();
    took_.dte += std::exchange(port_.heard(), "");
    for (const auto& arrival : server_.arrivals()) {
      took_.actions.push_back(fmt::format(
          "net ? connect {}", arrival.door < servers_.size() ? servers_[arrival.door] : "?"));
    }
    server_.arrivals().clear();
    for (auto& [net, connection] : nets_) {
      any = any || !connection->heard.empty() || connection->ended();
      took_.net[net] += std::exchange(connection->heard, "");
      if (took_.net[net].empty()) took_.net.erase(net);
      if (connection->ended()) took_.actions.push_back(fmt::format("net {} close", net));
    }
    return any;
  }

  std::string differs(std::size_t at, const Outcome& outcome) const {
    const Step& step = block_.steps[at];
    std::string text =
        fmt::format("{}:{}: after `{}` (- expected, + received)\n{}", block_.file, step.line,
                    step.text, transcript::difference(step.expected, outcome));
    if (!missing_.empty()) text += fmt::format("    - {}\n", missing_);
    return text;
  }

  CheckWait& wait_;
  CheckPort& port_;
  CheckServer& server_;
  const CheckTiming& timing_;
  const Block& block_;
  std::vector<std::string> servers_;
  std::size_t at_ = 0;
  // Where the transcript's clock stands. Its other steps take no time, ours do: so the modem's own
  // clocks were started at some moment between these two.
  Moment earliest_;
  Moment due_;
  bool time_passed_ = true;
  Outcome took_;  // what the last step has brought
  std::map<int, std::shared_ptr<CheckConnection>> nets_;
  std::map<int, std::size_t> expected_doors_;
  std::set<int> held_;            // attempts that get no answer yet
  bool attempt_is_held_ = false;  // one that this step brings
  std::string missing_;           // the connection that did not come
};

}  // namespace

CheckPlayer::CheckPlayer(CheckWait& wait, CheckPort& port, CheckServer& server,
                         const CheckTiming& timing, CheckStart start)
    : wait_(wait), port_(port), server_(server), timing_(timing), start_(std::move(start)) {}

void CheckPlayer::tidy() {
  if (std::exchange(half_typed_, false)) {
    // Whatever the half line answers is over when it is silent.
    port_.type("\r");
    port_.wait_quiet(wait_, timing_.quiet);
  }
  port_.command(wait_, "ATQ0V1E0", timing_.patience);
  for (int id = 0; id < start_.model->instance_count; ++id) {
    port_.command(wait_, fmt::format("AT+HTTPCLOSE={}", id), timing_.patience);
  }
  server_.close_all();
  port_.command(wait_, "ATZ", timing_.patience);
}

void CheckPlayer::restart() {
  port_.heard().clear();
  port_.type(start_.restart + "\r");
  std::size_t from = 0;
  // The lines of the boot text in turn, each as far as it is the same on every module.
  std::string_view lines = start_.model->base.boot_text;
  while (!lines.empty()) {
    std::string line(lines.substr(0, lines.find('\n')));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    line = line == "#" ? std::string(start_.model->name)
                       : line.substr(0, std::min(line.find_first_of("@%!~"), line.size()));
    const bool came =
        wait_.until([&] { return port_.heard().find("\r\n" + line, from) != std::string::npos; },
                    from_now(timing_.patience));
    if (!came) {
      throw CheckStopped(
          fmt::format("{} does not say {} after {}", port_.name(), line, start_.restart));
    }
    from = port_.heard().find("\r\n" + line, from) + line.size();
  }
  // Some models keep +CFUN without power.
  port_.command(wait_, "AT+CFUN=1", timing_.patience);
  if (!wait_registered(timing_.patience)) {
    throw CheckStopped(fmt::format("{} is not registered after {}", port_.name(), start_.restart));
  }
  port_.wait_quiet(wait_, timing_.quiet);
}

bool CheckPlayer::wait_registered(Millis time) {
  const Moment end = from_now(time);
  for (;;) {
    const std::string answer = port_.command(wait_, "AT+CEREG?", timing_.patience);
    const std::size_t comma = answer.find(',', answer.find("+CEREG:"));
    const bool registered = comma != std::string::npos && comma + 1 < answer.size() &&
                            (answer[comma + 1] == '1' || answer[comma + 1] == '5');
    if (registered) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    wait_.pass(std::min(end, from_now(timing_.quiet)));
  }
}

void CheckPlayer::prepare(const Block& block) {
  tidy();
  if (std::exchange(needs_restart_, false) && !start_.restart.empty()) {
    restart();
    tidy();
  }
  port_.command(wait_, block.settings.modem.variant.echo ? "ATQ0V1E1" : "ATQ0V1E0",
                timing_.patience);
  port_.heard().clear();
}

std::optional<std::string> CheckPlayer::play(const Block& block) {
  half_typed_ = true;
  needs_restart_ = true;
  auto difference = Playing(wait_, port_, server_, timing_, block).play();
  needs_restart_ = difference.has_value() || needs_restart(block);
  half_typed_ = difference.has_value() || ends_half_typed(block);
  return difference;
}

}  // namespace m531x::app
