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
  if (state_ < State::body) event = find_prefix(rest, characters.terminator);
  if (state_ >= State::body && !rest.empty()) event = collect(rest, characters, max_bytes);
  const Bytes echo(input.data(), input.size() - rest.size());
  input = rest;
  return {event, echo};
}

CommandLine::Event CommandLine::find_prefix(Bytes& input, char terminator) {
  while (!input.empty()) {
    const char byte = input.front();
    input.remove_prefix(1);
    if (state_ == State::prefix && is_letter(byte, 'T')) {
      body_.rewind();
      lost_ = false;
      state_ = State::body;
      return Event::none;
    }
    if (state_ == State::prefix && byte == '/') return end_line();
    state_ = is_letter(byte, 'A') ? State::prefix : State::outside;
    if (byte == terminator) {
      state_ = State::outside;
      after_terminator_ = true;
      return Event::blank;
    }
  }
  return Event::none;
}

CommandLine::Event CommandLine::collect(Bytes& input, const LineCharacters& characters,
                                        std::uint32_t max_bytes) {
  const Bytes line = mem::first(input, input.find(characters.terminator));
  const Bytes run = mem::first(line, line.find(characters.editing));
  if (state_ == State::body &&
      (kPrefixBytes + body_.size() + run.size() > max_bytes || !body_.append(run))) {
    state_ = State::swallowing;
    lost_ = true;
    body_.rewind();
  }
  const bool ended = run.size() == line.size();
  input.remove_prefix(run.size());
  if (input.empty()) return Event::none;
  input.remove_prefix(1);
  if (ended) {
    after_terminator_ = true;
    return end_line();
  }
  if (!body_.empty()) body_.truncate(body_.size() - 1);
  return Event::none;
}

CommandLine::Event CommandLine::end_line() {
  state_ = State::outside;
  return lost_ ? Event::lost : Event::complete;
}

}  // namespace m531x::at
