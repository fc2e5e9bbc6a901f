// SPDX-License-Identifier: Apache-2.0
// Plays transcripts to a module on a port, with a server of the check's own on the far side.
#pragma once

#include <optional>
#include <string>

#include "app/check_port.h"
#include "app/check_server.h"
#include "transcript/script.h"

namespace m531x::app {

struct CheckTiming {
  Millis patience;   // for what has to come
  Millis quiet;      // of silence, after which nothing more is taken to come
  Millis tolerance;  // what comes at a time may come so much earlier or later
};

// What brings the module to a known state.
struct CheckStart {
  std::string restart;  // a command, or empty
  const Model* model = nullptr;
};

class CheckPlayer {
 public:
  CheckPlayer(CheckWait& wait, CheckPort& port, CheckServer& server, const CheckTiming& timing,
              CheckStart start);

  // Brings the module to where the block begins. Throws as play does. The server's authorities are
  // those for this block from here on.
  void prepare(const transcript::Block& block);
  // Plays a block that is prepared, playable and readdressed. nullopt: as expected. Else the place
  // and how what came differs. Throws CheckStopped when the module cannot be talked to.
  [[nodiscard]] std::optional<std::string> play(const transcript::Block& block);
  // Leaves the module without instances, as ATZ has it. Throws as play does.
  void tidy();
  // Whether it says that it is registered, at the latest after `time`.
  [[nodiscard]] bool wait_registered(Millis time);

 private:
  void restart();

  CheckWait& wait_;
  CheckPort& port_;
  CheckServer& server_;
  CheckTiming timing_;
  CheckStart start_;
  bool needs_restart_ = false;
  bool half_typed_ = true;  // what was typed last may be no whole line
};

}  // namespace m531x::app
