// SPDX-License-Identifier: Apache-2.0
// Reports as whole texts that wait until one may start: what the owner injects, and the LwM2M
// client's.
#pragma once

#include "mem/chain.h"

namespace m531x::modem {

class ReportQueue {
 public:
  explicit ReportQueue(BlockPool& pool) : texts_(pool) {}

  // Queues `text`, CR LF around it. False: no memory, and nothing was queued.
  [[nodiscard]] bool add(Bytes text) {
    mem::Rollback rollback(texts_);
    if (!begin(text.size()) || !add_part(text) || !end()) return false;
    rollback.keep();
    return true;
  }
  // The same in parts, of `size` bytes together: begin, add_part as often as it takes, end. After a
  // failure the caller rolls chain() back.
  [[nodiscard]] bool begin(std::size_t size) {
    const std::size_t framed = size + 4;
    const std::array<char, 4> head = {static_cast<char>(framed & 0xffU),
                                      static_cast<char>(framed >> 8U & 0xffU), '\r', '\n'};
    return texts_.append(head);
  }
  [[nodiscard]] bool add_part(Bytes part) { return texts_.append(part); }
  [[nodiscard]] bool end() { return texts_.append("\r\n"); }
  [[nodiscard]] mem::Chain& chain() { return texts_; }

  [[nodiscard]] bool empty() const { return texts_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return texts_.size(); }
  void clear() { texts_.clear(); }
  // Bytes of the oldest report with its frame, 0 when there is none.
  [[nodiscard]] std::uint32_t front_size() const {
    if (texts_.empty()) return 0;
    mem::Reader reader(texts_.view());
    const int low = reader.get();
    return static_cast<std::uint32_t>(low | reader.get() << 8);
  }
  [[nodiscard]] mem::ChainView front() const {
    return texts_.view().skip(kHeadBytes).first(front_size());
  }
  void pop() { texts_.consume(kHeadBytes + front_size()); }

 private:
  static constexpr std::uint32_t kHeadBytes = 2;  // the size

  mem::Chain texts_;
};

}  // namespace m531x::modem
