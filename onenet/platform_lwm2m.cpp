// SPDX-License-Identifier: Apache-2.0
// The platform's side to devices: bootstrap and registration (LwM2M 1.0 5.2, 5.3), then what it
// asks of a device by itself (5.5).
#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <set>

#include "lwm2m/tlv.h"
#include "onenet/link_format.h"
#include "onenet/platform.h"

namespace m531x::onenet {
namespace {

using lwm2m::Path;
using lwm2m::TlvType;

// Resources of the object 0, LwM2M 1.0 appendix E.1.
constexpr std::uint16_t kServerUri = 0;
constexpr std::uint16_t kIsBootstrapServer = 1;
constexpr std::uint16_t kSecurityMode = 2;
constexpr std::uint16_t kIdentity = 3;
constexpr std::uint16_t kSecretKey = 5;
constexpr std::uint16_t kShortServerId = 10;
constexpr std::string_view kNo("\0", 1);
constexpr std::string_view kPsk("\0", 1);
constexpr std::string_view kNoSec("\x03", 1);
constexpr std::string_view kThisServer("\x01", 1);
// Objects below are between the client and its servers alone.
constexpr std::int32_t kFirstObserved = 3;

std::string entry(TlvType type, std::uint16_t id, Bytes value) {
  const auto header = lwm2m::tlv_header(type, id, value.size());
  return header ? std::string(header->view()).append(value) : std::string();
}

// `key`: of DTLS with that identity; none: without DTLS.
std::string security_object(const std::string& uri, Bytes identity, Bytes key) {
  std::string resources = entry(TlvType::resource, kServerUri, uri) +
                          entry(TlvType::resource, kIsBootstrapServer, kNo) +
                          entry(TlvType::resource, kSecurityMode, key.empty() ? kNoSec : kPsk);
  if (!key.empty()) {
    resources +=
        entry(TlvType::resource, kIdentity, identity) + entry(TlvType::resource, kSecretKey, key);
  }
  resources += entry(TlvType::resource, kShortServerId, kThisServer);
  return entry(TlvType::object_instance, 0, resources);
}

// What a device calls itself, in its registrations and as its identity in DTLS.
std::string endpoint_name(const Device& device) { return device.imei + ';' + device.imsi; }

// Of an identity or an endpoint name; empty: it does not begin with one.
std::string_view imei_of(std::string_view name) {
  const auto imei = name.substr(0, name.find(';'));
  return is_imei(imei) ? imei : std::string_view();
}

std::string words_of(const Path& path) { return std::string(lwm2m::text_of(path).view()); }

// The id of `rd/<id>`.
std::optional<std::uint64_t> id_of(Bytes path) {
  if (!path.starts_with("rd/")) return std::nullopt;
  path.remove_prefix(3);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), id);
  if (error != std::errc() || end != path.data() + path.size()) return std::nullopt;
  return id;
}

}  // namespace

CoapServer::Reply Platform::handle(const CoapMessage& request, const Peer& from) {
  const bool begins = request.path == "bs" || request.path == "rd";
  const auto id = id_of(request.path);
  if (!begins && !id) return {kCoapNotFound, {}};
  const auto query = parse_registration(request.query);
  if (!query) return {kCoapBadRequest, {}};
  if (begins) {
    if (request.code != kCoapPost) return {kCoapNotAllowed, {}};
    if (const auto words = refusal_of(*query, from); !words.empty()) {
      say_("refused", query->imei, words);
      return {kCoapForbidden, {}};
    }
    return request.path == "bs" ? bootstrap(*query, from) : enrol(*query, request.payload, from);
  }
  Registration* const registration = registry_.find(*id);
  if (registration == nullptr) return {kCoapNotFound, {}};
  const auto device = devices_.find_imei(registration->imei);
  if (!device || !proves(from, *device)) return {kCoapForbidden, {}};
  if (request.code == kCoapPost) return update(*registration, request, from);
  if (request.code == kCoapDelete) return deregister(*registration);
  return {kCoapNotAllowed, {}};
}

std::optional<CoapServer::Security> Platform::security() {
  if (!options_.coaps) return std::nullopt;
  return CoapServer::Security{
      .at = *options_.coaps,
      .key_of = [this](std::string_view identity) { return key_of(identity); },
      .proven =
          [this](std::string_view identity) { say_("secured", imei_of(identity), "by DTLS"); },
      .unproven =
          [this](std::string_view identity) {
            say_("refused", imei_of(identity), "by DTLS: its psk was not proven");
          }};
}

// Asked in the midst of a handshake. What a device calls itself is what it has to prove.
std::optional<std::string> Platform::key_of(std::string_view identity) const {
  const auto imei = imei_of(identity);
  const auto device = devices_.find_imei(imei);
  std::string_view why;
  if (imei.empty()) {
    why = "its identity is not <IMEI>;<IMSI>";
  } else if (!device) {
    why = "an unknown device";
  } else if (identity != endpoint_name(*device)) {
    why = "its imsi is another";
  } else if (device->psk.empty()) {
    why = "it was created without a psk";
  }
  if (!device || !why.empty()) {
    say_("refused", imei, std::string("by DTLS: ").append(why));
    return std::nullopt;
  }
  return device->psk;
}

// A device with a key has to come by DTLS, or anybody who knows its name could take its place. And
// with that key: the device of an earlier one may still be there.
bool Platform::proves(const Peer& peer, const Device& device) {
  return CoapServer::identity_of(peer) == (device.psk.empty() ? "" : endpoint_name(device)) &&
         CoapServer::key_of(peer) == device.psk;
}

// Empty: it is not refused.
std::string_view Platform::refusal_of(const RegistrationQuery& query, const Peer& from) const {
  const auto device = devices_.find_imei(query.imei);
  if (!device) return "an unknown device";
  if (device->imsi != query.imsi) return "its imsi is another";
  return proves(from, *device) ? "" : "its psk is not proven by DTLS";
}

CoapServer::Reply Platform::bootstrap(const RegistrationQuery& query, const Peer& from) {
  say_("bootstrapping", query.imei, "");
  // Behind the answer.
  boost::asio::post(loop_.context(),
                    [this, from, imei = query.imei] { bootstrap_step(from, imei, 0); });
  return {kCoapChanged, {}};
}

void Platform::bootstrap_step(const Peer& peer, const std::string& imei, std::size_t step) {
  const auto device = devices_.find_imei(imei);
  if (!device || !proves(peer, *device)) {
    return say_("bootstrap failed", imei, "the device was removed");
  }
  const std::string security = security_for(peer, *device);
  CoapMessage clear;
  clear.code = kCoapDelete;
  CoapMessage write;
  write.code = kCoapPut;
  write.path = "0";
  write.format = ContentFormat::tlv;
  write.payload = security;
  CoapMessage finish;
  finish.code = kCoapPost;
  finish.path = "bs";
  const std::array messages = {clear, write, finish};
  if (step == messages.size()) return say_("bootstrapped", imei, "");
  coap_.send(peer, messages[step], options_.patience, [=, this](const CoapMessage* answer) {
    if (answer == nullptr || !is_success(answer->code)) {
      return say_("bootstrap failed", imei, answer == nullptr ? "no answer" : "it was refused");
    }
    bootstrap_step(peer, imei, step + 1);
  });
}

// It is to register where it has bootstrapped, and as it has.
std::string Platform::security_for(const Peer& peer, const Device& device) const {
  const auto identity = CoapServer::identity_of(peer);
  const bool secure = !identity.empty();
  const auto uri = (secure ? "coaps://" : "coap://") + CoapServer::own_address(peer) + ':' +
                   std::to_string(secure ? coap_.secure_port() : coap_.port());
  return security_object(uri, identity, device.psk);
}

CoapServer::Reply Platform::enrol(const RegistrationQuery& query, Bytes payload, const Peer& from) {
  auto objects = paths_of(payload);
  if (!objects) return {kCoapBadRequest, {}};
  if (const Registration* const old = registry_.find_imei(query.imei)) drop(old->id);
  const Registration& registration =
      registry_.add(query.imei, query.lifetime.value_or(kDefaultLifetime), *objects, loop_.now());
  const std::uint64_t id = registration.id;
  links_[id].peer = from;
  arm_expiry();
  say_("registered", query.imei, "for " + std::to_string(registration.lifetime.count()) + " s");
  // Behind the answer.
  boost::asio::post(loop_.context(), [this, id, list = std::move(*objects)] { inquire(id, list); });
  return {kCoapCreated, {"rd", std::to_string(id)}};
}

CoapServer::Reply Platform::update(Registration& registration, const CoapMessage& request,
                                   const Peer& from) {
  const auto query = parse_registration(request.query);
  auto objects = paths_of(request.payload);
  if (!query || !objects) return {kCoapBadRequest, {}};
  registry_.update(registration, query->lifetime, loop_.now());
  arm_expiry();
  Peer& peer = links_.at(registration.id).peer;
  const bool moved = peer != from;
  peer = from;
  say_("updated", registration.imei, moved ? "from a new address" : "");
  if (request.payload.empty()) return {kCoapChanged, {}};
  registration.objects = *objects;
  registration.resources.clear();
  boost::asio::post(loop_.context(), [this, id = registration.id, list = std::move(*objects)] {
    forget_inquiries(id);
    inquire(id, list);
  });
  return {kCoapChanged, {}};
}

CoapServer::Reply Platform::deregister(const Registration& registration) {
  say_("deregistered", registration.imei, "");
  drop(registration.id);
  return {kCoapDeleted, {}};
}

void Platform::inquire(std::uint64_t id, const std::vector<Path>& objects) {
  std::vector<Inquiry> inquiries;
  std::set<std::int32_t> found;
  for (const Path& path : objects) {
    if (path.object < kFirstObserved) continue;
    found.insert(path.object);
    if (path.instance != Path::kAll) inquiries.push_back({path, false});
  }
  for (const std::int32_t object : found) inquiries.push_back({{.object = object}, true});
  inquire_next(id, std::move(inquiries));
}

void Platform::inquire_next(std::uint64_t id, std::vector<Inquiry> rest) {
  const auto link = links_.find(id);
  if (link == links_.end() || rest.empty()) return;
  const Inquiry inquiry = rest.front();
  rest.erase(rest.begin());
  const auto path = lwm2m::text_of(inquiry.path);
  CoapMessage message;
  message.code = kCoapGet;
  message.path = path;
  message.accept = inquiry.discovers ? ContentFormat::link : ContentFormat::tlv;
  if (!inquiry.discovers) message.observe = CoapMessage::Observe::start;
  const auto number = coap_.send(
      link->second.peer, message, options_.patience,
      [this, id, inquiry, rest = std::move(rest), first = true](const CoapMessage* answer) mutable {
        Registration* const registration = registry_.find(id);
        if (registration == nullptr) return;
        inquired(*registration, inquiry, answer);
        if (std::exchange(first, false)) inquire_next(id, std::move(rest));
      });
  link->second.inquiries.push_back(number);
}

void Platform::inquired(Registration& registration, const Inquiry& inquiry,
                        const CoapMessage* answer) {
  const std::string path = words_of(inquiry.path);
  if (answer == nullptr || !is_success(answer->code)) {
    return say_(inquiry.discovers ? "not discovered" : "not observed", registration.imei, path);
  }
  if (inquiry.discovers) {
    const auto found = paths_of(answer->payload);
    if (!found) return say_("unreadable", registration.imei, path);
    std::erase_if(registration.resources,
                  [&](const Path& each) { return each.object == inquiry.path.object; });
    std::ranges::copy_if(*found, std::back_inserter(registration.resources),
                         [&](const Path& each) { return each.object == inquiry.path.object; });
    return say_("discovered", registration.imei, path);
  }
  const auto values = values_of(inquiry.path, answer->format, answer->payload);
  if (values) remember(registration, inquiry.path.object, *values);
  say_(values || answer->payload.empty() ? "observed" : "unreadable", registration.imei, path);
}

void Platform::forget_inquiries(std::uint64_t id) {
  const auto link = links_.find(id);
  if (link == links_.end()) return;
  for (const auto number : link->second.inquiries) coap_.stop(number);
  link->second.inquiries.clear();
}

void Platform::drop(std::uint64_t id) {
  forget_inquiries(id);
  links_.erase(id);
  registry_.remove(id);
  arm_expiry();
}

void Platform::arm_expiry() {
  const auto next = registry_.next_expiry();
  if (!next) {
    expiry_.cancel();
    return;
  }
  expiry_.expires_at(loop_.time_point(*next));
  expiry_.async_wait([this](boost::system::error_code error) {
    if (!error) expire();
  });
}

void Platform::expire() {
  while (const auto registration = registry_.take_expired(loop_.now())) {
    say_("expired", registration->imei, "");
    drop(registration->id);
  }
  arm_expiry();
}

}  // namespace m531x::onenet
