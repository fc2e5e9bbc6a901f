// SPDX-License-Identifier: Apache-2.0
// What is measured: a modem whose host and server take everything at once, and the bytes it is
// given.
#pragma once

#include <array>
#include <vector>

#include "m531x/modem.h"
#include "responses.h"

namespace m531x::bench {

// The two header lines of the manual's 1.2; the short one is typed behind the long one.
inline constexpr Bytes kHeaderLine = "AT+HTTPHEADER=0,\"Connection: close\\r\\n\"\r";
inline constexpr Bytes kLongHeaderLine =
    "AT+HTTPHEADER=0,\"User-Agent: Unkown\\r\\nContent-Type: application/text\\r\\n\"\r";
inline constexpr Bytes kSendLine = "AT+HTTPSEND=0,0,\"/page/index/name/culture\"\r";

// A modem with an instance, whose host and server take everything at once.
class Subject {
 public:
  Subject() : blocks_(256), pool_(blocks_), modem_(model(), default_settings(model()), pool_) {
    type("AT+HTTPCREATE=\"http://192.0.2.1/\"\r");
  }

  void type(Bytes line) {
    modem_.dte_received(line, now_);
    take_output();
  }
  // Only up to where the answer is queued.
  void execute(Bytes line) { modem_.dte_received(line, now_); }
  void connect() {
    while (const auto action = modem_.next_action()) {
      if (action->kind == Action::Kind::connect) modem_.net_opened(action->conn, now_);
    }
    take_output();
    std::array<Bytes, 8> views;
    while (const std::size_t count = modem_.net_output(0, views)) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) size += views[i].size();
      modem_.net_sent(0, size, now_);
    }
  }
  // Only up to where the reports are made, in the host's room.
  void receive(Bytes response) {
    output_bytes_ += modem_.net_received(0, response, host_room_, now_);
  }
  void answer(Bytes response) {
    receive(response);
    take_output();
  }
  void take_output() {
    std::array<Bytes, 8> views;
    while (const std::size_t count = modem_.dte_output(views)) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) size += views[i].size();
      output_bytes_ += size;
      modem_.dte_sent(size, now_);
    }
  }
  [[nodiscard]] std::size_t output_bytes() const { return output_bytes_; }

 private:
  static const Model& model() { return models().front(); }

  std::vector<Block> blocks_;
  BlockPool pool_;
  Modem modem_;
  Millis now_{0};
  std::size_t output_bytes_ = 0;
  std::array<char, 4096> host_room_;
};

}  // namespace m531x::bench
