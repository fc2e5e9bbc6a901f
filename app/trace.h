// SPDX-License-Identifier: Apache-2.0
// What passes a modem, as JSON lines: time, direction, bytes, codes and causes. No password and no
// key is ever in it (redact.h).
#pragma once

#include <memory>
#include <string>

#include "app/trace_file.h"
#include "port/event_loop.h"
#include "port/observer.h"

namespace m531x::app {

class Trace {
 public:
  // Writes to file `path`, or to standard error when it is "-". Throws UserError.
  Trace(port::EventLoop& loop, const std::string& path);

  // An observer that must not outlive the trace; `number` tells modems apart. `echo`: whether this
  // modem repeats what the host types from the start.
  [[nodiscard]] std::unique_ptr<port::Observer> watch(unsigned number, bool echo);

 private:
  class Watch;

  port::EventLoop& loop_;
  TraceFile file_;
};

}  // namespace m531x::app
