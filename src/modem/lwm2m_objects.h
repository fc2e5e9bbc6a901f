// SPDX-License-Identifier: Apache-2.0
// The objects that a host has told its module of (AT+MIPLADDOBJ), and how they are listed to a
// server (RFC 6690, LwM2M 1.0 8.2.1 and 8.2.5).
#pragma once

#include <array>
#include <cstdint>

#include "lwm2m/path.h"
#include "mem/chain.h"

namespace m531x::modem {

struct Lwm2mObject {
  static constexpr std::size_t kMaxInstances = 8;
  static constexpr std::size_t kMaxResources = 16;

  std::uint16_t id = 0;
  std::uint8_t instances = 0;  // a bit set of those that are there
  bool used = false;
  std::uint8_t resource_count = 0;  // that the host has listed for discovery
  std::array<std::uint16_t, kMaxResources> resources{};

  [[nodiscard]] bool has(std::int32_t instance) const {
    return instance >= 0 && instance < std::int32_t{kMaxInstances} &&
           (instances >> instance & 1) != 0;
  }
};

class Lwm2mObjects {
 public:
  static constexpr std::size_t kMaxObjects = 8;

  // nullptr: there is none of that id.
  [[nodiscard]] Lwm2mObject* find(std::int32_t id);
  // nullptr: it is full.
  [[nodiscard]] Lwm2mObject* add(std::uint16_t id, std::uint8_t instances);
  // Whether a server may ask for it: its object is there, and its instance if it names one.
  [[nodiscard]] bool has(const lwm2m::Path& path);
  // The payload of a registration. False: no memory; `to` may hold a part.
  [[nodiscard]] bool list(mem::Chain& to) const;
  // The payload of an answer to a discovery of `path`, which is there.
  [[nodiscard]] bool list(const lwm2m::Path& path, mem::Chain& to);

 private:
  std::array<Lwm2mObject, kMaxObjects> objects_{};
};

// Reads `5500;5501` into the object's list. False: something else, or too many; nothing is changed.
[[nodiscard]] bool take_resources(Bytes text, Lwm2mObject& object);

}  // namespace m531x::modem
