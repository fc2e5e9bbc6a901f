// SPDX-License-Identifier: Apache-2.0
// A session as a list of calls, written as text: one call a line, so that an input can be read and
// a mutation of it means something. docs/fuzzing.md has the form.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "m531x/model.h"
#include "m531x/modem.h"

namespace m531x::fuzz {

// One thing that the world does. What cannot happen at that moment is left out when it is played.
struct Call {
  enum class Kind : std::uint8_t {
    host_types,    // bytes
    host_reads,    // number: so many at a time; 0 = none, kAll = all
    server_opens,  // conn
    server_sends,  // conn, bytes: one read
    server_ends,   // conn, cause
    server_reads,  // conn, number: 0 = takes nothing
    resolved,      // bytes: an address, or none
    checked,       // number: whether the certificates are good
    time_passes,   // number: milliseconds
    coverage,      // number: 0 = lost
    signal,        // number: <rssi>
    reset_pressed,
    watchdog_bites,
    injected,       // bytes
    others_take,    // number: blocks of the pool that other modems leave
    others_output,  // number: the same, of those that are kept for output too
    coap_opens,
    coap_ends,          // cause
    coap_says,          // bytes: a message (fuzz/session/coap.h); an answer is to the last request
    coap_acknowledges,  // number: the notification's
    coap_fails,         // number: the notification's; 0: the modem's last request
  };
  static constexpr std::uint32_t kAll = 255;

  Kind kind;
  ConnId conn = 0;
  std::uint32_t number = 0;
  Cause cause = Cause::closed;
  std::string bytes;
};

struct Script {
  const Model* model = nullptr;
  Settings settings;
  std::size_t block_count = 0;
  std::vector<Call> calls;
};

inline constexpr std::size_t kManyBlocks = 512;
inline constexpr std::size_t kMaxCalls = 300;

// The settings that a script may have, each `=<name> <number>`, for whoever writes one.
[[nodiscard]] std::span<const std::string_view> setting_names();
// Reads any bytes: a line that makes no sense is left out, a number out of its range is brought
// into it.
[[nodiscard]] Script parse_script(Bytes text);

}  // namespace m531x::fuzz
