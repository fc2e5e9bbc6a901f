// SPDX-License-Identifier: Apache-2.0
// OneNET's HTTP API as values: a request becomes a call or the answer that refuses it, a result
// becomes an answer. Knows no socket and no device.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lwm2m/path.h"
#include "onenet/devices.h"
#include "onenet/values.h"

namespace m531x::onenet {

// A request of a client. What is in no list here is `other`.
enum class Method : std::uint8_t { get, post, del, other };
struct ApiRequest {
  Method method = Method::get;
  std::string_view target;  // path and query
  std::string_view key;     // of the field api-key
  std::string_view body;
};

// How an answer's header block looks (manual 2.3.1 and 2.3.2).
enum class Form : std::uint8_t {
  counted,  // Content-Length
  chunked,
};
struct ApiAnswer {
  unsigned status = 200;
  Form form = Form::counted;
  std::string body;
};

// The numbers are ours; the words are what a client reads.
enum class ApiError : std::uint8_t {
  unauthorized = 3,
  bad_parameter = 4,
  bad_json = 5,
  exists = 6,
  not_found = 8,
  full = 9,
  offline = 10,
  timed_out = 11,
  refused = 12,  // the device says no, or nonsense
  no_such_call = 13,
  failed = 14,  // of ours
};
// `words`: instead of the error's own.
[[nodiscard]] ApiAnswer answer_of(ApiError error, Form form, std::string_view words = {});

struct CreateDevice {
  Device device;  // without an id
};
struct GetDevice {
  std::int64_t id = 0;
};
struct DeleteDevice {
  std::int64_t id = 0;
};
// What is asked of a device.
struct DeviceCall {
  enum class Kind : std::uint8_t { read, write, execute, resources };
  enum class Mode : std::uint8_t { replace = 1, update = 2 };  // of a write

  Kind kind = Kind::read;
  std::string imei;
  lwm2m::Path path;  // of `resources`: the object, or kAll
  std::chrono::seconds timeout{};
  Mode mode = Mode::replace;
  std::string payload;  // the TLV of a write, the argument of an execute
};
using ApiCall = std::variant<CreateDevice, GetDevice, DeleteDevice, DeviceCall>;

inline constexpr std::chrono::seconds kLeastTimeout{5};
inline constexpr std::chrono::seconds kMostTimeout{40};
inline constexpr std::chrono::seconds kDefaultTimeout{25};
inline constexpr std::size_t kMaxNameBytes = 256;  // of a title and of a desc
inline constexpr std::size_t kLeastPskBytes = 8;
inline constexpr std::size_t kMaxPskBytes = 16;
inline constexpr std::size_t kMaxWrittenResources = 64;  // in one call
inline constexpr std::size_t kMaxArgsBytes = 1024;
inline constexpr std::size_t kImeiDigits = 15;
inline constexpr std::size_t kMaxImsiDigits = 15;
inline constexpr std::size_t kLeastImsiDigits = 6;

[[nodiscard]] bool is_imei(std::string_view text);
[[nodiscard]] bool is_imsi(std::string_view text);
// Letters and digits, as OneNET has it.
[[nodiscard]] bool is_psk(std::string_view text);

// What `request` calls, or why not. `key` is the one that is asked for.
[[nodiscard]] std::variant<ApiCall, ApiAnswer> parse_request(const ApiRequest& request,
                                                             std::string_view key);

// Answers to calls that were done.
[[nodiscard]] ApiAnswer created(std::int64_t id);
[[nodiscard]] ApiAnswer done(Form form);
[[nodiscard]] ApiAnswer described(const Device& device, bool online, const Json& datastreams);
[[nodiscard]] ApiAnswer read_values(const InstanceValues& values);
[[nodiscard]] ApiAnswer listed(const std::vector<lwm2m::Path>& resources);

}  // namespace m531x::onenet
