// SPDX-License-Identifier: Apache-2.0
// The modems of a run, by the numbers that the trace calls them.
#pragma once

#include <map>
#include <memory>

#include "port/driver.h"
#include "port/observer.h"
#include "port/recorder.h"

namespace m531x::app {

// A modem that is on, and who watches it and writes down what goes in.
struct Module {
  std::unique_ptr<port::Observer> observer;
  std::unique_ptr<port::Recorder> recorder;
  std::shared_ptr<port::Driver> driver;
  Signal signal;  // as set; what the modem measures without coverage is another one
};

using Modules = std::map<unsigned, Module>;

}  // namespace m531x::app
