// SPDX-License-Identifier: Apache-2.0
// Every row of the command table, in every form a host can type it, in every state that an instance
// can be in, on every model, with each way to tell of an error. What must come is computed from the
// row's forms, from its example and from the rules of the HTTP commands below, not from the engine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "modem/engine.h"
#include "tests/matrix/examples.h"
#include "tests/matrix/stage.h"

namespace m531x::matrix {
namespace {

using at::Form;
using modem::CommandRow;

constexpr int kOk = 0;
constexpr int kNotAllowed = 3;
constexpr int kNotSupported = 4;
constexpr int kWrongParameters = 50;

// What a right line of an HTTP command leads to, by state. The instance of `closing` is gone.
struct HttpRules {
  std::string_view name;
  std::array<int, kStates.size()> result;
};
constexpr int kNo = kNotAllowed;
constexpr auto kHttpRules = std::to_array<HttpRules>({
    //                none idle connecting sending receiving closing ended
    {"+HTTPCFG", {kNo, kOk, kNo, kNo, kNo, kNo, kOk}},
    {"+HTTPCLOSE", {kNo, kOk, kOk, kOk, kOk, kNo, kOk}},
    {"+HTTPCONTENT", {kNo, kOk, kNo, kOk, kOk, kNo, kOk}},
    {"+HTTPCREATE", {kOk, kOk, kOk, kOk, kOk, kOk, kOk}},
    {"+HTTPHEADER", {kNo, kOk, kNo, kOk, kOk, kNo, kOk}},
    {"+HTTPSEND", {kNo, kOk, kNo, kNo, kNo, kNo, kOk}},
});

// One line to type, and what must come of it.
struct Line {
  std::string text;
  Outcome outcome = Outcome::ok;
  int result = kOk;
  bool changes_nothing = true;
  // The whole answer, where the rules of framing do not tell it.
  std::string exact = {};  // NOLINT(readability-redundant-member-init): GCC warns without it
  int or_else = kOk;       // another failure that is as good, where two things are wrong
  bool is_plain_error = false;
};

const Example* example_of(const CommandRow& row, const Model& model) {
  const auto it = std::ranges::find_if(kExamples, [&](const Example& example) {
    return example.name == row.name.view() && (example.sets & model.command_sets) != 0;
  });
  return it == kExamples.end() ? nullptr : &*it;
}

int http_result(std::string_view name, State state) {
  const auto* const rules = std::ranges::find(kHttpRules, name, &HttpRules::name);
  if (rules == kHttpRules.end()) {
    ADD_FAILURE() << name << ": write into kHttpRules what it leads to in each state";
    return kOk;
  }
  return rules->result[static_cast<std::size_t>(state)];
}

// A line that the row has: what it leads to is the example's word.
Line right(const CommandRow& row, std::string text, Outcome outcome, State state) {
  if (outcome == Outcome::refused) return {.text = std::move(text), .result = kNotAllowed};
  if (outcome != Outcome::by_state) {
    return {.text = std::move(text), .outcome = outcome, .changes_nothing = false};
  }
  const int result = http_result(row.name.view(), state);
  return {.text = std::move(text), .result = result, .changes_nothing = result != kOk};
}

Line wrong(std::string text, int result, int or_else = kOk) {
  return {.text = std::move(text), .result = result, .or_else = or_else};
}

// `E`, `&F`: with and without a number; as if they were extended commands.
std::vector<Line> basic_lines(const std::string& name, const Example& example) {
  const std::string number(example.number);
  Line then_noise = wrong("AT" + name + number + "?", kNotSupported);
  then_noise.changes_nothing = false;  // what stands before the noise has happened
  then_noise.is_plain_error = example.restores_profile;
  return {
      {.text = "AT" + name + number, .changes_nothing = false},
      {.text = "AT" + name, .changes_nothing = false, .exact = std::string(example.bare_answer)},
      wrong("AT" + name + std::string(example.bad_number), kWrongParameters),
      wrong("AT" + name + "4294967296", kWrongParameters),
      std::move(then_noise),
  };
}

// `S3`: one that is neither read nor set is no command of V.250 5.3.2.
std::vector<Line> s_lines(const std::string& name, const Example& example) {
  return {
      {.text = "AT" + name + "?"},
      {.text = "AT" + name + "=" + std::string(example.set), .changes_nothing = false},
      wrong("AT" + name + "=128", kWrongParameters),
      wrong("AT" + name, kWrongParameters),
  };
}

std::vector<Line> extended_lines(const CommandRow& row, const Example& example, State state) {
  const std::string name = "AT" + std::string(row.name);
  const bool sets = at::has(row.forms, Form::set);
  const bool acts = at::has(row.forms, Form::action);
  const bool reads = at::has(row.forms, Form::read);
  const int if_right = right(row, "", example.of_set, state).result;
  Line action = acts ? right(row, name, example.of_action, state) : wrong(name, kNotSupported);
  if (acts) action.exact = example.bare_answer;
  std::vector<Line> lines = {
      {.text = name + "=?"},
      {.text = name + " = ? "},
      std::move(action),
      reads ? Line{.text = name + "?"} : wrong(name + "?", kNotSupported),
      wrong(name + "?1", kWrongParameters),
      wrong(name + "=,\"", kWrongParameters),
      wrong(name + "=\"a\"b", kWrongParameters),
      wrong(name + "8", kNotSupported),
  };
  if (!sets) {
    lines.push_back(wrong(name + "=0", kNotSupported));
    lines.push_back(wrong(name + "=", kNotSupported));
    return lines;
  }
  const std::string set(example.set);
  lines.push_back(right(row, name + "=" + set, example.of_set, state));
  lines.push_back(wrong(name + "=" + set + ",1", kWrongParameters, if_right));
  lines.push_back(wrong(name + "=" + set + ",", kWrongParameters, if_right));
  lines.push_back(example.of_empty_set == Outcome::by_state
                      ? wrong(name + "=", kWrongParameters)
                      : right(row, name + "=", example.of_empty_set, state));
  return lines;
}

// Each line that the cell types for this row.
std::vector<Line> lines_of(const CommandRow& row, const Example& example, State state) {
  const std::string name(row.name);
  if (at::has(row.forms, Form::basic)) return basic_lines(name, example);
  if (name[0] == 'S') return s_lines(name, example);
  return extended_lines(row, example, state);
}

// What a model that does not have the command says to each form.
std::vector<Line> foreign_lines(const CommandRow& row) {
  const std::string name = "AT" + std::string(row.name);
  std::vector<Line> lines;
  for (const char* const rest : {"", "?", "=?", "=", "=1", "=,\"", "?1"}) {
    lines.push_back(wrong(name + rest, kNotSupported));
  }
  return lines;
}

struct Answer {
  std::vector<std::string> information;
  std::string result;
};

bool is_result(std::string_view text) {
  return text == "OK" || text == "ERROR" || text.starts_with("+CME ERROR:");
}

// V.250 5.7.1: texts, each between CR LF and CR LF and perhaps of several lines, of which the last
// is a result code and no other one is. Without a result: it is not framed so.
Answer parse(std::string_view heard) {
  Answer answer;
  while (!heard.empty()) {
    const bool opens = heard.starts_with("\r\n");
    if (opens) heard.remove_prefix(2);
    const std::size_t end = heard.find("\r\n");
    if (end == 0 || end == std::string_view::npos || !answer.result.empty()) return {};
    if (!opens && answer.information.empty()) return {};
    const std::string text(heard.substr(0, end));
    heard.remove_prefix(end + 2);
    if (!is_result(text)) {
      answer.information.push_back(text);
    } else if (opens) {
      answer.result = text;
    } else {
      return {};
    }
  }
  return answer;
}

std::string result_text(const Model& model, unsigned cmee, int result) {
  if (result == kOk) return "OK";
  if (cmee == 0) return "ERROR";
  const std::string begin = model.variant.space_after_colon ? "+CME ERROR: " : "+CME ERROR:";
  if (cmee == 1) return begin + std::to_string(result);
  return begin + (result == kNotAllowed     ? "operation not allowed"
                  : result == kNotSupported ? "operation not supported"
                                            : "Incorrect parameters");
}

// One cell of the matrix.
class Cell {
 public:
  Cell(const Model& model, State state, unsigned cmee, const Line& line)
      : model_(model), state_(state), cmee_(cmee), line_(line), stage_(model, state, cmee) {}

  // `untouched` is Stage::everything() of the state after an AT.
  void check(const std::string& untouched) {
    const std::uint32_t restarts = stage_.status().counters.restarts;
    std::string heard = stage_.type(line_.text);
    if (line_.outcome == Outcome::restarts || line_.outcome == Outcome::powers_off) {
      EXPECT_TRUE(heard.starts_with(line_.exact)) << heard;
      return line_.outcome == Outcome::restarts ? check_restart(restarts) : check_power_off();
    }
    take_report(heard);
    check_answer(heard);
    if (line_.changes_nothing) {
      EXPECT_EQ(stage_.everything(), untouched) << "it changed something";
    } else if (is_close()) {
      EXPECT_EQ(stage_.go_on(), "") << "a report came after HTTPCLOSE's OK";
    }
  }

 private:
  [[nodiscard]] bool is_close() const {
    return line_.text.starts_with("AT+HTTPCLOSE=") && !line_.changes_nothing;
  }

  // The report that waited comes behind the answer, unless its instance has just been closed.
  void take_report(std::string& heard) {
    const std::string report = is_close() ? "" : stage_.waiting_report();
    ASSERT_TRUE(heard.ends_with(report)) << "the waiting report does not come behind the answer";
    heard.resize(heard.size() - report.size());
  }

  void check_answer(const std::string& heard) {
    if (!line_.exact.empty()) {
      EXPECT_EQ(heard, line_.exact);
      return;
    }
    const Answer answer = parse(heard);
    ASSERT_FALSE(answer.result.empty()) << "not one result code, framed";
    const unsigned cmee = line_.is_plain_error ? 0 : cmee_;
    if (line_.or_else == kOk || answer.result != result_text(model_, cmee, line_.or_else)) {
      EXPECT_EQ(answer.result, result_text(model_, cmee, line_.result));
    }
    if (line_.result != kOk && line_.changes_nothing) {
      EXPECT_TRUE(answer.information.empty());
    }
  }

  void check_restart(std::uint32_t restarts) {
    stage_.wait(Millis(60'000));
    const Status status = stage_.status();
    EXPECT_EQ(status.power, Power::on);
    EXPECT_EQ(status.counters.restarts, restarts + 1);
    for (const InstanceState state : status.instances) EXPECT_EQ(state, InstanceState::none);
    stage_.type("ATE0");
    EXPECT_EQ(stage_.type("AT"), "\r\nOK\r\n");
  }

  void check_power_off() {
    EXPECT_EQ(stage_.status().power, Power::off);
    EXPECT_EQ(stage_.type("AT"), "");
    stage_.modem().reset(ResetCause::pin, stage_.now());
    stage_.wait(Millis(60'000));
    stage_.type("ATE0");
    EXPECT_EQ(stage_.type("AT"), "\r\nOK\r\n");
  }

  const Model& model_;
  State state_;
  unsigned cmee_;
  const Line& line_;
  Stage stage_;
};

std::string untouched(const Model& model, State state, unsigned cmee) {
  Stage stage(model, state, cmee);
  stage.type("AT");
  return stage.everything();
}

class CommandMatrix : public ::testing::TestWithParam<const Model*> {};

TEST_P(CommandMatrix, EveryFormInEveryState) {
  const Model& model = *GetParam();
  std::size_t cells = 0;
  for (const State state : kStates) {
    for (const unsigned cmee : {0U, 1U, 2U}) {
      const std::string before = untouched(model, state, cmee);
      for (const CommandRow& row : modem::commands()) {
        const bool has = (row.sets & model.command_sets) != 0;
        const Example* const example = has ? example_of(row, model) : nullptr;
        if (has && example == nullptr) continue;  // EveryRowHasAnExample says what to do
        for (const Line& line : has ? lines_of(row, *example, state) : foreign_lines(row)) {
          SCOPED_TRACE(std::string(model.name) + ", " + std::string(name_of(state)) + ", CMEE " +
                       std::to_string(cmee) + ": " + line.text);
          Cell(model, state, cmee, line).check(before);
          ++cells;
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  RecordProperty("cells", static_cast<int>(cells));
  std::printf("%s: %zu cells\n", std::string(model.name).c_str(), cells);
}

INSTANTIATE_TEST_SUITE_P(Models, CommandMatrix,
                         ::testing::Values(find_model("M5310-A"), find_model("M5311"),
                                           find_model("M5312"), find_model("M5313")),
                         [](const auto& model) {
                           std::string name(model.param->name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(CommandMatrixTable, EveryRowHasAnExample) {
  for (const CommandRow& row : modem::commands()) {
    const std::string name(row.name);
    for (const Model& model : models()) {
      if ((row.sets & model.command_sets) == 0) continue;
      const Example* const example = example_of(row, model);
      ASSERT_NE(example, nullptr)
          << name << " has no example for the " << model.name
          << ": add a row to kExamples in tests/matrix/examples.h with parameters that are right";
      if (at::has(row.forms, Form::set)) {
        EXPECT_FALSE(example->set.empty()) << name << " is a set command: its example needs .set";
      }
      if (at::has(row.forms, Form::basic)) {
        EXPECT_FALSE(example->number.empty() || example->bad_number.empty())
            << name << " is a basic command: its example needs .number and .bad_number";
      }
    }
  }
}

// A stage that did not get into its state would prove nothing of it.
TEST(CommandMatrixTable, EveryStageIsInItsState) {
  struct Case {
    State state;
    InstanceState instance;
    std::string_view then;  // in what still comes
  };
  constexpr auto kCases = std::to_array<Case>({
      {State::none, InstanceState::none, ""},
      {State::idle, InstanceState::idle, ""},
      {State::connecting, InstanceState::connecting, "CONNECT OK"},
      {State::sending, InstanceState::responding, "+HTTPNMIH:0,0,0"},
      {State::receiving, InstanceState::responding, "\r\nfull\r\n"},
      {State::closing, InstanceState::none, ""},
      {State::ended, InstanceState::idle, ""},
  });
  static_assert(kCases.size() == kStates.size());
  for (const Model& model : models()) {
    for (const Case& c : kCases) {
      SCOPED_TRACE(name_of(c.state));
      Stage stage(model, c.state, 0);
      const std::string heard = stage.type("AT");
      EXPECT_EQ(heard, "\r\nOK\r\n" + stage.waiting_report());
      EXPECT_EQ(stage.waiting_report().empty(), c.state != State::ended);
      EXPECT_EQ(stage.status().instances[0], c.instance);
      const std::string then = stage.go_on();
      EXPECT_NE(then.find(c.then), std::string::npos) << then;
      EXPECT_EQ(then.empty(), c.then.empty()) << then;
    }
  }
}

TEST(CommandMatrixTable, EveryExampleIsOfARow) {
  for (const Example& example : kExamples) {
    const CommandRow* const row = modem::find_command(at::Name(example.name));
    EXPECT_NE(row, nullptr) << example.name << ": no row of the command table has this name";
  }
}

}  // namespace
}  // namespace m531x::matrix
