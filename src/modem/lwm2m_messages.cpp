// SPDX-License-Identifier: Apache-2.0
// The client's messages, as they wait for the port.
#include <cstring>

#include "modem/lwm2m_client.h"

namespace m531x::modem {
namespace {

// A message as it waits in the queue, its path, query and payload behind it.
struct Queued {
  CoapMessage::Kind kind;
  CoapMessage::Observe observe;
  bool confirmable;
  CoapCode code;
  CoapId id;
  ContentFormat format;
  std::uint16_t path_bytes;
  std::uint16_t query_bytes;
  std::uint32_t payload_bytes;

  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(sizeof(Queued)) + path_bytes + query_bytes + payload_bytes;
  }
};

Queued front_of(const mem::Chain& queue) {
  std::array<char, sizeof(Queued)> raw{};
  mem::copy_to(queue.view().first(raw.size()), raw.data());
  Queued head{};
  std::memcpy(&head, raw.data(), raw.size());
  return head;
}

}  // namespace

bool Lwm2mClient::send(const CoapMessage& message, const mem::Chain* payload) {
  const std::uint32_t more = payload == nullptr ? 0 : payload->size();
  const Queued head = {.kind = message.kind,
                       .observe = message.observe,
                       .confirmable = message.confirmable,
                       .code = message.code,
                       .id = message.id,
                       .format = message.format,
                       .path_bytes = static_cast<std::uint16_t>(message.path.size()),
                       .query_bytes = static_cast<std::uint16_t>(message.query.size()),
                       .payload_bytes = more};
  if (message_count_ == kMaxMessages || head.size() > world_.pool.scratch().size()) return false;
  std::array<char, sizeof(Queued)> raw{};
  std::memcpy(raw.data(), &head, raw.size());
  mem::Rollback rollback(out_);
  if (!out_.append(raw) || !out_.append(message.path) || !out_.append(message.query) ||
      (payload != nullptr && !out_.append(payload->view()))) {
    return false;
  }
  rollback.keep();
  ++message_count_;
  return true;
}

std::optional<CoapMessage> Lwm2mClient::output() const {
  if (message_count_ == 0) return std::nullopt;
  const Queued head = front_of(out_);
  const std::span<char> scratch = world_.pool.scratch();
  mem::copy_to(out_.view().first(head.size()), scratch.data());
  Bytes rest = mem::after(Bytes(scratch.data(), head.size()), sizeof(Queued));
  CoapMessage message = {.kind = head.kind,
                         .id = head.id,
                         .code = head.code,
                         .format = head.format,
                         .observe = head.observe,
                         .confirmable = head.confirmable};
  message.path = mem::first(rest, head.path_bytes);
  rest.remove_prefix(head.path_bytes);
  message.query = mem::first(rest, head.query_bytes);
  message.payload = mem::after(rest, head.query_bytes);
  return message;
}

void Lwm2mClient::sent() {
  if (message_count_ == 0) return;
  out_.consume(front_of(out_).size());
  --message_count_;
}

// One request of the module at a time: an answer to an earlier one is no longer waited for.
bool Lwm2mClient::request(Request what, CoapCode code, Bytes path, Bytes query,
                          const mem::Chain* payload) {
  const auto id = static_cast<CoapId>(request_id_ + 1);
  const CoapMessage message = {
      .kind = CoapMessage::Kind::request,
      .id = id,
      .code = code,
      .format = payload == nullptr ? ContentFormat::none : ContentFormat::link,
      .path = path,
      .query = query};
  if (!send(message, payload)) return false;
  request_ = what;
  request_id_ = id;
  return true;
}

void Lwm2mClient::respond(CoapId id, CoapCode code) {
  if (send({.kind = CoapMessage::Kind::response, .id = id, .code = code})) return;
  Exchange* const place = exchanges_ ? free_exchange() : nullptr;
  if (place == nullptr) return remark("no room for an answer to the LwM2M server; it was lost");
  *place = {.kind = Kind::owed, .code = code, .id = id};
}

}  // namespace m531x::modem
