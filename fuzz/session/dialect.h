// SPDX-License-Identifier: Apache-2.0
// A host that believes nothing: reads all that it hears and holds it to the rules of the dialect.
// Each line has one result code, no report cuts an answer, every record's length is true, each
// response has one header and one content that end, and no id speaks after it was closed.
#pragma once

#include <array>
#include <bitset>
#include <deque>

#include "at/line.h"
#include "fuzz/fuzz.h"
#include "fuzz/session/framing.h"
#include "fuzz/session/script.h"

namespace m531x::fuzz {

class Dialect {
 public:
  // `scarce`: the pool may be used up, so an echo or a line may be lost.
  Dialect(const Script& script, bool scarce);

  // The host has typed a byte and the modem was there to hear it.
  void typed(char byte);
  // A restart: what was typed and not executed is gone. So many lines have been answered of which
  // hear() is still to tell. With bytes that waited outside of the modem it is not known how many.
  void went_down(std::size_t answered, bool bytes_waited);
  // What happened since the last call.
  struct Moment {
    std::uint32_t lines = 0;  // have been answered
    std::uint32_t downs = 0;  // restarts, and the power going off
    bool exact = false;       // the modem has taken all that was typed, and the host all it said
  };
  void hear(Bytes bytes, const Moment& moment);
  // Nothing more is to come.
  void finish(std::uint32_t requests);

  // Whether it still understands: a host that sets S3 to S5 is on its own.
  [[nodiscard]] bool follows() const { return follows_; }
  // Whether a line has a result code that says so: no ATQ1 has come.
  [[nodiscard]] bool is_answered() const { return is_answered_; }

 private:
  // How the modem may be set: bits of kVerbose, kQuiet and kEcho. All that agree with what was
  // heard are kept, so that the host need not know which commands were executed.
  using Styles = std::bitset<8>;
  static constexpr std::uint8_t kVerbose = 1;
  static constexpr std::uint8_t kQuiet = 2;
  static constexpr std::uint8_t kEcho = 4;
  static Styles widened(Styles styles, std::uint8_t bits);

  // What an executed line may have changed.
  struct Line {
    std::uint8_t widens = 0;
    bool sets_characters = false;
    bool creates = false;
    std::bitset<kMaxInstances> closes;
  };
  static Line line_of(Bytes body);

  enum class Exists : std::uint8_t { no, maybe, yes };
  enum class Phase : std::uint8_t { idle, status, header, content };
  struct Told {
    Exists exists = Exists::no;
    bool sure = true;  // the phase is known
    Phase phase = Phase::idle;
    std::int64_t total = 0;
    std::int64_t sum = 0;
  };

  std::vector<Line> take_lines(const Moment& moment);
  void read(Bytes bytes, const Moment& moment, const std::vector<Line>& lines);
  bool is_read(Bytes bytes, const Moment& moment, const std::vector<Line>& lines, unsigned style,
               std::vector<Item>& items);
  bool read_items(Bytes bytes, Frames frames, std::vector<Item>& items);
  [[nodiscard]] bool in_order(const std::vector<Item>& items, std::size_t lines, bool quiet) const;
  void interpret(const std::vector<Item>& items, const std::vector<Line>& lines);
  void close(const Line& line, bool for_sure);
  void lose_track();
  Told& told(const Item& item);
  void record(const Item& item);
  void header_record(const Item& item, Told& told);
  void content_record(const Item& item, Told& told);

  const Script& script_;
  const bool scarce_;
  bool follows_ = true;
  bool is_answered_ = true;
  bool counts_ = true;  // every result code has been heard
  Styles styles_;
  Pool memory_;
  at::CommandLine line_;
  std::string echo_;        // of what was typed and not heard since
  std::deque<Line> typed_;  // lines that have ended and not been answered
  std::array<Told, kMaxInstances> told_;
  std::size_t boot_text_ = 0;  // how much of the Hi2115's three lines was heard
  std::uint64_t line_count_ = 0;
  std::uint64_t result_count_ = 0;
  std::uint64_t down_count_ = 0;
  std::uint64_t response_count_ = 0;
};

}  // namespace m531x::fuzz
