// SPDX-License-Identifier: Apache-2.0
// Learns from a module how its firmware spells things: the settings `variant.*`.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "app/check_play.h"

namespace m531x::app {

// What the module said, and what follows from it.
struct Learned {
  std::string value;  // of the setting; empty: it cannot be told
  std::string why;    // what it said, or why it cannot be told
};

// By the setting's key; every `variant.*` of the settings table has one.
using LearnedVariant = std::map<std::string, Learned>;

// Talks to a module that is tidy, and leaves it tidy. Throws CheckStopped when it cannot be talked
// to.
[[nodiscard]] LearnedVariant learn_variant(CheckWait& wait, CheckPort& port, CheckServer& server,
                                           const CheckTiming& timing);

// The model whose name is in what the module tells of itself; nullptr: none of ours is.
[[nodiscard]] const Model* learn_model(CheckWait& wait, CheckPort& port, Millis patience);

// The file for `run --config`.
[[nodiscard]] std::string profile_of(const Model& model, const LearnedVariant& learned,
                                     std::string_view port_name);

}  // namespace m531x::app
