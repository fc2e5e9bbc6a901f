// SPDX-License-Identifier: Apache-2.0
// The TLV format of LwM2M 1.0 (OMA-TS-LightweightM2M 6.4.3): reading it entry by entry, and the
// header that stands before an entry's value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "m531x/bytes.h"

namespace m531x::lwm2m {

// The numbers are bits 7 and 6 of an entry's first byte.
enum class TlvType : std::uint8_t {
  object_instance = 0,
  resource_instance = 1,
  multiple_resource = 2,
  resource = 3,
};

struct TlvEntry {
  TlvType type = TlvType::resource;
  std::uint16_t id = 0;
  Bytes value;  // lies in the reader's bytes; of an instance and a multiple resource: entries
};

inline constexpr std::size_t kMaxTlvValueBytes = 0xff'ffff;
inline constexpr std::size_t kMaxTlvHeaderBytes = 6;

class TlvReader {
 public:
  // The bytes outlive the reader and its entries.
  explicit TlvReader(Bytes bytes) : rest_(bytes) {}

  // The next entry of this level; none at the end, or from where an entry is cut short on.
  [[nodiscard]] std::optional<TlvEntry> next();

  // Whether an entry was cut short. Says something once next() has given none.
  [[nodiscard]] bool malformed() const { return malformed_; }

 private:
  Bytes rest_;
  bool malformed_ = false;
};

class TlvHeader {
 public:
  [[nodiscard]] Bytes view() const { return {bytes_.data(), size_}; }
  void add(std::size_t byte) { bytes_[size_++] = static_cast<char>(byte & 0xffU); }

 private:
  std::array<char, kMaxTlvHeaderBytes> bytes_{};
  std::size_t size_ = 0;
};

// What stands before a value of `length` bytes, in its shortest form; none if that is more than
// kMaxTlvValueBytes.
[[nodiscard]] std::optional<TlvHeader> tlv_header(TlvType type, std::uint16_t id,
                                                  std::size_t length);

}  // namespace m531x::lwm2m
