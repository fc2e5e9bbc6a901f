// SPDX-License-Identifier: Apache-2.0
// The DTE's side of V.250 5.2: collects a command line from bytes in any pieces.
#pragma once

#include "m531x/profile.h"
#include "mem/chain.h"

namespace m531x::at {

using m531x::LineCharacters;

class CommandLine {
 public:
  explicit CommandLine(BlockPool& pool) : body_(pool) {}

  enum class Event : std::uint8_t {
    none,      // no line has ended
    blank,     // a line without a command came to its end
    complete,  // body() is a line to execute; also for A/
    lost,      // a line came to its end that was too long, or for which there was no memory
  };
  struct Taken {
    Event event;
    Bytes echo;  // what of the input is to be echoed; lives as long as the input
  };
  // Reads on in `input`, to the end of a line at most, and takes what it read off the front: to be
  // called until nothing is left. A line has at most `max_bytes`, its prefix included and its
  // terminator not.
  Taken take(Bytes& input, const LineCharacters& characters, std::uint32_t max_bytes);

  // What followed AT. Valid until the next call of take that reads the prefix of another line.
  [[nodiscard]] mem::ChainView body() const { return body_.view(); }
  [[nodiscard]] bool partly_typed() const { return state_ != State::outside; }

 private:
  enum class State : std::uint8_t { outside, prefix, body, swallowing };

  Event find_prefix(Bytes& input, char terminator);
  Event collect(Bytes& input, const LineCharacters& characters, std::uint32_t max_bytes);
  Event end_line();

  mem::Chain body_;
  State state_ = State::outside;
  bool lost_ = false;  // the last line is not there to be repeated
  bool after_terminator_ = false;
};

}  // namespace m531x::at
