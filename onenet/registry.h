// SPDX-License-Identifier: Apache-2.0
// Which devices are registered, and until when (LwM2M 1.0 5.3). A value: time is a parameter.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lwm2m/path.h"
#include "m531x/bytes.h"
#include "onenet/values.h"

namespace m531x::onenet {

inline constexpr std::chrono::seconds kDefaultLifetime{86'400};  // LwM2M 1.0 5.3.1
inline constexpr std::int64_t kMaxLifetimeSeconds = 0x7fff'ffff;
inline constexpr std::size_t kMaxLastValues = 1024;

// What a client says of itself, in the query of a registration or of an update.
struct RegistrationQuery {
  std::string imei;
  std::string imsi;
  std::optional<std::chrono::seconds> lifetime;
};
// Reads `ep=<imei>;<imsi>&lt=<seconds>…`; what else is there is passed over. Nullopt: an endpoint
// name that is none of OneNET's, or a lifetime that is not from 1 to kMaxLifetimeSeconds.
[[nodiscard]] std::optional<RegistrationQuery> parse_registration(std::string_view query);

struct Registration {
  std::uint64_t id = 0;
  std::string imei;
  std::chrono::seconds lifetime{};
  Millis expires{};
  std::vector<lwm2m::Path> objects;    // as registered: objects and their instances
  std::vector<lwm2m::Path> resources;  // as discovered
  std::map<std::int32_t, std::map<std::int32_t, std::map<std::int32_t, Json>>> last_values;
  std::size_t last_value_count = 0;
};

class Registry {
 public:
  // Ids count up from `first_id`. Registrations do not outlive the program, but clients that think
  // they stand do: their ids should not be those of others then.
  explicit Registry(std::uint64_t first_id = 1) : next_id_(first_id) {}

  // Begins a registration, with a new id; one of the same device ends.
  Registration& add(std::string imei, std::chrono::seconds lifetime,
                    std::vector<lwm2m::Path> objects, Millis now);
  // Prolongs it, with another lifetime if there is one.
  void update(Registration& registration, std::optional<std::chrono::seconds> lifetime, Millis now);
  [[nodiscard]] Registration* find(std::uint64_t id);
  [[nodiscard]] Registration* find_imei(std::string_view imei);
  void remove(std::uint64_t id);

  // Removes one that is over at `now`; none when there is none.
  [[nodiscard]] std::optional<Registration> take_expired(Millis now);
  [[nodiscard]] std::optional<Millis> next_expiry() const;

 private:
  std::map<std::uint64_t, Registration> registrations_;
  std::map<std::string, std::uint64_t, std::less<>> by_imei_;
  std::uint64_t next_id_;
};

// Keeps what a device told of its resources, of the first kMaxLastValues that it tells of.
void remember(Registration& registration, std::int32_t object, const InstanceValues& values);
// The kept values: [{"id":"3200_0_5500","current_value":false},…].
[[nodiscard]] Json datastreams_of(const Registration& registration);

}  // namespace m531x::onenet
