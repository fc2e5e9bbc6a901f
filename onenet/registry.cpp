// SPDX-License-Identifier: Apache-2.0
#include "onenet/registry.h"

#include <algorithm>
#include <charconv>

#include "onenet/api.h"

namespace m531x::onenet {
namespace {

std::optional<std::chrono::seconds> lifetime_of(std::string_view text) {
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (seconds < 1 || seconds > kMaxLifetimeSeconds) return std::nullopt;
  return std::chrono::seconds(seconds);
}

// Nullptr: none is kept of that resource.
Json* kept_value(Registration& registration, const lwm2m::Path& path) {
  const auto object = registration.last_values.find(path.object);
  if (object == registration.last_values.end()) return nullptr;
  const auto instance = object->second.find(path.instance);
  if (instance == object->second.end()) return nullptr;
  const auto resource = instance->second.find(path.resource);
  return resource == instance->second.end() ? nullptr : &resource->second;
}

}  // namespace

std::optional<RegistrationQuery> parse_registration(std::string_view query) {
  RegistrationQuery found;
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.starts_with("ep=")) {
      const auto name = part.substr(3);
      const auto imei = name.substr(0, name.find(';'));
      const auto imsi = name.substr(std::min(imei.size() + 1, name.size()));
      if (!is_imei(imei) || !is_imsi(imsi)) return std::nullopt;
      found.imei = imei;
      found.imsi = imsi;
    } else if (part.starts_with("lt=")) {
      found.lifetime = lifetime_of(part.substr(3));
      if (!found.lifetime) return std::nullopt;
    }
  }
  return found;
}

Registration& Registry::add(std::string imei, std::chrono::seconds lifetime,
                            std::vector<lwm2m::Path> objects, Millis now) {
  if (const auto old = by_imei_.find(imei); old != by_imei_.end()) {
    registrations_.erase(old->second);
  }
  const std::uint64_t id = next_id_++;
  by_imei_[imei] = id;
  Registration& registration = registrations_[id];
  registration.id = id;
  registration.imei = std::move(imei);
  registration.objects = std::move(objects);
  update(registration, lifetime, now);
  return registration;
}

void Registry::update(Registration& registration, std::optional<std::chrono::seconds> lifetime,
                      Millis now) {
  if (lifetime) registration.lifetime = *lifetime;
  registration.expires = now + registration.lifetime;
}

Registration* Registry::find(std::uint64_t id) {
  const auto found = registrations_.find(id);
  return found == registrations_.end() ? nullptr : &found->second;
}

Registration* Registry::find_imei(std::string_view imei) {
  const auto found = by_imei_.find(imei);
  return found == by_imei_.end() ? nullptr : find(found->second);
}

void Registry::remove(std::uint64_t id) {
  const auto found = registrations_.find(id);
  if (found == registrations_.end()) return;
  by_imei_.erase(found->second.imei);
  registrations_.erase(found);
}

std::optional<Registration> Registry::take_expired(Millis now) {
  const auto over = std::ranges::find_if(
      registrations_, [now](const auto& each) { return each.second.expires <= now; });
  if (over == registrations_.end()) return std::nullopt;
  Registration registration = std::move(over->second);
  by_imei_.erase(registration.imei);
  registrations_.erase(over);
  return registration;
}

std::optional<Millis> Registry::next_expiry() const {
  const auto next = std::ranges::min_element(registrations_, {},
                                             [](const auto& each) { return each.second.expires; });
  if (next == registrations_.end()) return std::nullopt;
  return next->second.expires;
}

void remember(Registration& registration, std::int32_t object, const InstanceValues& values) {
  for (const auto& [instance, resources] : values) {
    for (const ResourceValue& resource : resources) {
      Json* const kept = kept_value(registration, {object, instance, resource.id});
      if (kept != nullptr) {
        *kept = resource.value;
      } else if (registration.last_value_count < kMaxLastValues) {
        registration.last_values[object][instance][resource.id] = resource.value;
        ++registration.last_value_count;
      }
    }
  }
}

Json datastreams_of(const Registration& registration) {
  Json streams = Json::array();
  for (const auto& [object, instances] : registration.last_values) {
    for (const auto& [instance, resources] : instances) {
      for (const auto& [resource, value] : resources) {
        Json stream;
        stream["id"] = std::to_string(object) + '_' + std::to_string(instance) + '_' +
                       std::to_string(resource);
        stream["current_value"] = value;
        streams.push_back(std::move(stream));
      }
    }
  }
  return streams;
}

}  // namespace m531x::onenet
