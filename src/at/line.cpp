// SPDX-License-Identifier: Apache-2.0
#include "at/line.h"

#include <algorithm>
#include "mem/text.h"

namespace m531x::at {
namespace {

constexpr std::uint32_t kPrefixBytes = 2;  // AT

constexpr bool is_letter(char byte, char upper) { return (byte & ~0x20) == upper; }

}  // namespace

CommandLine::Taken CommandLine::take(Bytes& input, const LineCharacters& characters,
                                     std::uint32_t max_bytes) {
  if (after_terminator_ && !input.empty()) {
    after_terminator_ = false;
    if (input.front() == '\n') input.remove_prefix(1);
  }
  Bytes rest = input;
  Event event = Event::none;
  if (state_ == State::outside) event = step_outside(rest, characters);
  if (state_ == State::prefix && !rest.empty()) event = step_prefix(rest, characters);
  if (state_ >= State::body && !rest.empty()) event = step_body(rest, characters, max_bytes);
  const Bytes echo = mem::first(input, input.size() - rest.size());
  if (!echo.empty() && echo.back() == characters.terminator) after_terminator_ = true;
  input = rest;
  return {event, echo};
}

CommandLine::Event CommandLine::step_outside(Bytes& rest, const LineCharacters& characters) {
  for (std::size_t at = 0; at < rest.size(); ++at) {
    const char byte = rest[at];
    if (byte != characters.terminator && !is_letter(byte, 'A')) continue;
    rest.remove_prefix(at + 1);
    if (byte == characters.terminator) return Event::blank;
    state_ = State::prefix;
    return Event::none;
  }
  rest = {};
  return Event::none;
}

CommandLine::Event CommandLine::step_prefix(Bytes& rest, const LineCharacters& characters) {
  const char byte = rest.front();
  if (is_letter(byte, 'T')) {
    rest.remove_prefix(1);
    body_.rewind();
    lost_ = false;
    state_ = State::body;
    return Event::none;
  }
  if (byte == '/') {
    rest.remove_prefix(1);
    return end_line();
  }
  // Another A, or no prefix after all.
  state_ = State::outside;
  return step_outside(rest, characters);
}

CommandLine::Event CommandLine::step_body(Bytes& rest, const LineCharacters& characters,
                                          std::uint32_t max_bytes) {
  const std::size_t line_end = std::min(rest.find(characters.terminator), rest.size());
  const std::size_t run = std::min(mem::first(rest, line_end).find(characters.editing), line_end);
  if (state_ == State::body &&
      (kPrefixBytes + body_.size() + run > max_bytes || !body_.append(mem::first(rest, run)))) {
    state_ = State::swallowing;
    lost_ = true;
    body_.rewind();
  }
  if (run == rest.size()) {
    rest = {};
    return Event::none;
  }
  rest.remove_prefix(run + 1);
  if (run == line_end) return end_line();
  if (!body_.empty()) body_.truncate(body_.size() - 1);
  return Event::none;
}

CommandLine::Event CommandLine::end_line() {
  state_ = State::outside;
  return lost_ ? Event::lost : Event::complete;
}

}  // namespace m531x::at
