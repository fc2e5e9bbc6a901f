// SPDX-License-Identifier: Apache-2.0
// The AT line: at::CommandLine and at::LineParser against the plainest model of the same rules
// (V.250 5.2-5.4), at several splits of the input.
// Input: the longest line, the line's characters, a seed for the splits, then what the host types.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "at/command.h"
#include "at/line.h"
#include "fuzz/fuzz.h"

namespace m531x::fuzz {
namespace {

using at::CommandLine;
using at::Form;
using Event = CommandLine::Event;

constexpr std::size_t kBlockCount = 40;

constexpr auto kCharacters = std::to_array<LineCharacters>({
    {},
    {.terminator = '|', .formatting = '\n', .editing = '\x7f'},
    {.terminator = '\n', .formatting = '\r', .editing = '\b'},
    {.terminator = '\r', .formatting = '\n', .editing = 'x'},
});

struct Line {
  Event event;
  std::string body;
  bool operator==(const Line&) const = default;
};

struct Seen {
  std::vector<Line> lines;
  std::string echo;
  bool partly_typed = false;
  bool operator==(const Seen&) const = default;
};

struct Host {
  Bytes types;
  LineCharacters characters;
  std::uint32_t max_bytes;
};

Seen read(const Host& host, Cuts cuts) {
  Pool memory(kBlockCount);
  CommandLine line(memory.pool);
  Seen seen;
  for (Bytes rest = host.types; !rest.empty();) {
    const Exact exact(cuts.take(rest));
    Bytes piece = exact.bytes();
    while (!piece.empty()) {
      const std::size_t left = piece.size();
      const auto taken = line.take(piece, host.characters, host.max_bytes);
      expect(piece.size() < left, "the line takes something of its input");
      seen.echo.append(taken.echo);
      if (taken.event == Event::none) continue;
      const bool is_whole = taken.event == Event::complete;
      seen.lines.push_back({taken.event, is_whole ? text_of(line.body()) : ""});
      expect(!is_whole || line.body().size + 2 <= std::max(host.max_bytes, 2U),
             "a line is not longer than the longest");
    }
  }
  seen.partly_typed = line.partly_typed();
  return seen;
}

// The same rules, byte by byte.
class Model {
 public:
  explicit Model(const Host& host) : host_(host) {
    for (const char byte : host.types) take(byte);
    seen.partly_typed = state_ != State::outside;
  }
  Seen seen;

 private:
  enum class State : std::uint8_t { outside, prefix, body };

  void take(char byte) {
    if (std::exchange(after_terminator_, false) && byte == '\n') return;
    seen.echo += byte;
    if (state_ == State::body) {
      take_body(byte);
    } else if (state_ == State::prefix && (byte == 'T' || byte == 't')) {
      body_.clear();
      lost_ = false;
      state_ = State::body;
      lost_ = host_.max_bytes < 2;
    } else if (state_ == State::prefix && byte == '/') {
      end();
    } else if (byte == host_.characters.terminator) {
      state_ = State::outside;
      after_terminator_ = true;
      seen.lines.push_back({Event::blank, ""});
    } else {
      state_ = byte == 'A' || byte == 'a' ? State::prefix : State::outside;
    }
  }

  void take_body(char byte) {
    if (byte == host_.characters.terminator) {
      after_terminator_ = true;
      end();
    } else if (byte == host_.characters.editing) {
      if (!body_.empty()) body_.pop_back();
    } else {
      body_ += byte;
      lost_ = lost_ || body_.size() + 2 > host_.max_bytes;
    }
  }

  void end() {
    state_ = State::outside;
    seen.lines.push_back(lost_ ? Line{Event::lost, ""} : Line{Event::complete, body_});
  }

  const Host& host_;
  State state_ = State::outside;
  std::string body_;
  bool lost_ = false;
  bool after_terminator_ = false;
};

// A command as the plainest reading of V.250 5.3 and 5.4 has it.
struct Parameter {
  std::string text;
  bool quoted;
};
struct Command {
  std::string name;
  Form form = Form::malformed;
  std::vector<Parameter> parameters;
};

constexpr Bytes kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr Bytes kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr Bytes kDigits = "0123456789";

char upper(char c) {
  const std::size_t at = kLower.find(c);
  return at == Bytes::npos ? c : kUpper[at];
}
bool letter(char c) { return kUpper.find(upper(c)) != Bytes::npos; }
bool digit(char c) { return kDigits.find(c) != Bytes::npos; }

class Reading {
 public:
  explicit Reading(Bytes body) : rest_(body) {
    while (rest_.ends_with(' ')) rest_.remove_suffix(1);
  }

  std::optional<Command> next() {
    while (front() == ' ' || front() == ';') rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    Command command;
    command.form =
        Bytes("+*^$#%").find(rest_.front()) == Bytes::npos ? basic(command) : extended(command);
    return command;
  }

 private:
  // A byte that means nothing in a command stands for the end.
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool at_separator() const { return rest_.empty() || rest_.front() == ';'; }
  void skip_spaces() {
    while (front() == ' ') rest_.remove_prefix(1);
  }
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string digits() {
    std::string text;
    while (!rest_.empty() && digit(rest_.front())) {
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }

  Form basic(Command& command) {
    if (skip('&')) command.name += '&';
    if (rest_.empty() || !letter(rest_.front())) return Form::malformed;
    command.name += upper(rest_.front());
    rest_.remove_prefix(1);
    skip_spaces();
    Form form = Form::basic;
    if (command.name == "S") {
      command.name += digits();
      if (command.name.size() > at::Name::kCapacity) return Form::malformed;
      skip_spaces();
      if (skip('?')) return Form::read;
      if (!skip('=')) return Form::malformed;
      skip_spaces();
      form = Form::set;
    }
    const std::string number = digits();
    if (!number.empty()) command.parameters.push_back({number, false});
    return form;
  }

  Form extended(Command& command) {
    command.name = rest_.front();
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c != ' ' && !letter(c) && !digit(c) && Bytes("!%-./:_").find(c) == Bytes::npos) break;
      if (c != ' ') command.name += upper(c);
      rest_.remove_prefix(1);
    }
    if (command.name.size() > at::Name::kCapacity) return Form::malformed;
    if (skip('?')) {
      skip_spaces();
      return at_separator() ? Form::read : Form::malformed;
    }
    if (!skip('=')) return at_separator() ? Form::action : Form::malformed;
    skip_spaces();
    const Bytes ahead = rest_;
    if (skip('?')) {
      skip_spaces();
      if (at_separator()) return Form::test;
      rest_ = ahead;
    }
    do {
      skip_spaces();
      if (!parameter(command) || command.parameters.size() > at::kMaxParameters) {
        return Form::malformed;
      }
    } while (skip(','));
    return Form::set;
  }

  bool parameter(Command& command) {
    std::string text;
    if (!skip('"')) {
      for (; !at_separator() && rest_.front() != ','; rest_.remove_prefix(1)) text += rest_.front();
      while (text.ends_with(' ')) text.pop_back();
      command.parameters.push_back({text, false});
      return true;
    }
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"' && (at_separator() || rest_.front() == ',')) {
        command.parameters.push_back({text, true});
        return true;
      }
      text += c;
    }
    return false;
  }

  Bytes rest_;
};

void compare(const at::Parameter& got, const Parameter& want, Bytes body) {
  expect(got.text() == want.text && got.quoted == want.quoted, "a parameter is the model's");
  const bool lies_in_it =
      got.data >= body.data() && got.data + got.size <= body.data() + body.size();
  expect(lies_in_it, "a parameter lies in its line");
  const std::size_t zeros = std::min(want.text.find_first_not_of('0'), want.text.size());
  const std::string value = want.text.substr(zeros);
  const bool is_number = !want.quoted && !want.text.empty() &&
                         std::ranges::all_of(want.text, digit) && value.size() <= 10 &&
                         (value.size() < 10 || value <= "4294967295");
  expect(got.is_number == is_number, "a number is an unquoted decimal of 32 bits");
  expect(!is_number || got.number == std::strtoul(want.text.c_str(), nullptr, 10),
         "a number has its value");
}

// Up to the first command that is malformed: the line ends there.
void compare_commands(const std::string& line) {
  const Exact exact(line);
  at::LineParser parser(exact.bytes());
  Reading model(line);
  at::Call call;
  while (true) {
    const std::size_t left = parser.left();
    const bool is_there = parser.next(call);
    const std::optional<Command> want = model.next();
    expect(is_there == want.has_value(), "there are as many commands as the model has");
    if (!want) break;
    expect(call.form == want->form, "the form is the model's");
    if (call.form == Form::malformed) return;
    expect(parser.left() < left, "a command takes something of its line");
    expect(call.name.view() == want->name, "the name is the model's");
    expect(call.args.size() == want->parameters.size(), "there are as many parameters");
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      compare(call.args[i], want->parameters[i], exact.bytes());
    }
  }
  expect(parser.at_end(), "the line has been read to its end");
}

void check(Source source) {
  Host host{};
  host.max_bytes = source.byte();
  if (host.max_bytes == 255) host.max_bytes = 40'000;
  host.characters = kCharacters[source.byte() % kCharacters.size()];
  const std::uint32_t seed = source.byte();
  host.types = source.rest();

  const Seen model = Model(host).seen;
  expect(read(host, Cuts::of(kWhole)) == model, "in one piece it is what the model says");
  expect(read(host, Cuts::of(1)) == model, "byte by byte it is the same");
  expect(read(host, Cuts::random(seed)) == model, "in any pieces it is the same");
  for (const auto& line : model.lines) {
    if (line.event == Event::complete) compare_commands(line.body);
  }
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size));
  return 0;
}
