// SPDX-License-Identifier: Apache-2.0
// The host's answers and notifications: resources collected line by line into one message.
#include <algorithm>

#include "at/escape.h"
#include "lwm2m/tlv.h"
#include "m531x/ascii.h"
#include "modem/lwm2m_client.h"

namespace m531x::modem {
namespace {

using at::Final;
using lwm2m::Path;
using lwm2m::TlvType;
using lwm2m::ValueType;

// Before a resource of those that are collected: its instance, and how many bytes it has.
constexpr std::uint32_t kRecordBytes = 4;
std::array<char, kRecordBytes> record_head(std::int32_t instance, std::size_t size) {
  const auto low = [](std::size_t n) { return static_cast<char>(n & 0xffU); };
  const auto id = static_cast<std::size_t>(instance);
  return {low(id), low(id >> 8U), low(size), low(size >> 8U)};
}

struct Record {
  std::uint16_t instance;
  std::uint32_t size;
};
Record read_head(mem::ChainView view) {
  mem::Reader reader(view);
  const auto number = [&reader] {
    const int low = reader.get();
    return static_cast<std::uint32_t>(low | reader.get() << 8);
  };
  const auto instance = static_cast<std::uint16_t>(number());
  return {instance, number()};
}

bool is_within(const Path& path, const Path& asked) {
  return path.object == asked.object &&
         (asked.instance == Path::kAll || asked.instance == path.instance) &&
         (asked.resource == Path::kAll || asked.resource == path.resource);
}

// As its TLV has it, or, as the only resource of a message in plain text, as it is; nullopt: it is
// no value of its type.
std::optional<std::size_t> value_size(ValueType type, Bytes text, bool as_text,
                                      const std::optional<lwm2m::ScalarBytes>& scalar) {
  if (lwm2m::is_scalar(type)) {
    if (!scalar) return std::nullopt;
    return as_text ? text.size() : scalar->view().size();
  }
  if (type == ValueType::string) return text.size();
  if (text.size() % 2 != 0 || !std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; }))
    return std::nullopt;
  return text.size() / 2;
}

}  // namespace

Final Lwm2mClient::answer(Kind kind, CoapId id, CoapCode code) {
  Exchange* const exchange = find_exchange(kind, id);
  if (exchange == nullptr) return Final::not_allowed;
  Final result = Final::ok;
  if (kind == Kind::observe && code == kCoapContent) {
    const Answered answered = answer_observation(*exchange);
    if (answered == Answered::no) return Final::unknown;
    if (answered == Answered::refused) result = Final::not_allowed;
  } else if (!send({.kind = CoapMessage::Kind::response, .id = id, .code = code})) {
    return Final::unknown;
  }
  if (kind == Kind::read && answer_.open && answer_.id == id) answer_.clear();
  *exchange = {};
  return result;
}

Final Lwm2mClient::answer_discovery(CoapId id, Bytes list) {
  Exchange* const exchange = find_exchange(Kind::discover, id);
  if (exchange == nullptr) return Final::not_allowed;
  Lwm2mObject* const object = objects_->find(exchange->path.object);
  if (object == nullptr) return Final::not_allowed;
  const Lwm2mObject before = *object;
  if (!take_resources(list, *object)) return Final::wrong_parameters;
  // What is listed is for this answer alone: only a list without a request is for all.
  mem::Chain links(world_.pool);
  const bool ok = objects_->list(exchange->path, links);
  *object = before;
  const CoapMessage message = {.kind = CoapMessage::Kind::response,
                               .id = id,
                               .code = kCoapContent,
                               .format = ContentFormat::link};
  if (!ok || !send(message, &links)) return Final::unknown;
  *exchange = {};
  return Final::ok;
}

Final Lwm2mClient::answer_part(CoapId id, const Part& part) {
  Exchange* const exchange = find_exchange(Kind::read, id);
  if (exchange == nullptr) return Final::not_allowed;
  mem::Rollback rollback(answer_.bytes);
  const auto [result, complete, format] =
      collect(answer_, id, exchange->path, exchange->accept, part);
  if (result != Final::ok) return result;
  if (format == ContentFormat::none) {
    if (!send({.kind = CoapMessage::Kind::response, .id = id, .code = kCoapNotAcceptable})) {
      return Final::unknown;
    }
    *exchange = {};
    return Final::ok;
  }
  if (complete) {
    mem::Chain payload(world_.pool);
    const CoapMessage message = {
        .kind = CoapMessage::Kind::response, .id = id, .code = kCoapContent, .format = format};
    if (!compose(answer_, exchange->path, payload) || !send(message, &payload)) {
      return Final::unknown;
    }
    *exchange = {};
  }
  rollback.keep();
  answer_.open = !complete;
  answer_.id = id;
  answer_.next_index = part.index - 1;
  if (complete) answer_.clear();
  return Final::ok;
}

Final Lwm2mClient::notify(CoapId id, const Part& part, std::optional<std::uint16_t> ack_id,
                          Millis now) {
  Observation* const observation = find_observation(id);
  if (observation == nullptr || session_ != Session::open) return Final::not_allowed;
  if (observation->awaits_ack && ack_id) return Final::not_allowed;
  mem::Rollback rollback(notification_.bytes);
  const auto [result, complete, format] =
      collect(notification_, id, observation->path, observation->accept, part);
  if (result != Final::ok) return result;
  if (format == ContentFormat::none) return Final::wrong_parameters;
  if (complete) {
    mem::Chain payload(world_.pool);
    const CoapMessage message = {.kind = CoapMessage::Kind::notification,
                                 .id = id,
                                 .code = kCoapContent,
                                 .format = format,
                                 .confirmable = ack_id.has_value()};
    if (!compose(notification_, observation->path, payload) || !send(message, &payload)) {
      return Final::unknown;
    }
    if (ack_id) {
      observation->awaits_ack = true;
      observation->ack_id = *ack_id;
    }
  }
  rollback.keep();
  notification_.open = !complete;
  notification_.id = id;
  notification_.next_index = part.index - 1;
  notification_.deadline = now + kPartWait;
  if (complete) notification_.clear();
  return Final::ok;
}

// One resource may be told in plain text, or as its bytes, if its type has that form (LwM2M 1.0
// 6.4); more than one are TLV.
ContentFormat Lwm2mClient::format_of(const Path& asked, ContentFormat accept, ValueType type) {
  const bool is_opaque = type == ValueType::opaque;
  if (asked.resource == Path::kAll || accept == ContentFormat::tlv) return ContentFormat::tlv;
  if (accept == ContentFormat::opaque) {
    return lwm2m::is_scalar(type) ? ContentFormat::none : ContentFormat::opaque;
  }
  if (is_opaque) return accept == ContentFormat::text ? ContentFormat::none : ContentFormat::tlv;
  return ContentFormat::text;
}

// Appends one resource to those that came before it; the caller takes it back when the rest fails.
Lwm2mClient::Whole Lwm2mClient::collect(Parts& parts, CoapId id, const Path& asked,
                                        ContentFormat accept, const Part& part) {
  constexpr Whole kWrong = {Final::wrong_parameters, false, ContentFormat::tlv};
  constexpr std::uint32_t kFlagFirst = 1;
  constexpr std::uint32_t kFlagMiddle = 2;
  if (parts.open && parts.id != id) return {Final::not_allowed, false, ContentFormat::tlv};
  if (!is_within(part.path, asked) || !objects_->has(part.path)) return kWrong;
  if (part.index >= kMaxParts || (parts.open && part.index != parts.next_index)) return kWrong;
  const bool last = part.index == 0;
  const std::uint32_t flag = last ? 0 : parts.open ? kFlagMiddle : kFlagFirst;
  const bool one = asked.resource != Path::kAll;
  if (part.flag != flag || (one && !last)) return kWrong;

  const ContentFormat format = format_of(asked, accept, part.type);
  const bool is_text = format == ContentFormat::text;
  const auto scalar = lwm2m::scalar_bytes(part.type, part.value);
  const auto size = value_size(part.type, part.value, is_text, scalar);
  if (!size) return kWrong;
  if (format == ContentFormat::none) return {Final::ok, last, format};
  std::optional<lwm2m::TlvHeader> header;
  if (format == ContentFormat::tlv) {
    header =
        lwm2m::tlv_header(TlvType::resource, static_cast<std::uint16_t>(part.path.resource), *size);
    if (!header) return kWrong;
  }
  const std::size_t whole = *size + (header ? header->view().size() : 0);
  if (parts.bytes.size() + kRecordBytes + whole > kMaxPayloadBytes) return kWrong;
  bool ok = parts.bytes.append(record_head(part.path.instance, whole)) &&
            (!header || parts.bytes.append(header->view()));
  if (ok && part.type == ValueType::opaque) {
    ok = at::decode(part.value, at::Encoding::hex, parts.bytes) == at::Decoded::ok;
  } else if (ok) {
    ok = parts.bytes.append(lwm2m::is_scalar(part.type) && !is_text ? scalar->view() : part.value);
  }
  return {ok ? Final::ok : Final::unknown, last, format};
}

// Resources of a whole object stand in their instances; else they stand alone.
bool Lwm2mClient::compose(const Parts& parts, const Path& asked, mem::Chain& to) const {
  mem::ChainView rest = parts.bytes.view();
  const auto append_one = [&to](mem::ChainView at) {
    return to.append(at.skip(kRecordBytes).first(read_head(at).size));
  };
  const bool grouped = asked.instance == Path::kAll;
  while (!rest.empty()) {
    const std::uint16_t instance = read_head(rest).instance;
    mem::ChainView end = rest;
    std::uint32_t size = 0;
    while (!end.empty() && read_head(end).instance == instance) {
      const std::uint32_t bytes = read_head(end).size;
      size += bytes;
      end = end.skip(kRecordBytes + bytes);
    }
    if (grouped) {
      const auto header = lwm2m::tlv_header(TlvType::object_instance, instance, size);
      if (!header || !to.append(header->view())) return false;
    }
    while (rest.size != end.size) {
      if (!append_one(rest)) return false;
      rest = rest.skip(kRecordBytes + read_head(rest).size);
    }
  }
  return true;
}

}  // namespace m531x::modem
