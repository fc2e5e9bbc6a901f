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
    const bool known = path && (path->object == kSecurityObject || path->object == kServerObject);
    if (all || (path && path->object == kSecurityObject)) granted_.clear();
    if (all || known) code = kCoapDeleted;
  } else if (request.code != kCoapPut) {
    code = kCoapNotAllowed;
  } else if (request.payload.size() > kMaxPayloadBytes) {
    code = kCoapTooLarge;
  } else if (path && path->object == kSecurityObject) {
    code = take_security(*path, request.payload);
  } else if (path && path->object == kServerObject) {
    code = kCoapChanged;  // the lifetime is the host's
  }
  respond(request.id, code);
}

// The instances of the object, or the resources of one.
CoapCode Lwm2mClient::take_security(const lwm2m::Path& path, Bytes tlv) {
  if (path.resource != lwm2m::Path::kAll) return kCoapNotAllowed;
  if (path.instance != lwm2m::Path::kAll) {
    TlvReader peek(tlv);
    const auto first = peek.next();
    return take_account(first && first->type == TlvType::object_instance ? first->value : tlv);
  }
  TlvReader reader(tlv);
  while (const auto entry = reader.next()) {
    if (entry->type != TlvType::object_instance) return kCoapBadRequest;
    if (const CoapCode code = take_account(entry->value); code != kCoapChanged) return code;
  }
  return reader.malformed() ? kCoapBadRequest : kCoapChanged;
}

CoapCode Lwm2mClient::take_account(Bytes resources) {
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
  if (is_bootstrap != 0) return kCoapChanged;
  const auto address = parse_coap_uri(uri);
  if (!address || (mode != kModePsk && mode != kModeNone)) return kCoapBadRequest;
  peer.host = address->host;
  peer.port = address->port;
  peer.tls = mode == kModePsk;
  if (!peer.tls) peer.identity = peer.key = {};
  if (peer.tls && (peer.identity.empty() || peer.key.empty())) return kCoapBadRequest;
  if (peer.identity.size() > kMaxIdentityBytes || peer.key.size() > kMaxKeyBytes)
    return kCoapTooLarge;
  return granted_.take(peer) ? kCoapChanged : kCoapUnavailable;
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
