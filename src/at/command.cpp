// SPDX-License-Identifier: Apache-2.0
#include "at/command.h"

namespace m531x::at {
namespace {

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return to_upper(c) >= 'A' && to_upper(c) <= 'Z'; }

// V.250 5.4.1: the characters of an extended command's name, each in upper case; 0 = none.
constexpr auto kNameBytes = [] {
  std::array<char, 256> table{};
  for (const char c :
       Bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!%-./:_")) {
    table[static_cast<unsigned char>(c)] = to_upper(c);
  }
  return table;
}();
constexpr char name_byte(char c) { return kNameBytes[static_cast<unsigned char>(c)]; }

// `+` is the standard's; these are makers' own.
constexpr bool starts_own_extended(char c) { return Bytes("*^$#%").find(c) != Bytes::npos; }

}  // namespace

std::optional<std::uint32_t> Args::number(std::size_t i, std::uint32_t low,
                                          std::uint32_t high) const {
  if (i >= count_ || items_[i].quoted || items_[i].size == 0) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : items_[i].text()) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > high) return std::nullopt;
  }
  if (value < low) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

bool LineParser::next(Call& call) {
  call.args.clear();
  name_size_ = 0;
  while (is_at(' ') || is_at(';')) ++at_;
  if (at_end()) return false;
  const bool is_extended = *at_ == '+' || starts_own_extended(*at_);
  call.form = is_extended ? extended(call.args) : basic(call.args);
  call.name = Bytes(name_.data(), name_size_);
  return true;
}

// V.250 5.3.1: `<letter>[<number>]`, `&<letter>[<number>]`, `S<number>?`, `S<number>=[<number>]`.
Form LineParser::basic(Args& args) {
  if (is_at('&')) add_to_name(*at_++);
  if (at_end() || !is_letter(*at_)) return Form::malformed;
  const bool s_parameter = to_upper(*at_) == 'S' && name_size_ == 0;
  add_to_name(*at_++);
  skip_spaces();
  Form form = Form::basic;
  if (s_parameter) {
    for (const char digit : digits()) {
      if (!add_to_name(digit)) return Form::malformed;
    }
    skip_spaces();
    if (is_at('?')) {
      ++at_;
      return Form::read;
    }
    if (!is_at('=')) return Form::malformed;
    ++at_;
    skip_spaces();
    form = Form::set;
  }
  const Bytes number = digits();
  if (!number.empty() && !args.add(number, false)) return Form::malformed;
  return form;
}

Bytes LineParser::digits() {
  const char* const begin = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

Form LineParser::extended(Args& args) {
  if (!add_to_name(*at_++) || !read_name()) return Form::malformed;
  if (is_at('?')) {
    ++at_;
    skip_spaces();
    return at_separator() ? Form::read : Form::malformed;
  }
  if (!is_at('=')) return at_separator() ? Form::action : Form::malformed;
  ++at_;
  skip_spaces();
  if (is_at('?')) {
    const char* ahead = at_ + 1;
    while (ahead != end_ && *ahead == ' ') ++ahead;
    if (ahead == end_ || *ahead == ';') {
      at_ = ahead;
      return Form::test;
    }
  }
  return parameters(args) ? Form::set : Form::malformed;
}

// Spaces in a name are ignored.
bool LineParser::read_name() {
  char* to = name_.data() + name_size_;
  const char* at = at_;
  do {
    const auto room = name_.data() + name_.size() - to;
    const char* const end = end_ - at > room ? at + room : end_;
    while (at != end && name_byte(*at) != '\0') *to++ = name_byte(*at++);
    if (at == end && end != end_ && name_byte(*at) != '\0') return false;
  } while (at != end_ && *at == ' ' && ++at != end_);
  at_ = at;
  name_size_ = static_cast<std::size_t>(to - name_.data());
  return true;
}

bool LineParser::parameters(Args& args) {
  while (true) {
    skip_spaces();
    if (!(is_at('"') ? quoted(args) : unquoted(args))) return false;
    if (!is_at(',')) return true;
    ++at_;
  }
}

// A string ends at a quote that `,`, `;` or the end of the line follows, and nowhere else.
bool LineParser::quoted(Args& args) {
  const char* const begin = ++at_;
  while (true) {
    const std::size_t quote = Bytes(at_, left()).find('"');
    if (quote == Bytes::npos) return false;
    at_ += quote + 1;
    if (is_at(',') || at_separator()) {
      return args.add(Bytes(begin, static_cast<std::size_t>(at_ - 1 - begin)), true);
    }
  }
}

bool LineParser::unquoted(Args& args) {
  const char* const begin = at_;
  while (!is_at(',') && !at_separator()) ++at_;
  const char* end = at_;
  while (end != begin && end[-1] == ' ') --end;
  return args.add(Bytes(begin, static_cast<std::size_t>(end - begin)), false);
}

bool LineParser::add_to_name(char byte) {
  if (name_size_ == name_.size()) return false;
  const char upper = to_upper(byte);
  name_[name_size_++] = upper;
  return true;
}

}  // namespace m531x::at
