// SPDX-License-Identifier: Apache-2.0
// What a modem tells its owner about itself, for the control side and for tests.
#pragma once

#include <array>
#include <cstdint>

#include "m531x/network.h"
#include "m531x/settings.h"

namespace m531x {

enum class Power : std::uint8_t {
  off,  // after AT+CPOF: deaf until a reset
  booting,
  on,
};

// Why a module boots; some tell it (+NRB's boot text).
enum class ResetCause : std::uint8_t { power_on, pin, watchdog, command };

enum class InstanceState : std::uint8_t { none, idle, connecting, responding };

// Of the instance of AT+MIPLCREATE; `idle`: not open.
enum class Lwm2mState : std::uint8_t {
  none,
  idle,
  bootstrapping,
  registering,
  registered,
  deregistering,
};

// Since the modem was made; a restart does not set them back.
struct Counters {
  std::uint32_t lines = 0;          // command lines answered
  std::uint32_t failed_lines = 0;   // of them, those that ended in an error
  std::uint32_t requests = 0;       // accepted by AT+HTTPSEND
  std::uint32_t responses = 0;      // received whole
  std::uint32_t failures = 0;       // connections and requests that ended with a cause but `closed`
  std::uint32_t reports = 0;        // unsolicited, of every kind
  std::uint32_t dropped_bytes = 0;  // of responses, in the mode `drop`
  std::uint32_t restarts = 0;
};

struct Status {
  Power power = Power::off;
  std::uint8_t functionality = 0;  // +CFUN
  bool coverage = false;
  Registration registration = Registration::none;
  bool attached = false;
  bool connected = false;  // +CSCON
  bool asleep = false;     // in PSM
  Signal signal;           // as measured: none without coverage
  Lwm2mState lwm2m = Lwm2mState::none;
  std::array<InstanceState, kMaxInstances> instances{};
  Counters counters;
};

}  // namespace m531x
