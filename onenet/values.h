// SPDX-License-Identifier: Apache-2.0
// The values of resources, between what a device sends and takes (LwM2M 1.0 6.4) and the JSON of
// OneNET's HTTP API.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lwm2m/path.h"
#include "lwm2m/value.h"
#include "m531x/coap.h"

namespace m531x::onenet {

using Json = nlohmann::ordered_json;

// What a resource is, by the registries of OMA and IPSO; nullopt for what stands in no table here.
// TLV does not tell types, and OneNET's answer has them.
[[nodiscard]] std::optional<lwm2m::ValueType> type_of(std::int32_t object, std::int32_t resource);

struct ResourceValue {
  std::int32_t id = 0;
  Json value;
};
// The resources of each object instance, in the order of the device's answer.
using InstanceValues = std::map<std::int32_t, std::vector<ResourceValue>>;

// What a device answered to a read of `path`, or told of it. A resource of unknown type is a string
// if it is text, an integer if it has the size of one, else hex. Nullopt: the payload is malformed
// or of a format that is not spoken.
[[nodiscard]] std::optional<InstanceValues> values_of(const lwm2m::Path& path, ContentFormat format,
                                                      Bytes payload);

// The TLV of resources to write; nullopt where a value is not of its resource's type.
[[nodiscard]] std::optional<std::string> tlv_of(std::int32_t object,
                                                const std::vector<ResourceValue>& resources);

}  // namespace m531x::onenet
