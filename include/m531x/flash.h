// SPDX-License-Identifier: Apache-2.0
// What a module keeps without power, as plain data, and the image of it that a port stores.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "m531x/profile.h"
#include "m531x/short_text.h"

namespace m531x {

// One PDP context (+CGDCONT); a cid of kNoContext is a free place.
inline constexpr std::uint8_t kNoContext = 0xff;
struct PdpContext {
  std::uint8_t cid = kNoContext;
  std::uint8_t type = 0;  // the index of its name: IP, IPV6, IPV4V6, NONIP
  ShortText<32> apn;
  bool operator==(const PdpContext&) const = default;
};
inline constexpr std::size_t kMaxContexts = 2;

// A request of +CPSMS; the times as bits, "00100001" (24.008 10.5.7.4a, 10.5.7.3), empty = the
// network's.
struct PowerSaving {
  bool on = false;
  ShortText<8> tau;
  ShortText<8> active_time;
  bool operator==(const PowerSaving&) const = default;
};

// A request of +CEDRXS.
struct Edrx {
  std::uint8_t mode = 0;
  ShortText<4> cycle;   // as bits; empty = the network's
  ShortText<4> window;  // paging time window
  bool operator==(const Edrx&) const = default;
};

// The defaults are those of a module that no host has told anything.
struct Flash {
  static constexpr std::size_t kMaxBands = 8;
  static constexpr std::uint16_t kFactoryConfig = 0xffff;

  bool has_profile = false;  // AT&W
  Profile profile;
  std::uint32_t baud = 0;          // rate at power-up that the host has stored; 0 = the model's
  std::uint8_t functionality = 1;  // +CFUN
  std::uint16_t config = kFactoryConfig;        // +NCONFIG; kFactoryConfig = as it left the factory
  bool sleep_locked = false;                    // +SM=LOCK_FOREVER
  std::uint8_t operator_mode = 0;               // +COPS
  std::array<std::uint8_t, kMaxBands> bands{};  // +NBAND, up to the first 0; none = the model's
  std::array<std::uint8_t, 2> dual_mode = {1, 0};  // +CFGDUALMODE
  std::uint8_t rat_priority = 2;                   // +CFGRATPRIO
  PowerSaving power_saving;
  Edrx edrx;
  std::array<PdpContext, kMaxContexts> contexts;
  std::array<ShortText<15>, 2> name_servers;  // +DNSSER; empty = the network's

  bool operator==(const Flash&) const = default;
};

// The image: its format's name and version, the values, a check sum. An image of another length,
// another version or with another check sum is not decoded.
inline constexpr std::size_t kFlashImageBytes = 256;
using FlashImage = std::array<char, kFlashImageBytes>;
[[nodiscard]] FlashImage encode(const Flash& flash);
// False: it is damaged, or holds a value that no modem stores; `flash` is as it was.
[[nodiscard]] bool decode(std::span<const char> image, Flash& flash);

}  // namespace m531x
