// SPDX-License-Identifier: Apache-2.0
#include "onenet/values.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lwm2m/tlv.h"

namespace m531x::onenet {
namespace {

using lwm2m::TlvEntry;
using lwm2m::TlvReader;
using lwm2m::TlvType;
using lwm2m::ValueType;

struct Row {
  std::int32_t object;  // kReusable: the IPSO resources, the same in every object
  std::int32_t resource;
  ValueType type;
};
constexpr std::int32_t kReusable = -1;

// LwM2M 1.0 appendix E (objects 3 and 4); IPSO's reusable resources.
constexpr auto kTypes = std::to_array<Row>({
    {3, 0, ValueType::string},
    {3, 1, ValueType::string},
    {3, 2, ValueType::string},
    {3, 3, ValueType::string},
    {3, 6, ValueType::integer},
    {3, 7, ValueType::integer},
    {3, 8, ValueType::integer},
    {3, 9, ValueType::integer},
    {3, 10, ValueType::integer},
    {3, 11, ValueType::integer},
    {3, 13, ValueType::integer},
    {3, 14, ValueType::string},
    {3, 15, ValueType::string},
    {3, 16, ValueType::string},
    {4, 0, ValueType::integer},
    {4, 1, ValueType::integer},
    {4, 2, ValueType::integer},
    {4, 3, ValueType::integer},
    {4, 4, ValueType::string},
    {4, 5, ValueType::string},
    {4, 7, ValueType::string},
    {4, 8, ValueType::integer},
    {kReusable, 5500, ValueType::boolean},
    {kReusable, 5501, ValueType::integer},
    {kReusable, 5502, ValueType::boolean},
    {kReusable, 5503, ValueType::integer},
    {kReusable, 5504, ValueType::integer},
    {kReusable, 5514, ValueType::string},
    {kReusable, 5515, ValueType::string},
    {kReusable, 5518, ValueType::integer},
    {kReusable, 5527, ValueType::string},
    {kReusable, 5529, ValueType::string},
    {kReusable, 5544, ValueType::integer},
    {kReusable, 5550, ValueType::boolean},
    {kReusable, 5551, ValueType::integer},
    {kReusable, 5600, ValueType::floating},
    {kReusable, 5601, ValueType::floating},
    {kReusable, 5602, ValueType::floating},
    {kReusable, 5603, ValueType::floating},
    {kReusable, 5604, ValueType::floating},
    {kReusable, 5650, ValueType::floating},
    {kReusable, 5651, ValueType::floating},
    {kReusable, 5652, ValueType::floating},
    {kReusable, 5700, ValueType::floating},
    {kReusable, 5701, ValueType::string},
    {kReusable, 5702, ValueType::floating},
    {kReusable, 5703, ValueType::floating},
    {kReusable, 5704, ValueType::floating},
    {kReusable, 5706, ValueType::string},
    {kReusable, 5750, ValueType::string},
    {kReusable, 5800, ValueType::floating},
    {kReusable, 5805, ValueType::floating},
    {kReusable, 5820, ValueType::floating},
    {kReusable, 5821, ValueType::floating},
    {kReusable, 5850, ValueType::boolean},
    {kReusable, 5851, ValueType::integer},
    {kReusable, 5852, ValueType::integer},
});

bool is_text(Bytes bytes) {
  if (std::ranges::any_of(
          bytes, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    return false;
  }
  try {
    static_cast<void>(Json(bytes).dump());  // throws where it is no UTF-8
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

std::string hex_of(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4U];
    text += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

template <typename Number>
std::optional<Json> number_of(Bytes text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return Json(value);
}

std::optional<Json> scalar_of(ValueType type, Bytes text) {
  if (type == ValueType::integer) return number_of<std::int64_t>(text);
  if (type == ValueType::floating) return number_of<double>(text);
  if (text != "0" && text != "1") return std::nullopt;
  return Json(text == "1");
}

std::optional<Json> tlv_scalar(ValueType type, Bytes bytes) {
  const auto text = lwm2m::scalar_text(type, bytes);
  return text ? scalar_of(type, text->view()) : std::nullopt;
}

Json untyped(Bytes bytes) {
  if (is_text(bytes)) return bytes;
  return tlv_scalar(ValueType::integer, bytes).value_or(Json(hex_of(bytes)));
}

Json typed(std::optional<ValueType> type, Bytes bytes, ContentFormat format) {
  if (type && lwm2m::is_scalar(*type)) {
    const auto value =
        format == ContentFormat::text ? scalar_of(*type, bytes) : tlv_scalar(*type, bytes);
    if (value) return *value;
  }
  if (type == ValueType::opaque || format == ContentFormat::opaque) return hex_of(bytes);
  if (type == ValueType::string) return is_text(bytes) ? Json(bytes) : Json(hex_of(bytes));
  return untyped(bytes);
}

// The resource of an entry; nullopt if the entry is none or cut short inside.
std::optional<ResourceValue> resource_of(std::int32_t object, const TlvEntry& entry) {
  const auto type = type_of(object, entry.id);
  if (entry.type == TlvType::resource) {
    return ResourceValue{entry.id, typed(type, entry.value, ContentFormat::tlv)};
  }
  if (entry.type != TlvType::multiple_resource) return std::nullopt;
  Json values = Json::array();
  TlvReader reader(entry.value);
  while (const auto inner = reader.next()) {
    values.push_back(typed(type, inner->value, ContentFormat::tlv));
  }
  if (reader.malformed()) return std::nullopt;
  return ResourceValue{entry.id, std::move(values)};
}

bool add_resources(std::int32_t object, Bytes entries, std::vector<ResourceValue>& to) {
  TlvReader reader(entries);
  while (const auto entry = reader.next()) {
    auto resource = resource_of(object, *entry);
    if (!resource) return false;
    to.push_back(std::move(*resource));
  }
  return !reader.malformed();
}

std::optional<InstanceValues> values_of_tlv(const lwm2m::Path& path, Bytes payload) {
  InstanceValues instances;
  TlvReader reader(payload);
  while (const auto entry = reader.next()) {
    if (entry->type == TlvType::object_instance) {
      if (!add_resources(path.object, entry->value, instances[entry->id])) return std::nullopt;
      continue;
    }
    auto resource = resource_of(path.object, *entry);
    if (!resource) return std::nullopt;
    instances[std::max(path.instance, 0)].push_back(std::move(*resource));
  }
  if (reader.malformed()) return std::nullopt;
  return instances;
}

// What scalar_bytes() and the wire take for a value of the API.
std::optional<std::string> bytes_of(std::optional<ValueType> known, const Json& value) {
  const ValueType own = value.is_boolean()          ? ValueType::boolean
                        : value.is_number_integer() ? ValueType::integer
                        : value.is_number()         ? ValueType::floating
                                                    : ValueType::string;
  const ValueType type = known.value_or(own);
  if (!lwm2m::is_scalar(type)) {
    if (!value.is_string()) return std::nullopt;
    return value.get<std::string>();
  }
  const bool fits = own == type || (type == ValueType::floating && own == ValueType::integer);
  if (!fits) return std::nullopt;
  if (type == ValueType::floating) {
    return std::string(lwm2m::floating_bytes(value.get<double>()).view());
  }
  const std::string text = value.is_boolean() ? (value.get<bool>() ? "1" : "0") : value.dump();
  const auto bytes = lwm2m::scalar_bytes(type, text);
  if (!bytes) return std::nullopt;
  return std::string(bytes->view());
}

}  // namespace

std::optional<ValueType> type_of(std::int32_t object, std::int32_t resource) {
  const auto* const row = std::ranges::find_if(kTypes, [&](const Row& each) {
    return each.resource == resource && (each.object == kReusable || each.object == object);
  });
  if (row == kTypes.end()) return std::nullopt;
  return row->type;
}

std::optional<InstanceValues> values_of(const lwm2m::Path& path, ContentFormat format,
                                        Bytes payload) {
  if (format == ContentFormat::tlv) return values_of_tlv(path, payload);
  const bool is_plain = format == ContentFormat::text || format == ContentFormat::opaque ||
                        format == ContentFormat::none;
  if (!is_plain || path.resource == lwm2m::Path::kAll) return std::nullopt;
  const auto as = format == ContentFormat::none ? ContentFormat::text : format;
  Json value = typed(type_of(path.object, path.resource), payload, as);
  return InstanceValues{{path.instance, {{path.resource, std::move(value)}}}};
}

std::optional<std::string> tlv_of(std::int32_t object,
                                  const std::vector<ResourceValue>& resources) {
  std::string tlv;
  for (const ResourceValue& resource : resources) {
    const auto bytes = bytes_of(type_of(object, resource.id), resource.value);
    if (!bytes) return std::nullopt;
    const auto header = lwm2m::tlv_header(TlvType::resource,
                                          static_cast<std::uint16_t>(resource.id), bytes->size());
    if (!header) return std::nullopt;
    tlv += header->view();
    tlv += *bytes;
  }
  return tlv;
}

}  // namespace m531x::onenet
