// SPDX-License-Identifier: Apache-2.0
// The control side's language: a line with a JSON object asks, a line with one answers.
#pragma once

#include <string>
#include <string_view>

#include "app/modules.h"
#include "app/trace.h"
#include "m531x/model.h"

namespace m531x::app {

// The answer that says no.
[[nodiscard]] std::string control_error(std::string_view sentence);

class Control {
 public:
  // All must outlive it; `trace` may be null.
  Control(const Model& model, Modules& modules, Trace* trace)
      : model_(model), modules_(modules), trace_(trace) {}

  // Does what `line` asks for and says {"ok":true,...}; or says {"ok":false,"error":...}, with a
  // sentence that names the place, and has done nothing. Neither line has its LF.
  [[nodiscard]] std::string answer(std::string_view line);

 private:
  Model const& model_;
  Modules& modules_;
  Trace* trace_;
};

}  // namespace m531x::app
