// SPDX-License-Identifier: Apache-2.0
// The demo's host: it types a script, and checks what the modem says to it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/demo_script.h"
#include "app/demo_view.h"
#include "port/byte_stream.h"
#include "port/event_loop.h"
#include "transcript/modem_records.h"

namespace m531x::app {

class DemoHost {
 public:
  // What is wrong, in words; empty: the script is through and all figures are right.
  using Done = std::function<void(std::string fault)>;

  // `line` leads to the modem. `done` is called once, from the loop; nothing is typed after that.
  DemoHost(port::EventLoop& loop, const DemoView& view, std::vector<DemoStep> steps,
           std::shared_ptr<port::ByteStream> line, Done done);

  // Types the first step.
  void start();
  // What it waits for now.
  [[nodiscard]] std::string_view awaited() const { return step().awaited; }

 private:
  [[nodiscard]] const DemoStep& step() const { return steps_[step_]; }
  void begin_step();
  void wait();
  void heard(const transcript::ModemRecord& record);
  void end_step();
  void finish(std::string fault);

  port::EventLoop& loop_;
  const DemoView& view_;
  std::vector<DemoStep> steps_;
  std::shared_ptr<port::ByteStream> line_;
  Done done_;
  transcript::ModemRecords records_;
  std::size_t step_ = 0;
  std::size_t figures_found_ = 0;
  std::string content_;
  std::string message_id_;
  bool finished_ = false;
};

}  // namespace m531x::app
