// SPDX-License-Identifier: Apache-2.0
// What the host sees of V.250: the profile that it sets, and everything that is sent to it, framed
// (V.250 5.7) and queued by this one writer.
#pragma once

#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "at/line.h"
#include "at/result.h"
#include "mem/chain.h"

namespace m531x::at {

using m531x::Profile;

class Dce {
 public:
  // At most `queue_bytes` wait for the host before has_room says no.
  Dce(BlockPool& pool, const Profile& factory, bool space_after_colon, std::uint32_t queue_bytes)
      : profile(factory),
        out_(pool, Use::output),
        after_result_(pool, Use::output),
        queue_bytes_(queue_bytes),
        space_after_colon_(space_after_colon) {
    out_.prime();
  }

  Profile profile;

  // Whether `bytes` more may be queued now: the host has taken enough of what waits for it, and
  // there is memory. After a yes, queueing so much does not fail.
  [[nodiscard]] bool has_room(std::uint32_t bytes) const {
    return host_keeps_up() && has_memory(bytes);
  }
  [[nodiscard]] bool host_keeps_up() const { return out_.size() < queue_bytes_; }
  [[nodiscard]] bool has_memory(std::uint32_t bytes) const {
    // Only the last block of what is queued may stay partly unused.
    return bytes <= out_.room() ||
           out_.pool().free_count(Use::output) > (bytes - out_.room()) / Block::kCapacity;
  }

  // Queues bytes as they are: an echo, or a report with its framing. False: no memory, and nothing
  // was queued. The same holds for all that follows.
  [[nodiscard]] bool raw(Bytes bytes) { return out_.append(bytes); }
  [[nodiscard]] bool raw(mem::ChainView bytes) { return out_.append(bytes); }
  template <std::size_t kSize>
  [[nodiscard]] bool raw(const std::array<char, kSize>& bytes) {
    return out_.append(bytes);
  }
  // Lends `room` until another is lent, or nullptr: there goes what is queued as promised, from its
  // front on, which moves behind it, while it has room for that and nothing else waits.
  void lend(std::span<char>* room) { room_ = room; }
  [[nodiscard]] bool takes_at_once(std::uint32_t bytes) const {
    return room_ != nullptr && bytes <= room_->size() && out_.empty();
  }
  // Queues a part of what there is room for: has_room or takes_at_once has said so.
  void promised(Bytes bytes) {
    if (!takes_at_once(static_cast<std::uint32_t>(bytes.size()))) {
      static_cast<void>(out_.append(bytes));
    } else if (!bytes.empty()) {
      std::memcpy(room_->data(), bytes.data(), bytes.size());
      *room_ = room_->subspan(bytes.size());
    }
  }
  // An information text (V.250 5.7.1), then, if `data` is given, its bytes and an end of line.
  // Some firmwares print some texts behind the result code.
  enum class Place : std::uint8_t { before_result, after_result };
  [[nodiscard]] bool information(Bytes text, const mem::ChainView* data = nullptr,
                                 Place place = Place::before_result);
  // One more line of an information text that has begun.
  [[nodiscard]] bool information_line(Bytes line);
  // `<name>:` with the model's spacing and `value`.
  [[nodiscard]] bool information(Bytes name, Bytes value);
  // The same as a report: CR LF around it, whatever the host has set (V.250 5.7.1).
  [[nodiscard]] bool report(Bytes text);
  [[nodiscard]] bool report(Bytes name, Bytes value);
  // The space after the colon of a standard command's name, or nothing.
  [[nodiscard]] Bytes space() const { return space_after_colon_ ? " " : ""; }
  // The one final result code of a line.
  [[nodiscard]] bool final(Final result);

  // A restart: the line whose result was awaited is gone, with what was to follow it.
  void forget_line() { after_result_.clear(); }

  [[nodiscard]] const mem::Chain& output() const { return out_; }
  // An idle modem keeps one block for its next answer.
  void sent(std::uint32_t bytes) {
    if (bytes == out_.size()) {
      out_.rewind();
    } else {
      out_.consume(bytes);
    }
  }

 private:
  bool queue_result(Final result);
  bool end_of_line(mem::Chain& chain);

  mem::Chain out_;
  mem::Chain after_result_;
  std::span<char>* room_ = nullptr;
  std::uint32_t queue_bytes_;
  bool space_after_colon_;
};

}  // namespace m531x::at
