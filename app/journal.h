// SPDX-License-Identifier: Apache-2.0
// A journal (docs/replay.md): what went into the modems of a run and what was taken out of them,
// one call a line, as text. What is in the file of a stranger is bounded, and what is wrong in it
// named.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "app/run_settings.h"
#include "m531x/flash.h"
#include "sim/call.h"

namespace m531x::app {

inline constexpr std::size_t kMaxEntryBytes = 2 << 20;                      // of one call
inline constexpr std::size_t kMaxJournalLine = 4 * kMaxEntryBytes + 1'024;  // each may be \xhh
inline constexpr Millis kMaxJournalTime{std::chrono::hours(24 * 366 * 100)};

// One line of it, behind the head.
struct Entry {
  enum class Kind : std::uint8_t {
    on,       // with `flash`
    off,      // with what it leaves undone, and the bytes that the host has not been given
    call,     // with the bytes that went in or were taken, or the host that an action names
    nothing,  // what a modem answers that has no action
  };
  Kind kind = Kind::call;
  unsigned modem = 0;
  sim::Call call{};  // without views; its `now` is that of every kind
  // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without it
  std::string bytes{};
  std::size_t path_bytes = 0;  // of coap_received: `bytes` is path, query and payload
  std::size_t query_bytes = 0;
  bool is_part = false;  // of a `..._sent` call: there was more to take
  unsigned undone = 0;   // of off: actions that nobody took, connections with something to send
  sim::Fault fault{};    // of add_fault
  Flash flash{};

  // The call, with views into this entry.
  [[nodiscard]] sim::Call with_views() const;
};

// The line of it, with its end.
[[nodiscard]] std::string line_of(const Entry& entry);
// What such a line says, without its end. Throws UserError with a sentence.
[[nodiscard]] Entry parse_entry(std::string_view line);

// The words of a fault, escaped. Throws UserError with a sentence.
[[nodiscard]] sim::Fault read_fault(std::string_view text);

// What stands first.
struct JournalHead {
  std::string version;  // of the program that wrote it
  bool has_secrets = false;
  RunSettings settings;  // only those that change what a modem does
};

[[nodiscard]] std::string text_of(const JournalHead& head);

class JournalReader {
 public:
  // `name` is what complaints call it. Reads the head. Throws UserError, which names the line, as
  // next() does.
  JournalReader(std::istream& file, std::string name);

  [[nodiscard]] const JournalHead& head() const { return head_; }
  // The next call; nullopt at the end.
  [[nodiscard]] std::optional<Entry> next();
  // Where the last one stands.
  [[nodiscard]] unsigned line_number() const { return number_; }
  // At the end: whether the file has been written to its end, and whether its last line is only
  // begun, which is as if it were not there.
  [[nodiscard]] bool is_complete() const { return complete_; }
  [[nodiscard]] bool is_cut() const { return cut_; }
  // Throws UserError with the place and the sentence.
  [[noreturn]] void refuse(const std::string& sentence) const;

 private:
  bool read_line();
  void read_head();
  void read_setting(std::string_view text);
  void add_fault(std::string_view text);

  std::istream& file_;
  std::string name_;
  JournalHead head_;
  std::string line_;
  unsigned number_ = 0;
  bool held_ = false;  // line_ is still to be taken
  bool complete_ = false;
  bool cut_ = false;
};

}  // namespace m531x::app
