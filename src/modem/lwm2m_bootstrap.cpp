// SPDX-License-Identifier: Apache-2.0
// What a bootstrap server writes (LwM2M 1.0 5.2.7 and annex E.1): the security object alone
// matters here, and of it the account of the server to register with.
#include "lwm2m/tlv.h"
#include "modem/lwm2m_client.h"
#include "modem/server_address.h"

namespace m531x::modem {
namespace {

using lwm2m::TlvReader;
using lwm2m::TlvType;

constexpr std::int32_t kSecurityObject = 0;
constexpr std::int32_t kServerObject = 1;

// Resources of the security object.
constexpr std::uint16_t kUri = 0;
constexpr std::uint16_t kIsBootstrap = 1;
constexpr std::uint16_t kMode = 2;
constexpr std::uint16_t kIdentity = 3;
constexpr std::uint16_t kKey = 5;
constexpr std::int64_t kModePsk = 0;
constexpr std::int64_t kModeNone = 3;

// An integer or a boolean of TLV, in one byte as all of those here are.
std::optional<std::int64_t> small(Bytes value) {
  if (value.size() != 1) return std::nullopt;
  return static_cast<unsigned char>(value.front());
}

}  // namespace

void Lwm2mClient::bootstrap_request(const CoapMessage& request) {
  if (request.code == kCoapPost && request.path == "bs") return finish_bootstrap(request.id);
  const auto path = lwm2m::parse_path(request.path);
  CoapCode code = kCoapNotFound;
  if (request.code == kCoapDelete) {
    const bool all = request.path.empty();
    const bool is_security = path && path->object == kSecurityObject;
    if (all || (is_security && is_granted_in(path->instance))) granted_.clear();
    if (all || is_security || (path && path->object == kServerObject)) code = kCoapDeleted;
  } else if (request.code != kCoapPut) {
    code = kCoapNotAllowed;
  } else if (request.payload.size() > kMaxPayloadBytes) {
    code = kCoapTooLarge;
  } else if (path && path->object == kSecurityObject) {
    const bool is_tlv =
        request.format == ContentFormat::tlv || request.format == ContentFormat::none;
    code = is_tlv ? take_security(*path, request.payload) : kCoapUnsupported;
  } else if (path && path->object == kServerObject) {
    code = kCoapChanged;  // the lifetime is the host's
  }
  respond(request.id, code);
}

bool Lwm2mClient::is_granted_in(std::int32_t instance) const {
  return instance == lwm2m::Path::kAll || instance == std::int32_t{granted_instance_};
}

// The instances of the object, or the resources of one.
CoapCode Lwm2mClient::take_security(const lwm2m::Path& path, Bytes tlv) {
  if (path.resource != lwm2m::Path::kAll) return kCoapNotAllowed;
  if (path.instance != lwm2m::Path::kAll) {
    TlvReader peek(tlv);
    const auto first = peek.next();
    const bool is_inside = first && first->type == TlvType::object_instance;
    return take_account(static_cast<std::uint16_t>(path.instance), is_inside ? first->value : tlv);
  }
  TlvReader reader(tlv);
  while (const auto entry = reader.next()) {
    if (entry->type != TlvType::object_instance) return kCoapBadRequest;
    const CoapCode code = take_account(entry->id, entry->value);
    if (code != kCoapChanged) return code;
  }
  return reader.malformed() ? kCoapBadRequest : kCoapChanged;
}

CoapCode Lwm2mClient::take_account(std::uint16_t instance, Bytes resources) {
  Bytes uri;
  Peer peer;
  std::int64_t is_bootstrap = 0;
  std::int64_t mode = kModeNone;
  TlvReader reader(resources);
  while (const auto entry = reader.next()) {
    if (entry->type != TlvType::resource) continue;
    if (entry->id == kUri) uri = entry->value;
    if (entry->id == kIdentity) peer.identity = entry->value;
    if (entry->id == kKey) peer.key = entry->value;
    if (entry->id == kIsBootstrap) is_bootstrap = small(entry->value).value_or(-1);
    if (entry->id == kMode) mode = small(entry->value).value_or(-1);
  }
  if (reader.malformed() || is_bootstrap < 0) return kCoapBadRequest;
  if (is_bootstrap != 0) {
    if (is_granted_in(instance)) granted_.clear();
    return kCoapChanged;
  }
  const auto address = parse_coap_uri(uri);
  if (!address || (mode != kModePsk && mode != kModeNone)) return kCoapBadRequest;
  // Who writes coaps:// does not want to be spoken to in the clear, nor the other way round.
  if (address->secure != (mode == kModePsk)) return kCoapBadRequest;
  peer.host = address->host;
  peer.port = address->port;
  peer.tls = mode == kModePsk;
  if (!peer.tls) peer.identity = peer.key = {};
  if (peer.tls && (peer.identity.empty() || peer.key.empty())) return kCoapBadRequest;
  if (peer.identity.size() > kMaxIdentityBytes || peer.key.size() > kMaxKeyBytes)
    return kCoapTooLarge;
  if (!granted_.take(peer)) return kCoapUnavailable;
  granted_instance_ = instance;
  return kCoapChanged;
}

void Lwm2mClient::finish_bootstrap(CoapId id) {
  if (granted_.port == 0) {
    respond(id, kCoapBadRequest);
    return end(Lwm2mEvent::bootstrap_failed);
  }
  if (!send({.kind = CoapMessage::Kind::response, .id = id, .code = kCoapChanged})) {
    return end(Lwm2mEvent::bootstrap_failed);
  }
  tell(Lwm2mEvent::bootstrapped);
  request_ = Request::none;
  session_ = Session::none;
  phase_ = Phase::seeking;
}

}  // namespace m531x::modem
