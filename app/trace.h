// SPDX-License-Identifier: Apache-2.0
// What passes a modem, as JSON lines: time, direction, bytes, codes and causes. No password and no
// key is ever in it (redact.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/trace_file.h"
#include "m531x/profile.h"
#include "port/event_loop.h"
#include "port/observer.h"

namespace m531x::app {

class Trace {
 public:
  // Writes to file `path`, or to standard error when it is "-". Throws UserError.
  Trace(port::EventLoop& loop, const std::string& path);

  // An observer that must not outlive the trace; `number` tells modems apart. `at_start`: how the
  // modem's line is set when it is switched on.
  [[nodiscard]] std::unique_ptr<port::Observer> watch(unsigned number, const Profile& at_start);

  // What happened beside the line and the network, such as a control command; of one modem, or of
  // none.
  void tell(std::optional<unsigned> number, std::string_view event, std::string_view words);

 private:
  class Watch;

  port::EventLoop& loop_;
  TraceFile file_;
};

}  // namespace m531x::app
