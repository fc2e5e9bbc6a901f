// SPDX-License-Identifier: Apache-2.0
#include "modem/lwm2m_objects.h"

#include <algorithm>

#include "m531x/ascii.h"
#include "mem/text.h"

namespace m531x::modem {
namespace {

using lwm2m::Path;

// `,` where something stands already, and `<path>` in angle brackets.
bool add_link(const Path& path, mem::Chain& to) {
  mem::Text link;
  if (!to.empty()) link.add(',');
  link.add("</").add(lwm2m::text_of(path)).add('>');
  return to.append(link.view());
}

template <typename Visit>
bool for_each_instance(const Lwm2mObject& object, Visit&& visit) {
  for (std::int32_t i = 0; i < std::int32_t{Lwm2mObject::kMaxInstances}; ++i) {
    if (object.has(i) && !visit(i)) return false;
  }
  return true;
}

}  // namespace

Lwm2mObject* Lwm2mObjects::find(std::int32_t id) {
  const auto found = std::ranges::find_if(
      objects_, [id](const Lwm2mObject& each) { return each.used && each.id == id; });
  return found == objects_.end() ? nullptr : &*found;
}

Lwm2mObject* Lwm2mObjects::add(std::uint16_t id, std::uint8_t instances) {
  const auto place = std::ranges::find(objects_, false, &Lwm2mObject::used);
  if (place == objects_.end()) return nullptr;
  *place = {.id = id, .instances = instances, .used = true};
  return &*place;
}

bool Lwm2mObjects::has(const Path& path) {
  const Lwm2mObject* const object = find(path.object);
  return object != nullptr && (path.instance == Path::kAll || object->has(path.instance));
}

bool Lwm2mObjects::list(mem::Chain& to) const {
  if (!to.append("</>;rt=\"oma.lwm2m\"")) return false;
  for (const Lwm2mObject& object : objects_) {
    if (!object.used) continue;
    if (object.instances == 0 && !add_link({.object = object.id}, to)) return false;
    const bool ok = for_each_instance(object, [&](std::int32_t instance) {
      return add_link({.object = object.id, .instance = instance}, to);
    });
    if (!ok) return false;
  }
  return true;
}

bool Lwm2mObjects::list(const Path& path, mem::Chain& to) {
  const Lwm2mObject& object = *find(path.object);
  if (path.instance == Path::kAll && !add_link(path, to)) return false;
  return for_each_instance(object, [&](std::int32_t instance) {
    if (path.instance != Path::kAll && path.instance != instance) return true;
    Path link = {.object = object.id, .instance = instance};
    if (path.resource == Path::kAll && !add_link(link, to)) return false;
    for (std::size_t i = 0; i < object.resource_count; ++i) {
      link.resource = object.resources[i];
      const bool wanted = path.resource == Path::kAll || path.resource == link.resource;
      if (wanted && !add_link(link, to)) return false;
    }
    return true;
  });
}

bool take_resources(Bytes text, Lwm2mObject& object) {
  Lwm2mObject next = object;
  next.resource_count = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::uint32_t id = 0;
    for (const char c : mem::first(text, end)) {
      if (!is_digit(c) || id > 0xffff) return false;
      id = id * 10 + static_cast<std::uint32_t>(c - '0');
    }
    if (end == 0 || id > 0xffff || next.resource_count == Lwm2mObject::kMaxResources) return false;
    next.resources[next.resource_count++] = static_cast<std::uint16_t>(id);
    const bool more = end < text.size();
    text = mem::after(text, end + 1);
    if (more && text.empty()) return false;
  }
  object = next;
  return true;
}

}  // namespace m531x::modem
