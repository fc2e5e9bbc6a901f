// SPDX-License-Identifier: Apache-2.0
// The modems of a journal, in no time but the journal's.
#pragma once

#include <map>
#include <memory>

#include "app/journal.h"
#include "port/block_memory.h"

namespace m531x::app {

// The first bytes, up to so many, of what a `..._sent` call would take from.
[[nodiscard]] std::string output_for(sim::Modem& modem, const sim::Call& call,
                                     std::size_t most = std::string::npos);

class JournalModems {
 public:
  static constexpr std::size_t kMaxOn = 10'000;

  // Throws UserError when there is not so much memory.
  explicit JournalModems(const RunSettings& settings);

  // Does what the entry says, as far as the modem goes along with it: what goes in is made to fit,
  // and what is taken from it is what it has. Returns the entry as it is with this modem.
  // Throws UserError when there is no such modem, one too many, or time runs back.
  Entry play(const Entry& entry);
  // Asks for a connection's output, which may write a request. False: that has changed nothing.
  bool ask(const Entry& entry);
  // Leaves no more bytes in what goes in than the modem takes now. It must be on.
  void fit(Entry& entry) const;
  // One that is on.
  [[nodiscard]] sim::Modem& at(unsigned number) const { return *modems_.at(number).modem; }

 private:
  struct Seat {
    std::unique_ptr<sim::Modem> modem;
    Millis last{0};
  };

  void switch_on(const Entry& entry);
  static Entry call(sim::Modem& modem, const Entry& entry);

  RunSettings settings_;
  port::BlockMemory memory_;
  BlockPool pool_;
  std::map<unsigned, Seat> modems_;
};

}  // namespace m531x::app
