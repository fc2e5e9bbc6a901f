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

bool Args::add_string(Bytes text) {
  if (count_ == items_.size()) return false;
  items_[count_++] = {text.data(), static_cast<std::uint32_t>(text.size()), true, false, 0};
  return true;
}

bool Args::add_value(Bytes text) {
  if (count_ == items_.size()) return false;
  bool is_number = !text.empty();
  std::uint64_t value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<unsigned char>(c - '0');
    is_number = is_number && is_digit(c) && value <= UINT32_MAX;
    if (!is_number) break;
  }
  items_[count_++] = {text.data(), static_cast<std::uint32_t>(text.size()), false, is_number,
                      static_cast<std::uint32_t>(value)};
  return true;
}

bool LineParser::next(Call& call) {
  while (is_at(' ') || is_at(';')) ++at_;
  if (at_end()) return false;
  call.args.clear();
  call.name = Name();
  const bool is_extended = *at_ == '+' || starts_own_extended(*at_);
  call.form = is_extended ? extended(call) : basic(call);
  return true;
}

// V.250 5.3.1: `<letter>[<number>]`, `&<letter>[<number>]`, `S<number>?`, `S<number>=[<number>]`.
Form LineParser::basic(Call& call) {
  char* name = call.name.data();
  if (is_at('&')) *name++ = *at_++;
  if (at_end() || !is_letter(*at_)) return Form::malformed;
  *name++ = to_upper(*at_++);
  skip_spaces();
  Form form = Form::basic;
  if (call.name == "S") {
    const Bytes number = digits();
    if (number.size() >= Name::kCapacity) return Form::malformed;
    std::ranges::copy(number, name);
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
  if (!number.empty() && !call.args.add_value(number)) return Form::malformed;
  return form;
}

Bytes LineParser::digits() {
  const char* const begin = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

Form LineParser::extended(Call& call) {
  if (!read_name(call.name)) return Form::malformed;
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
  return parameters(call.args) ? Form::set : Form::malformed;
}

// Spaces in a name are ignored. A name that is too long is nobody's.
bool LineParser::read_name(Name& name) {
  char* to = name.data();
  char* const full = to + Name::kCapacity;
  *to++ = *at_++;
  while (true) {
    while (at_ != end_ && to != full && name_byte(*at_) != '\0') *to++ = name_byte(*at_++);
    if (!is_at(' ')) break;
    ++at_;
  }
  if (at_end() || name_byte(*at_) == '\0') return true;
  name = Name();
  return false;
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
      return args.add_string({begin, static_cast<std::size_t>(at_ - 1 - begin)});
    }
  }
}

bool LineParser::unquoted(Args& args) {
  const char* const begin = at_;
  while (at_ != end_ && *at_ != ',' && *at_ != ';') ++at_;
  const char* end = at_;
  while (end != begin && end[-1] == ' ') --end;
  return args.add_value({begin, static_cast<std::size_t>(end - begin)});
}

}  // namespace m531x::at
