// SPDX-License-Identifier: Apache-2.0
// A modem that has been brought into one of the states that the HTTP instance 0 can be in.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "stand/bench.h"

namespace m531x::matrix {

enum class State : std::uint8_t {
  none,        // no instance
  idle,        // an instance that has never been used
  connecting,  // HTTPSEND's OK is out, the connection does not stand
  sending,     // it stands, and takes nothing of the request yet
  receiving,   // half of the response has come
  closing,     // the host has closed it while the request was being sent
  ended,       // the server has closed the kept connection; the report of it waits for the line
};
inline constexpr auto kStates =
    std::to_array<State>({State::none, State::idle, State::connecting, State::sending,
                          State::receiving, State::closing, State::ended});
std::string_view name_of(State state);

class Stage {
 public:
  // `cmee` is what +CMEE is set to. The host's echo is off.
  Stage(const Model& model, State state, unsigned cmee);

  // The host types the line; all that it hears until nothing more happens at this moment.
  std::string type(const std::string& line);
  // What the waiting report of `State::ended` is; empty in the other states.
  [[nodiscard]] std::string waiting_report() const;
  // The network does all that is still to do, and two minutes pass: what the host hears.
  std::string go_on();
  // Time passes: what the host hears.
  std::string wait(Millis time);

  [[nodiscard]] sim::Modem& modem() { return bench_.modem(); }
  [[nodiscard]] Millis now() const { return bench_.now(); }
  [[nodiscard]] Status status() { return modem().status(now()); }
  // Everything that a command could have changed, as text: the status without the counters of
  // lines, what is kept without power, the profile, what every read form tells, the instance, and
  // what still comes. Ends the stage's use.
  std::string everything();

 private:
  void enter();
  std::string heard();

  const Model& model_;
  State state_;
  bool report_waits_ = false;
  stand::Bench bench_;
};

}  // namespace m531x::matrix
