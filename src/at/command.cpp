// SPDX-License-Identifier: Apache-2.0
#include "at/command.h"

namespace m531x::at {
namespace {

using mem::Reader;

constexpr int to_upper(int byte) { return byte >= 'a' && byte <= 'z' ? byte - 0x20 : byte; }
constexpr bool is_digit(int byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_letter(int byte) { return to_upper(byte) >= 'A' && to_upper(byte) <= 'Z'; }

// V.250 5.4.1: what each byte stands for in the name of an extended command, in upper case; 0 = it
// is no part of a name.
constexpr std::array<char, 128> kNameBytes = [] {
  std::array<char, 128> table{};
  for (const char c : Bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!%-./:_")) {
    table[static_cast<std::size_t>(c)] = c;
  }
  for (char c = 'a'; c <= 'z'; ++c) {
    table[static_cast<std::size_t>(c)] = static_cast<char>(c - 0x20);
  }
  return table;
}();
constexpr char name_byte(char byte) {
  const auto index = static_cast<unsigned char>(byte);
  return index < kNameBytes.size() ? kNameBytes[index] : '\0';
}
// `+` is the standard's; the others are makers' own.
constexpr bool starts_extended(int byte) {
  return byte == '+' || byte == '*' || byte == '^' || byte == '$' || byte == '#' || byte == '%';
}

}  // namespace

std::optional<std::uint32_t> Args::number(std::size_t i, std::uint32_t low,
                                          std::uint32_t high) const {
  if (i >= count_ || items_[i].quoted || items_[i].text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  Reader in(items_[i].text);
  while (!in.at_end()) {
    const int byte = in.get();
    if (!is_digit(byte)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(byte - '0');
    if (value > high) return std::nullopt;
  }
  if (value < low) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

bool Args::add(const Parameter& parameter) {
  if (count_ == items_.size()) return false;
  items_[count_++] = parameter;
  return true;
}

bool LineParser::next(Call& call) {
  call.args.clear();
  name_size_ = 0;
  name_hash_ = kEmptyHash;
  skip_spaces();
  while (in_.peek() == ';') {
    in_.get();
    skip_spaces();
  }
  const int first = in_.peek();
  if (first == Reader::kEnd) return false;
  call.form = starts_extended(first) ? extended(call.args) : basic(call.args);
  call.name = Bytes(name_.data(), name_size_);
  call.name_hash = name_hash_;
  return true;
}

// V.250 5.3.1: `<letter>[<number>]`, `&<letter>[<number>]`, `S<number>?`, `S<number>=[<number>]`.
Form LineParser::basic(Args& args) {
  if (in_.peek() == '&') add_to_name(in_.get());
  if (!is_letter(in_.peek())) return Form::malformed;
  const bool s_parameter = to_upper(in_.peek()) == 'S' && name_size_ == 0;
  add_to_name(in_.get());
  skip_spaces();
  Form form = Form::basic;
  if (s_parameter) {
    while (is_digit(in_.peek())) {
      if (!add_to_name(in_.get())) return Form::malformed;
    }
    skip_spaces();
    const int sign = in_.get();
    if (sign == '?') return Form::read;
    if (sign != '=') return Form::malformed;
    skip_spaces();
    form = Form::set;
  }
  Parameter number{in_.rest(), false};
  number.text.size = 0;
  while (is_digit(in_.peek())) {
    in_.get();
    ++number.text.size;
  }
  if (number.text.size > 0 && !args.add(number)) return Form::malformed;
  return form;
}

Form LineParser::extended(Args& args) {
  add_to_name(in_.get());
  if (!read_name()) return Form::malformed;
  if (in_.peek() == '?') {
    in_.get();
    skip_spaces();
    return at_separator() ? Form::read : Form::malformed;
  }
  if (in_.peek() != '=') return at_separator() ? Form::action : Form::malformed;
  in_.get();
  skip_spaces();
  Reader ahead = in_;
  if (ahead.get() == '?') {
    while (ahead.peek() == ' ') ahead.get();
    if (ahead.peek() == Reader::kEnd || ahead.peek() == ';') {
      in_ = ahead;
      return Form::test;
    }
  }
  return parameters(args) ? Form::set : Form::malformed;
}

bool LineParser::read_name() {
  std::size_t size = name_size_;
  std::uint32_t hash = name_hash_;
  bool ends = false;
  while (!ends && !in_.at_end()) {
    const Bytes run = in_.run();
    const char* at = run.data();
    for (; at != run.data() + run.size(); ++at) {
      const char upper = name_byte(*at);
      if (upper != '\0') {
        if (size == name_.size()) return false;
        name_[size++] = upper;
        hash = hash_step(hash, upper);
      } else if (*at != ' ') {
        ends = true;
        break;
      }
    }
    in_.skip(static_cast<std::size_t>(at - run.data()));
  }
  name_size_ = size;
  name_hash_ = hash;
  return true;
}

bool LineParser::parameters(Args& args) {
  while (true) {
    skip_spaces();
    if (!(in_.peek() == '"' ? quoted(args) : unquoted(args))) return false;
    if (in_.peek() != ',') return true;
    in_.get();
  }
}

// A string ends at a quote that `,`, `;` or the end of the line follows, and nowhere else.
bool LineParser::quoted(Args& args) {
  in_.get();
  Parameter string{in_.rest(), true};
  string.text.size = 0;
  while (!in_.at_end()) {
    const Bytes run = in_.run();
    const std::size_t plain = std::min(run.find('"'), run.size());
    in_.skip(plain);
    string.text.size += static_cast<std::uint32_t>(plain);
    if (plain == run.size()) continue;
    in_.get();
    Reader ahead = in_;
    while (ahead.peek() == ' ') ahead.get();
    if (ahead.at_end()) in_ = ahead;
    if (in_.peek() == ',' || at_separator()) return args.add(string);
    ++string.text.size;
  }
  return false;
}

bool LineParser::unquoted(Args& args) {
  Parameter value{in_.rest(), false};
  value.text.size = 0;
  std::uint32_t size = 0;
  while (in_.peek() != ',' && !at_separator()) {
    ++size;
    if (in_.get() != ' ') value.text.size = size;
  }
  return args.add(value);
}

bool LineParser::at_separator() { return in_.peek() == Reader::kEnd || in_.peek() == ';'; }

void LineParser::skip_spaces() {
  while (in_.peek() == ' ') in_.get();
}

bool LineParser::add_to_name(int byte) {
  if (name_size_ == name_.size()) return false;
  name_[name_size_++] = static_cast<char>(to_upper(byte));
  name_hash_ = hash_step(name_hash_, name_[name_size_ - 1]);
  return true;
}

}  // namespace m531x::at
