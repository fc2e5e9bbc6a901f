// SPDX-License-Identifier: Apache-2.0
// The image of what a module keeps: "M531", the format's version, the values in a fixed order with
// the lowest byte first, zeros, and a CRC-32 (ISO-HDLC) of all before it.
#include "m531x/flash.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "m531x/uart.h"

namespace m531x {
namespace {

constexpr Bytes kMagic = "M531";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kCheckSumBytes = 4;

std::uint32_t check_sum_of(std::span<const char> bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1)));
  }
  return ~crc;
}

// Both directions visit the same values in the same order, so that they cannot disagree.
class Writer {
 public:
  explicit Writer(std::span<char> to) : to_(to) {}

  template <typename T>
  void number(const T& value) {
    auto rest = static_cast<std::uint32_t>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8) {
      to_[at_++] = static_cast<char>(rest & 0xff);
    }
  }
  void number(const char& value) { number(static_cast<unsigned char>(value)); }
  template <std::size_t kMost>
  void text(const ShortText<kMost>& text) {
    const Bytes bytes = text;
    number(static_cast<std::uint8_t>(bytes.size()));
    std::ranges::copy(bytes, to_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += kMost;
  }
  template <typename T>
  void at_most(const T& value, std::uint32_t) {
    number(value);
  }

 private:
  std::span<char> to_;
  std::size_t at_ = 0;
};

class Reader {
 public:
  explicit Reader(std::span<const char> from) : from_(from) {}

  template <typename T>
  void number(T& value) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      sum |= static_cast<std::uint32_t>(static_cast<unsigned char>(from_[at_++])) << 8 * i;
    }
    if constexpr (std::is_same_v<T, bool>) {
      good_ = good_ && sum <= 1;
      value = sum != 0;
    } else {
      value = static_cast<T>(sum);
    }
  }
  template <std::size_t kMost>
  void text(ShortText<kMost>& text) {
    std::uint8_t size = 0;
    at_most(size, kMost);
    if (good_) text = Bytes(from_.data() + at_, size);
    at_ += kMost;
  }
  template <typename T>
  void at_most(T& value, std::uint32_t most) {
    number(value);
    good_ = good_ && static_cast<std::uint32_t>(value) <= most;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::span<const char> from_;
  std::size_t at_ = 0;
  bool good_ = true;
};

template <typename Visitor, typename P>
void visit_profile(Visitor& visitor, P& profile) {
  visitor.at_most(profile.characters.terminator, 127);
  visitor.at_most(profile.characters.formatting, 127);
  visitor.at_most(profile.characters.editing, 127);
  visitor.number(profile.echo);
  visitor.number(profile.quiet);
  visitor.number(profile.verbose);
  visitor.at_most(profile.result_codes, 4);
  visitor.at_most(profile.carrier_detect, 1);
  visitor.at_most(profile.terminal_ready, 2);
  visitor.at_most(profile.error_numbers, 2);
  visitor.number(profile.rate);
  for (auto& number : profile.flow_control) visitor.at_most(number, 2);
  visitor.at_most(profile.framing[0], kParityAnd2StopBits);
  visitor.at_most(profile.framing[1], 3);
}

template <typename Visitor, typename F>
void visit(Visitor& visitor, F& flash) {
  visitor.number(flash.has_profile);
  visit_profile(visitor, flash.profile);
  visitor.number(flash.baud);
  visitor.at_most(flash.functionality, 4);
  visitor.number(flash.config);
  visitor.number(flash.sleep_locked);
  visitor.at_most(flash.operator_mode, 2);
  for (auto& band : flash.bands) visitor.number(band);
  visitor.at_most(flash.dual_mode[0], 1);
  visitor.at_most(flash.dual_mode[1], 1);
  visitor.at_most(flash.rat_priority, 4);
  visitor.number(flash.power_saving.on);
  visitor.text(flash.power_saving.tau);
  visitor.text(flash.power_saving.active_time);
  visitor.at_most(flash.edrx.mode, 3);
  visitor.text(flash.edrx.cycle);
  visitor.text(flash.edrx.window);
  for (auto& context : flash.contexts) {
    visitor.number(context.cid);
    visitor.at_most(context.type, 3);
    visitor.text(context.apn);
  }
  for (auto& server : flash.name_servers) visitor.text(server);
}

}  // namespace

FlashImage encode(const Flash& flash) {
  FlashImage image{};
  std::ranges::copy(kMagic, image.begin());
  image[kMagic.size()] = kVersion;
  const std::span<char> values = std::span(image).subspan(kMagic.size() + 1);
  Writer writer(values.first(values.size() - kCheckSumBytes));
  visit(writer, flash);
  const std::size_t body = image.size() - kCheckSumBytes;
  Writer(std::span(image).subspan(body)).number(check_sum_of(std::span(image).first(body)));
  return image;
}

bool decode(std::span<const char> image, Flash& flash) {
  if (image.size() != kFlashImageBytes || !std::ranges::equal(image.first(kMagic.size()), kMagic) ||
      image[kMagic.size()] != kVersion) {
    return false;
  }
  const std::size_t body = image.size() - kCheckSumBytes;
  std::uint32_t sum = 0;
  Reader(image.subspan(body)).number(sum);
  if (sum != check_sum_of(image.first(body))) return false;
  Reader reader(image.subspan(kMagic.size() + 1));
  Flash read;
  visit(reader, read);
  if (reader.good()) flash = read;
  return reader.good();
}

}  // namespace m531x
