// SPDX-License-Identifier: Apache-2.0
// A transcript as data: the fenced blocks of a Markdown file, cut into steps (docs/transcripts.md).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "m531x/modem.h"
#include "settings/module_settings.h"

namespace m531x::transcript {

// A cause by its name in transcripts, and back.
[[nodiscard]] std::optional<Cause> find_cause(std::string_view word);
[[nodiscard]] std::string_view name_of(Cause cause);

// What the world does to the modem.
struct Stimulus {
  enum class Kind : std::uint8_t {
    power_on,
    host_types,  // bytes
    host_stops,
    host_reads,
    net_opened,   // net
    net_sends,    // net, bytes: one read
    net_ends,     // net, cause
    net_stops,    // net
    net_reads,    // net
    time_passes,  // time
    resolved,     // bytes: an address, or none
    checked,      // good
    reset,        // reset_cause
    coverage_lost,
    coverage_found,
    injected,    // bytes
    goes_wrong,  // fault
    coap_opened,
    coap_ends,          // cause
    coap_says,          // coap, path, query, bytes; an id of 0: to the modem's last request
    coap_acknowledges,  // coap.id
    coap_fails,         // coap.kind, coap.id, why
  };
  Kind kind = Kind::power_on;
  int net = 0;  // the transcript's number of a connection; the modem's own may be another
  std::string bytes;
  Cause cause = Cause::closed;
  ResetCause reset_cause = ResetCause::pin;
  Millis time{0};
  bool good = false;
  sim::Fault fault{};
  CoapMessage coap{};  // its views are empty
  std::string path;
  std::string query;
  CoapFailure why = CoapFailure::no_answer;
};

// The messages of the modem as lines: `coap < POST rd?ep=1 [40] </>`.
[[nodiscard]] std::string text_of(const CoapMessage& message);

// What the modem then does, and nothing else.
struct Expected {
  struct Piece {
    bool anything;      // any bytes, none included
    std::string bytes;  // else exactly these
  };
  std::vector<Piece> dte;
  std::vector<std::string> actions;  // "net 0 connect host:80", "net 0 close", "line 9600 8N1"
  std::map<int, std::string> net;    // bytes to each server
  std::set<std::string> waits;       // "host", "net 0": whose bytes the modem does not take now
};

struct Step {
  int line = 0;      // in the file
  std::string text;  // as written
  Stimulus stimulus;
  Expected expected;
};

struct Block {
  std::string file;
  std::string name;  // its heading, made of letters, digits and `_`
  int line = 0;
  settings::ModuleSettings settings;
  std::vector<std::string> set_keys;  // of the settings that it sets
  std::vector<Step> steps;
  std::vector<std::string> faults;  // "<file>:<line>: <what is wrong>"; such a block is not played
};

// All blocks of a file whose text is given, each named by its heading. `file` is for messages.
[[nodiscard]] std::vector<Block> parse_markdown(std::string_view markdown, const std::string& file);

}  // namespace m531x::transcript
