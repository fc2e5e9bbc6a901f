// SPDX-License-Identifier: Apache-2.0
// The platform's side to clients of its HTTP API.
#include "onenet/platform.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace m531x::onenet {
namespace {

using lwm2m::Path;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

// How OneNET's words for a device's refusal go, after `unsuccess: `.
struct CodeWords {
  CoapCode code;
  std::string_view words;
};
constexpr auto kCodeWords = std::to_array<CodeWords>({
    {kCoapBadRequest, "BAD_REQUEST"},
    {kCoapUnauthorized, "UNAUTHORIZED"},
    {kCoapNotFound, "NOT_FOUND"},
    {kCoapNotAllowed, "METHOD_NOT_ALLOWED"},
    {kCoapNotAcceptable, "NOT_ACCEPTABLE"},
    {kCoapUnavailable, "SERVICE_UNAVAILABLE"},
});

std::string words_of(CoapCode code) {
  const auto* const row = std::ranges::find(kCodeWords, code, &CodeWords::code);
  std::string words = "unsuccess: ";
  if (row != kCodeWords.end()) return words.append(row->words);
  const unsigned detail = code & 31U;
  return words + std::to_string(code >> 5U) + (detail < 10 ? ".0" : ".") + std::to_string(detail);
}

// The events of a call to a device: it goes out, it has been done.
struct CallEvents {
  std::string_view begins;
  std::string_view ends;
};
CallEvents events_of(DeviceCall::Kind kind) {
  if (kind == DeviceCall::Kind::read) return {"reading", "read"};
  if (kind == DeviceCall::Kind::write) return {"writing", "written"};
  return {"executing", "executed"};
}

CoapMessage message_of(const DeviceCall& call) {
  CoapMessage message;
  message.payload = call.payload;
  if (call.kind == DeviceCall::Kind::read) {
    message.code = kCoapGet;
    message.accept = ContentFormat::tlv;
  } else if (call.kind == DeviceCall::Kind::write) {
    message.code = call.mode == DeviceCall::Mode::replace ? kCoapPut : kCoapPost;
    message.format = ContentFormat::tlv;
  } else {
    message.code = kCoapPost;
    if (!call.payload.empty()) message.format = ContentFormat::text;
  }
  return message;
}

// Not one that a client may still have from an earlier run.
std::uint64_t some_id() { return (std::uint64_t{std::random_device()()} << 20U) + 1; }

}  // namespace

std::string line_of(std::string_view event, std::string_view of, std::string_view more) {
  std::string line(event);
  for (const std::string_view part : {of, more}) {
    if (!part.empty()) line.append(" ").append(part);
  }
  return line;
}

Platform::Platform(port::EventLoop& loop, PlatformOptions options, Say say)
    : loop_(loop),
      options_(std::move(options)),
      say_(std::move(say)),
      devices_(options_.db),
      registry_(some_id()),
      expiry_(loop.context()),
      coap_(
          loop, options_.coap,
          [this](const CoapMessage& request, const Peer& from) { return handle(request, from); },
          security()),
      http_(loop, options_.http,
            [this](const ApiRequest& request, const Reply& reply) { handle(request, reply); }) {}

void Platform::handle(const ApiRequest& request, const Reply& reply) {
  const auto parsed = parse_request(request, options_.api_key);
  if (const auto* const refusal = std::get_if<ApiAnswer>(&parsed)) return reply(*refusal);
  const bool is_device_call = request.target.starts_with("/nbiot");
  if (ends_) return refuse_at_end(is_device_call ? Form::chunked : Form::counted, reply);
  try {
    std::visit(Overloaded{[&](const CreateDevice& call) { reply(create(call)); },
                          [&](const GetDevice& call) { reply(describe(call)); },
                          [&](const DeleteDevice& call) { reply(remove(call)); },
                          [&](const DeviceCall& device) { call(device, reply); }},
               std::get<ApiCall>(parsed));
  } catch (const std::runtime_error& error) {
    say_("failed", "", error.what());
    reply(answer_of(ApiError::failed, is_device_call ? Form::chunked : Form::counted));
  }
}

ApiAnswer Platform::create(const CreateDevice& call) {
  Device device = call.device;
  switch (devices_.create(device)) {
    case Devices::Created::exists:
      return answer_of(ApiError::exists, Form::counted);
    case Devices::Created::full:
      return answer_of(ApiError::full, Form::counted);
    case Devices::Created::done:
      break;
  }
  say_("device created", device.imei, std::to_string(device.id));
  if (!device.psk.empty() && !options_.coaps) {
    say_("unreachable", device.imei, "it has a psk, and without --coaps it can never register");
  }
  return created(device.id);
}

ApiAnswer Platform::describe(const GetDevice& call) {
  const auto device = devices_.find(call.id);
  if (!device) return answer_of(ApiError::not_found, Form::counted);
  const Registration* const registration = registry_.find_imei(device->imei);
  return described(*device, registration != nullptr,
                   registration == nullptr ? Json::array() : datastreams_of(*registration));
}

ApiAnswer Platform::remove(const DeleteDevice& call) {
  const auto device = devices_.find(call.id);
  if (!device || !devices_.remove(call.id)) return answer_of(ApiError::not_found, Form::counted);
  if (const Registration* const registration = registry_.find_imei(device->imei)) {
    drop(registration->id);
  }
  say_("device removed", device->imei, std::to_string(device->id));
  return done(Form::counted);
}

void Platform::call(const DeviceCall& call, const Reply& reply) {
  if (!devices_.find_imei(call.imei)) return reply(answer_of(ApiError::not_found, Form::chunked));
  const Registration* const registration = registry_.find_imei(call.imei);
  if (registration == nullptr) return reply(answer_of(ApiError::offline, Form::chunked));
  if (call.kind != DeviceCall::Kind::resources) {
    return send(call, links_.at(registration->id).peer, reply);
  }
  std::vector<Path> wanted;
  std::ranges::copy_if(registration->resources, std::back_inserter(wanted), [&](const Path& path) {
    return call.path.object == Path::kAll || call.path.object == path.object;
  });
  reply(listed(wanted));
}

void Platform::send(const DeviceCall& call, const Peer& peer, const Reply& reply) {
  CoapMessage message = message_of(call);
  const auto path = lwm2m::text_of(call.path);
  message.path = path;
  say_(events_of(call.kind).begins, call.imei, path);
  const std::uint64_t id = ++last_call_;
  open_calls_.emplace(id, reply);
  coap_.send(peer, message, call.timeout, [this, call, id](const CoapMessage* answer) {
    const auto open = open_calls_.extract(id);
    if (!open.empty()) open.mapped()(answer_to(call, answer));
  });
}

void Platform::end(std::function<void()> ended) {
  ends_ = true;
  for (const auto& [id, reply] : std::exchange(open_calls_, {})) {
    refuse_at_end(Form::chunked, reply);
  }
  http_.end(kFarewellTime, std::move(ended));
}

void Platform::refuse_at_end(Form form, const Reply& reply) {
  reply(answer_of(ApiError::failed, form, "the platform ends"));
}

ApiAnswer Platform::answer_to(const DeviceCall& call, const CoapMessage* answer) {
  const std::string path(lwm2m::text_of(call.path).view());
  if (answer == nullptr) {
    say_("no answer", call.imei, path);
    return answer_of(ApiError::timed_out, Form::chunked);
  }
  if (!is_success(answer->code)) {
    const std::string words = words_of(answer->code);
    say_("refused", call.imei, path + ' ' + words);
    return answer_of(ApiError::refused, Form::chunked, words);
  }
  if (call.kind != DeviceCall::Kind::read) {
    say_(events_of(call.kind).ends, call.imei, path);
    return done(Form::chunked);
  }
  const auto values = values_of(call.path, answer->format, answer->payload);
  if (!values) {
    say_("unreadable", call.imei, path);
    return answer_of(ApiError::refused, Form::chunked, "unsuccess: the answer cannot be read");
  }
  if (Registration* const registration = registry_.find_imei(call.imei)) {
    remember(*registration, call.path.object, *values);
  }
  say_("read", call.imei, path);
  return read_values(*values);
}

}  // namespace m531x::onenet
