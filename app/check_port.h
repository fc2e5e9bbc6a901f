// SPDX-License-Identifier: Apache-2.0
// The port that a module under check is on: what it says is kept until it is taken.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/check_wait.h"
#include "port/byte_stream.h"

namespace m531x::app {

class CheckPort {
 public:
  // DEVICE[@RATE]. Throws UserError when it is not to be had.
  static std::unique_ptr<CheckPort> open_serial(port::EventLoop& loop, std::string_view name,
                                                std::uint32_t default_baud);
  // HOST:PORT, where a module is behind TCP. Throws UserError when nobody is there in time.
  static std::unique_ptr<CheckPort> connect(port::EventLoop& loop, std::string_view endpoint,
                                            Millis patience);

  CheckPort(port::EventLoop& loop, port::UniqueFd fd, std::string name);
  ~CheckPort() { stream_->close(); }
  CheckPort(const CheckPort&) = delete;
  CheckPort& operator=(const CheckPort&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  void type(Bytes bytes);
  // What the module has said and nobody has taken yet. Throws CheckStopped when the port is gone
  // and all that it said has been taken.
  [[nodiscard]] std::string& heard();
  // The module says nothing for so long.
  void wait_quiet(CheckWait& wait, Millis time);
  // Types a command line and waits for its final result code: all up to it. Throws CheckStopped
  // when there is none in time.
  std::string command(CheckWait& wait, std::string_view line, Millis patience);

 private:
  void read();
  void write();
  void fail(std::string why) { lost_ = std::move(why); }

  port::EventLoop& loop_;
  std::string name_;
  std::shared_ptr<port::ByteStream> stream_;
  std::string heard_;
  std::size_t heard_count_ = 0;  // ever
  std::string to_type_;
  std::string lost_;  // why the port is gone
};

// Where in `text` a final result code ends that begins at its own line; npos: there is none.
[[nodiscard]] std::size_t end_of_result(std::string_view text);

}  // namespace m531x::app
