// SPDX-License-Identifier: Apache-2.0
// Who writes down what goes into a modem, and what is taken out of it. It must not change the modem
// or call its driver.
#pragma once

#include "m531x/flash.h"
#include "sim/call.h"

namespace m531x::port {

class Recorder {
 public:
  virtual ~Recorder() = default;

  virtual void switched_on(const Flash& flash, Millis now) = 0;
  // Comes before the call is made; that of next_action after it, with what it gave. The views live
  // until it returns.
  virtual void called(sim::Modem& modem, const sim::Call& call) = 0;
  virtual void switched_off(Millis now) = 0;
};

}  // namespace m531x::port
