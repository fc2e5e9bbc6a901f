// SPDX-License-Identifier: Apache-2.0
// What a modem says to its host, with texts put in and a garbled byte in the place of a right one.
#pragma once

#include <deque>
#include <span>
#include <string>

#include "m531x/bytes.h"

namespace m531x::sim {

class HostOutput {
 public:
  // So many bytes may wait; more are not put in.
  static constexpr std::size_t kMaxTextBytes = 4096;

  // `text` comes behind so many bytes of what the modem itself still has to say. False: too much
  // waits already.
  [[nodiscard]] bool insert(std::string text, std::size_t behind);
  [[nodiscard]] bool has_texts() const { return !texts_.empty(); }
  // The first byte of the output will be another one; what it is has been decided once for each.
  void decide_first(char byte, bool garbled);
  [[nodiscard]] bool is_decided() const { return decided_; }

  // Makes of the modem's own output, of which the first `count` views are filled, what the host
  // gets; returns how many are filled then. They live as long as the modem's, and until a call
  // here.
  std::size_t shape(std::span<Bytes> views, std::size_t count) const;
  // So much of it has been sent; returns how many bytes were the modem's own.
  std::size_t sent(std::size_t byte_count);

 private:
  struct Text {
    std::size_t behind;
    std::string bytes;
  };

  std::deque<Text> texts_;  // by place
  std::size_t text_bytes_ = 0;
  bool decided_ = false;
  bool garbled_ = false;
  char first_ = 0;
};

}  // namespace m531x::sim
