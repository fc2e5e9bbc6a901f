// SPDX-License-Identifier: Apache-2.0
// What of a transcript can be played on a port, and how it reads there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/check_server.h"
#include "app/run_settings.h"
#include "transcript/script.h"

namespace m531x::app {

struct CheckDevice {
  RunSettings settings;      // what the module under check has, as its user states it
  bool can_restart = false;  // by a command that the user has named
  bool one_server = false;   // the module can reach one server only
  bool fixed_port = false;   // and the server is always on the same port
  Millis tolerance{0};       // of times
  Millis longest_wait{0};    // in one block
};

// Why the block is not played; nullopt: it can be.
[[nodiscard]] std::optional<std::string> why_not_playable(const transcript::Block& block,
                                                          const CheckDevice& device);

// After the block only a restart brings the module back to what it was.
[[nodiscard]] bool needs_restart(const transcript::Block& block);

// What it types last is not a whole line.
[[nodiscard]] bool ends_half_typed(const transcript::Block& block);

// The servers, `host:port`, that a block connects to; the server's doors are in this order.
[[nodiscard]] std::vector<std::string> servers_of(const transcript::Block& block);

// Puts the doors' authorities in the places of the servers' names: in what AT+HTTPCREATE is given
// and in the Host fields that are expected. False: the name of a server is not in such a place.
[[nodiscard]] bool readdress(transcript::Block& block, CheckServer& server);

}  // namespace m531x::app
