// SPDX-License-Identifier: Apache-2.0
#include "at/command.h"

#include <bit>
#include <cstring>

#include "m531x/ascii.h"
#include "mem/words.h"

namespace m531x::at {
namespace {

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

// Copies the letters at the front of eight bytes, in upper case, and NULs behind them; how many.
std::size_t copy_letters(const char* from, char* to) {
  using mem::kEachByte;
  const mem::Word bytes = mem::load_word(from);
  const mem::Word upper = bytes & ~((bytes & kEachByte * 0x40) >> 1);
  // Of seven bits, a sum reaches the top from its letter on.
  const mem::Word ascii = upper & ~mem::kTopBits;
  const mem::Word from_a = ascii + kEachByte * (0x80 - 'A');
  const mem::Word beyond_z = ascii + kEachByte * (0x7f - 'Z');
  const mem::Word others = ~(from_a & ~beyond_z & ~bytes) & mem::kTopBits;
  const mem::Word letters = upper & (((others & (0 - others)) >> 7) - 1);
  std::memcpy(to, &letters, sizeof letters);
  return static_cast<std::size_t>(std::countr_zero(others)) / 8;
}

// Steps over the decimal number at the front, as long as 32 bits hold it.
std::uint32_t take_number(const char*& at, const char* end) {
  std::uint64_t value = 0;
  for (unsigned digit = 0;
       at != end && (digit = static_cast<unsigned char>(*at) - unsigned{'0'}) < 10; ++at) {
    const std::uint64_t longer = value * 10 + digit;
    if (longer > UINT32_MAX) break;
    value = longer;
  }
  return static_cast<std::uint32_t>(value);
}

// `+` is the standard's; these are makers' own.
constexpr bool starts_own_extended(char c) { return Bytes("*^$#%").find(c) != Bytes::npos; }

}  // namespace

bool Args::add_string(Bytes text) {
  return add({.data = text.data(),
              .size = static_cast<std::uint32_t>(text.size()),
              .number = 0,
              .is_number = false,
              .quoted = true});
}

bool Args::add_value(Bytes text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const std::uint32_t number = take_number(at, end);
  return add({.data = text.data(),
              .size = static_cast<std::uint32_t>(text.size()),
              .number = number,
              .is_number = !text.empty() && at == end,
              .quoted = false});
}

bool LineParser::next(Call& call) {
  while (!at_end() && (*at_ == ' ' || *at_ == ';')) ++at_;
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
  if (!is_at('=')) {
    const bool reads = is_at('?');
    if (reads) ++at_;
    skip_spaces();
    if (!at_separator()) return Form::malformed;
    return reads ? Form::read : Form::action;
  }
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
  const char* at = at_;
  *to++ = *at++;
  // A machine with smaller words has them byte by byte.
  constexpr bool kHasWords = std::endian::native == std::endian::little && sizeof(std::size_t) == 8;
  if constexpr (kHasWords) {
    if (left() > sizeof(std::uint64_t)) {
      const std::size_t count = copy_letters(at, to);
      to += count;
      at += count;
    }
  }
  while (true) {
    const auto room = name.data() + Name::kCapacity - to;
    const char* const end = end_ - at > room ? at + room : end_;
    for (char byte = 0; at != end && (byte = name_byte(*at)) != '\0'; ++at) *to++ = byte;
    if (at == end_ || *at != ' ') break;
    ++at;
  }
  at_ = at;
  if (at_end() || name_byte(*at_) == '\0') return true;
  name = Name();
  return false;
}

bool LineParser::parameters(Args& args) {
  while (true) {
    if (!(is_at('"') ? quoted(args) : unquoted(args))) return false;
    if (!is_at(',')) return true;
    ++at_;
    skip_spaces();
  }
}

// A string ends at a quote that `,`, `;` or the end of the line follows, and nowhere else.
bool LineParser::quoted(Args& args) {
  const char* const begin = ++at_;
  while (true) {
    const std::size_t quote = Bytes(at_, left()).find('"');
    if (quote == Bytes::npos) return false;
    at_ += quote + 1;
    if (at_end_of_parameter()) {
      return args.add_string({begin, static_cast<std::size_t>(at_ - 1 - begin)});
    }
  }
}

bool LineParser::unquoted(Args& args) {
  const char* const begin = at_;
  const std::uint32_t number = take_number(at_, end_);
  if (at_ != begin && at_end_of_parameter()) {
    return args.add({.data = begin,
                     .size = static_cast<std::uint32_t>(at_ - begin),
                     .number = number,
                     .is_number = true,
                     .quoted = false});
  }
  while (!at_end_of_parameter()) ++at_;
  const char* end = at_;
  while (end != begin && end[-1] == ' ') --end;
  return args.add_value({begin, static_cast<std::size_t>(end - begin)});
}

}  // namespace m531x::at
