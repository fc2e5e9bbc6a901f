// SPDX-License-Identifier: Apache-2.0
#include "onenet/api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace m531x::onenet {
namespace {

using lwm2m::Path;

struct Words {
  ApiError error;
  std::string_view words;
};
constexpr auto kWords = std::to_array<Words>({
    {ApiError::unauthorized, "unauthorized: the api-key is missing or wrong"},
    {ApiError::bad_parameter, "invalid parameter"},
    {ApiError::bad_json, "invalid JSON"},
    {ApiError::exists, "the device is registered already"},
    {ApiError::not_found, "device not found"},
    {ApiError::full, "too many devices"},
    {ApiError::offline, "device not online"},
    {ApiError::timed_out, "unsuccess: TIME_OUT"},
    {ApiError::refused, "unsuccess"},
    {ApiError::no_such_call, "no such call"},
    {ApiError::failed, "internal error"},
});

// Ends the parsing of a request.
struct Refusal {
  ApiError error;
  std::string words;
};

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool has_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A request's query: names and values, none twice.
class Query {
 public:
  explicit Query(std::string_view text) {
    while (!text.empty()) {
      const auto part = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(part.size() + 1, text.size()));
      const auto name = part.substr(0, part.find('='));
      const auto value = part.substr(std::min(name.size() + 1, part.size()));
      if (!values_.emplace(name, value).second) refuse(name, "stands twice");
    }
  }
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name, std::int64_t least,
                                                   std::int64_t most) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    const auto value = number_of(found->second);
    if (!value || *value < least || *value > most) {
      refuse(name, "is not from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value;
  }
  [[nodiscard]] std::int64_t needed(std::string_view name, std::int64_t least,
                                    std::int64_t most) const {
    const auto value = number(name, least, most);
    if (!value) refuse(name, "is missing");
    return *value;
  }
  [[nodiscard]] std::string imei() const {
    const auto found = values_.find("imei");
    if (found == values_.end()) refuse("imei", "is missing");
    if (!is_imei(found->second)) refuse("imei", "has not 15 digits");
    return std::string(found->second);
  }

 private:
  [[noreturn]] static void refuse(std::string_view name, const std::string& why) {
    throw Refusal{ApiError::bad_parameter,
                  "invalid parameter: " + std::string(name.substr(0, kMaxShownBytes)) + " " + why};
  }
  static constexpr std::size_t kMaxShownBytes = 40;

  std::map<std::string_view, std::string_view> values_;
};

[[noreturn]] void refuse_body(const std::string& why) {
  throw Refusal{ApiError::bad_parameter, "invalid parameter: " + why};
}

Json json_of(std::string_view body) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) throw Refusal{ApiError::bad_json, {}};
  if (!json.is_object()) refuse_body("the body is no object");
  return json;
}

std::string name_in(const Json& json, const char* key, bool needed) {
  const auto found = json.find(key);
  if (found == json.end() && !needed) return {};
  if (found == json.end() || !found->is_string()) refuse_body(std::string(key) + " is no string");
  auto text = found->get<std::string>();
  if (text.size() > kMaxNameBytes || (needed && text.empty())) {
    refuse_body(std::string(key) + " has not 1 to " + std::to_string(kMaxNameBytes) + " bytes");
  }
  return text;
}

std::string psk_in(const Json& json) {
  const auto found = json.find("psk");
  if (found == json.end()) return {};
  auto psk = found->is_string() ? found->get<std::string>() : std::string();
  if (!is_psk(psk)) {
    refuse_body("psk has not " + std::to_string(kLeastPskBytes) + " to " +
                std::to_string(kMaxPskBytes) + " letters and digits");
  }
  return psk;
}

CreateDevice parse_create(std::string_view body) {
  const Json json = json_of(body);
  Device device;
  device.title = name_in(json, "title", true);
  device.desc = name_in(json, "desc", false);
  if (name_in(json, "protocol", true) != "LWM2M") refuse_body("protocol is not LWM2M");
  const auto auth = json.find("auth_info");
  const bool is_pair = auth != json.end() && auth->is_object() && auth->size() == 1;
  if (!is_pair || !auth->begin().value().is_string()) {
    refuse_body("auth_info is not one pair of IMEI and IMSI");
  }
  device.imei = auth->begin().key();
  device.imsi = auth->begin().value().get<std::string>();
  if (!is_imei(device.imei) || !is_imsi(device.imsi)) {
    refuse_body("auth_info has not an IMEI of 15 and an IMSI of 6 to 15 digits");
  }
  device.psk = psk_in(json);
  return {device};
}

DeviceCall device_call(const Query& query, DeviceCall::Kind kind) {
  DeviceCall call;
  call.kind = kind;
  call.imei = query.imei();
  const std::int64_t seconds = query.number("timeout", kLeastTimeout.count(), kMostTimeout.count())
                                   .value_or(kDefaultTimeout.count());
  call.timeout = std::chrono::seconds(seconds);
  return call;
}

std::int32_t id_in(const Query& query, std::string_view name) {
  return static_cast<std::int32_t>(query.needed(name, 0, lwm2m::kMaxId));
}
std::int32_t id_or_all(const Query& query, std::string_view name) {
  return static_cast<std::int32_t>(query.number(name, 0, lwm2m::kMaxId).value_or(Path::kAll));
}

DeviceCall parse_read(const Query& query) {
  DeviceCall call = device_call(query, DeviceCall::Kind::read);
  call.path = {id_in(query, "obj_id"), id_or_all(query, "obj_inst_id"), id_or_all(query, "res_id")};
  if (call.path.instance == Path::kAll && call.path.resource != Path::kAll) {
    refuse_body("res_id needs obj_inst_id");
  }
  return call;
}

DeviceCall parse_resources(const Query& query) {
  DeviceCall call = device_call(query, DeviceCall::Kind::resources);
  call.path.object = id_or_all(query, "obj_id");
  return call;
}

std::vector<ResourceValue> written_in(std::string_view body) {
  const Json json = json_of(body);
  const auto data = json.find("data");
  if (data == json.end() || !data->is_array() || data->empty() ||
      data->size() > kMaxWrittenResources) {
    refuse_body("data is no list of 1 to " + std::to_string(kMaxWrittenResources) + " resources");
  }
  std::vector<ResourceValue> resources;
  for (const Json& each : *data) {
    const bool is_pair = each.is_object() && each.contains("res_id") && each.contains("val");
    if (!is_pair || !each["res_id"].is_number_integer()) refuse_body("no res_id or no val in data");
    const auto id = each["res_id"].get<std::int64_t>();
    if (id < 0 || id > lwm2m::kMaxId) refuse_body("a res_id is not from 0 to 65535");
    resources.push_back({static_cast<std::int32_t>(id), each["val"]});
  }
  return resources;
}

DeviceCall parse_write(const Query& query, std::string_view body) {
  DeviceCall call = device_call(query, DeviceCall::Kind::write);
  call.path = {id_in(query, "obj_id"), id_in(query, "obj_inst_id"), Path::kAll};
  call.mode = static_cast<DeviceCall::Mode>(query.needed("mode", 1, 2));
  auto tlv = tlv_of(call.path.object, written_in(body));
  if (!tlv) refuse_body("a val is not of its resource's type");
  call.payload = std::move(*tlv);
  return call;
}

DeviceCall parse_execute(const Query& query, std::string_view body) {
  DeviceCall call = device_call(query, DeviceCall::Kind::execute);
  call.path = {id_in(query, "obj_id"), id_in(query, "obj_inst_id"), id_in(query, "res_id")};
  if (body.empty()) return call;
  const Json json = json_of(body);
  if (!json.contains("args")) return call;
  if (!json["args"].is_string()) refuse_body("args is no string");
  call.payload = json["args"].get<std::string>();
  if (call.payload.size() > kMaxArgsBytes) {
    refuse_body("args has more than " + std::to_string(kMaxArgsBytes) + " bytes");
  }
  return call;
}

ApiCall parse_call(const ApiRequest& request, std::string_view path, const Query& query) {
  constexpr std::string_view kDevice = "/devices/";
  const Method method = request.method;
  if (path == "/devices" && method == Method::post) return parse_create(request.body);
  if (path.starts_with(kDevice) && (method == Method::get || method == Method::del)) {
    const auto id = number_of(path.substr(kDevice.size()));
    if (!id) throw Refusal{ApiError::not_found, {}};
    if (method == Method::get) return GetDevice{*id};
    return DeleteDevice{*id};
  }
  if (path == "/nbiot" && method == Method::get) return parse_read(query);
  if (path == "/nbiot" && method == Method::post) return parse_write(query, request.body);
  if (path == "/nbiot/execute" && method == Method::post) {
    return parse_execute(query, request.body);
  }
  if (path == "/nbiot/resources" && method == Method::get) return parse_resources(query);
  throw Refusal{ApiError::no_such_call, {}};
}

ApiAnswer answer_with(Form form, const Json& json) { return {200, form, text_of(json)}; }

}  // namespace

bool is_imei(std::string_view text) { return has_digits(text, kImeiDigits, kImeiDigits); }
bool is_imsi(std::string_view text) { return has_digits(text, kLeastImsiDigits, kMaxImsiDigits); }

bool is_psk(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return text.size() >= kLeastPskBytes && text.size() <= kMaxPskBytes &&
         std::ranges::all_of(text, is_allowed);
}

std::variant<ApiCall, ApiAnswer> parse_request(const ApiRequest& request, std::string_view key) {
  const auto path = request.target.substr(0, request.target.find('?'));
  const Form form = path.starts_with("/nbiot") ? Form::chunked : Form::counted;
  if (request.key != key) return answer_of(ApiError::unauthorized, form);
  try {
    const auto query = request.target.substr(std::min(path.size() + 1, request.target.size()));
    return parse_call(request, path, Query(query));
  } catch (const Refusal& refusal) {
    return answer_of(refusal.error, form, refusal.words);
  }
}

ApiAnswer answer_of(ApiError error, Form form, std::string_view words) {
  const auto* const row = std::ranges::find(kWords, error, &Words::error);
  Json json;
  json["errno"] = static_cast<unsigned>(error);
  json["error"] = words.empty() ? row->words : words;
  ApiAnswer answer = answer_with(form, json);
  if (error == ApiError::no_such_call) answer.status = 404;
  if (error == ApiError::failed) answer.status = 500;
  return answer;
}

ApiAnswer created(std::int64_t id) {
  Json json;
  json["errno"] = 0;
  json["data"]["device_id"] = std::to_string(id);
  json["error"] = "succ";
  return answer_with(Form::counted, json);
}

ApiAnswer done(Form form) {
  Json json;
  json["errno"] = 0;
  json["error"] = "succ";
  return answer_with(form, json);
}

ApiAnswer described(const Device& device, bool online, const Json& datastreams) {
  Json json;
  json["errno"] = 0;
  Json& data = json["data"];
  data["id"] = std::to_string(device.id);
  data["title"] = device.title;
  data["desc"] = device.desc;
  data["protocol"] = "LWM2M";
  data["auth_info"][device.imei] = device.imsi;
  data["online"] = online;
  data["datastreams"] = datastreams;
  json["error"] = "succ";
  return answer_with(Form::counted, json);
}

ApiAnswer read_values(const InstanceValues& values) {
  Json json;
  json["errno"] = 0;
  json["error"] = "succ";
  Json& data = json["data"] = Json::array();
  for (const auto& [instance, resources] : values) {
    Json list = Json::array();
    for (const ResourceValue& resource : resources) {
      Json each;
      each["val"] = resource.value;
      each["res_id"] = resource.id;
      list.push_back(std::move(each));
    }
    Json entry;
    entry["res"] = std::move(list);
    entry["obj_inst_id"] = instance;
    data.push_back(std::move(entry));
  }
  return answer_with(Form::chunked, json);
}

ApiAnswer listed(const std::vector<Path>& resources) {
  std::map<std::int32_t, std::map<std::int32_t, Json>> objects;
  for (const Path& path : resources) {
    auto& instances = objects[path.object];
    if (path.instance == Path::kAll) continue;
    Json& ids = instances.try_emplace(path.instance, Json::array()).first->second;
    if (path.resource != Path::kAll) ids.push_back(path.resource);
  }
  Json json;
  json["errno"] = 0;
  json["error"] = "succ";
  json["data"]["total_count"] = objects.size();
  Json& items = json["data"]["item"] = Json::array();
  for (const auto& [object, instances] : objects) {
    Json item;
    item["obj_id"] = object;
    item["instances"] = Json::array();
    for (const auto& [instance, ids] : instances) {
      Json entry;
      entry["inst_id"] = instance;
      entry["resources"] = ids;
      item["instances"].push_back(std::move(entry));
    }
    items.push_back(std::move(item));
  }
  return answer_with(Form::chunked, json);
}

}  // namespace m531x::onenet
