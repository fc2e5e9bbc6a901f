// SPDX-License-Identifier: Apache-2.0
#include "port/uart_garble.h"

namespace m531x::port {
namespace {

constexpr std::uint64_t kFrameBits = 10;  // start, 8 data, stop
constexpr unsigned kDataBits = 8;

// The level of the line over time. One second has 2 x `from` x `to` ticks, so that the bits of both
// sides, and their halves, are whole.
class Wire {
 public:
  Wire(Bytes bytes, std::uint64_t bit_ticks) : bytes_(bytes), bit_ticks_(bit_ticks) {}

  [[nodiscard]] bool high_at(std::uint64_t tick) const { return bit(tick / bit_ticks_); }
  // The first tick from `tick` on at which the line is at this level; end() when there is none.
  [[nodiscard]] std::uint64_t next(bool high, std::uint64_t tick) const {
    if (tick >= end() || high_at(tick) == high) return tick;
    std::uint64_t at = tick / bit_ticks_ + 1;
    while (at < bit_count() && bit(at) != high) ++at;
    return at * bit_ticks_;
  }
  // From here on the line is quiet.
  [[nodiscard]] std::uint64_t end() const { return bit_count() * bit_ticks_; }

 private:
  [[nodiscard]] std::uint64_t bit_count() const { return bytes_.size() * kFrameBits; }
  [[nodiscard]] bool bit(std::uint64_t index) const {
    if (index >= bit_count()) return true;
    const auto byte = static_cast<unsigned char>(bytes_[index / kFrameBits]);
    const std::uint64_t place = index % kFrameBits;
    if (place == 0) return false;
    return place > kDataBits || (byte >> (place - 1) & 1) != 0;
  }

  Bytes bytes_;
  std::uint64_t bit_ticks_;
};

}  // namespace

std::string garble(Bytes bytes, std::uint32_t from, std::uint32_t to) {
  const Wire wire(bytes, std::uint64_t{2} * to);
  const std::uint64_t half = from;
  const std::uint64_t bit = 2 * half;
  std::string read;
  std::uint64_t tick = wire.next(false, 0);
  while (tick < wire.end()) {
    tick += half;
    if (!wire.high_at(tick)) {
      unsigned byte = 0;
      for (unsigned place = 0; place < kDataBits; ++place) {
        tick += bit;
        byte |= (wire.high_at(tick) ? 1U : 0U) << place;
      }
      tick += bit;
      const bool framed = wire.high_at(tick);
      read += static_cast<char>(framed ? byte : 0);
      if (!framed) tick = wire.next(true, tick);
    }
    tick = wire.next(false, tick);
  }
  return read;
}

}  // namespace m531x::port
