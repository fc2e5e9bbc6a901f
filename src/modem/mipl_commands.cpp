// SPDX-License-Identifier: Apache-2.0
#include "modem/mipl_commands.h"

#include <algorithm>

#include "modem/parameters.h"

namespace m531x::modem {
namespace {

using at::Args;
using at::Call;
using at::Final;
using mem::Text;

constexpr std::uint32_t kMaxId16 = 0xffff;
constexpr std::uint32_t kMost = 0xffff'ffff;
constexpr std::uint32_t kDefaultLifetime = 86'400;
constexpr std::uint32_t kDefaultTimeout = 30;
constexpr std::uint32_t kMaxTimeout = 3600;
constexpr Bytes kVersion = "2.3.0";

// <ref> is the first parameter of all but the two that create. Ok: there is an instance, and so
// many parameters.
Final check(const Engine& engine, const Args& args, std::size_t least, std::size_t most) {
  if (args.size() < least || args.size() > most || !args.number(0, 0, 0)) {
    return Final::wrong_parameters;
  }
  return engine.has_lwm2m() ? Final::ok : Final::not_allowed;
}

std::optional<std::uint16_t> id_at(const Args& args, std::size_t i) {
  const auto id = args.number(i, 0, kMaxId16);
  return id ? std::optional(static_cast<std::uint16_t>(*id)) : std::nullopt;
}

// What <result> of an answer stands for; nullopt: it stands for nothing.
std::optional<CoapCode> code_of(const Args& args, std::size_t i, std::uint32_t good_result,
                                CoapCode good) {
  const auto result = args.number(i, 0, kMaxId16);
  if (!result) return std::nullopt;
  if (*result == good_result) return good;
  switch (*result) {
    case 11:
      return kCoapBadRequest;
    case 12:
      return kCoapUnauthorized;
    case 13:
      return kCoapNotFound;
    case 14:
      return kCoapNotAllowed;
    case 15:
      return kCoapNotAcceptable;
    default:
      return std::nullopt;
  }
}
constexpr std::uint32_t kResultRead = 1;
constexpr std::uint32_t kResultChanged = 2;

// <objid>,<insid>,<resid>,<type>,<len>,<value>,<index>,<flag> from parameter `i` on. <len> is a
// number, and no more is asked of it: the manual itself sends one that does not fit.
std::optional<Lwm2mClient::Part> part_at(const Args& args, std::size_t i) {
  const auto object = id_at(args, i);
  const auto instance = id_at(args, i + 1);
  const auto resource = id_at(args, i + 2);
  const auto type = args.number(i + 3, 0, kMaxId16);
  const auto length = args.number(i + 4, 0, kMaxId16);
  const auto index = args.number(i + 6, 0, kMaxId16);
  const auto flag = args.number(i + 7, 0, 2);
  if (!object || !instance || !resource || !type || !lwm2m::is_value_type(*type) || !length ||
      is_omitted(args, i + 5) || !index || !flag) {
    return std::nullopt;
  }
  return Lwm2mClient::Part{
      .path = {.object = *object, .instance = *instance, .resource = *resource},
      .type = static_cast<lwm2m::ValueType>(*type),
      .value = args[i + 5].text(),
      .index = *index,
      .flag = *flag};
}

// The host's answer is on its way, or its wish: the engine looks what follows.
Final touched(Engine& engine, Final result) {
  if (result == Final::ok) engine.mobile.touch();
  return result;
}

}  // namespace

// AT+MIPLDELETE=<ref>  ->  OK. Not while it is open; a deregistration still goes out.
Final mipl_delete(Engine& engine, const Call& call) {
  if (const Final result = check(engine, call.args, 1, 1); result != Final::ok) return result;
  if (!engine.lwm2m->may_be_deleted()) return Final::not_allowed;
  engine.lwm2m->remove();
  return touched(engine, Final::ok);
}

// AT+MIPLOPEN=<ref>,<lifetime>[,<timeout>]  ->  OK, then events
Final mipl_open(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto lifetime = args.number(1, 0, kMost);
  const auto timeout = number_or(args, 2, 1, kMaxTimeout, kDefaultTimeout);
  if (!lifetime || !timeout) return Final::wrong_parameters;
  if (const Final result = check(engine, args, 2, 3); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->open(*lifetime == 0 ? kDefaultLifetime : *lifetime,
                                            Millis(std::int64_t{*timeout} * 1000), engine.now()));
}

// AT+MIPLCLOSE=<ref>  ->  OK, then +MIPLEVENT:0,15
Final mipl_close(Engine& engine, const Call& call) {
  if (const Final result = check(engine, call.args, 1, 1); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->close(engine.now()));
}

// AT+MIPLADDOBJ=<ref>,<objid>,<inscount>,<bitmap>,<attrcount>,<actcount>  ->  OK
Final mipl_add_object(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto object = id_at(args, 1);
  const auto count = args.number(2, 1, Lwm2mObject::kMaxInstances);
  if (args.size() != 6 || !object || !count || !id_at(args, 4) || !id_at(args, 5)) {
    return Final::wrong_parameters;
  }
  const Bytes bits = args[3].text();
  if (bits.size() != *count || bits.find_first_not_of("01") != Bytes::npos) {
    return Final::wrong_parameters;
  }
  std::uint32_t instances = 0;
  for (std::uint32_t i = 0; i < *count; ++i) instances |= bits[i] == '1' ? 1U << i : 0U;
  if (const Final result = check(engine, args, 6, 6); result != Final::ok) return result;
  return engine.lwm2m->add_object(*object, static_cast<std::uint8_t>(instances));
}

// AT+MIPLDELOBJ=<ref>,<objid>  ->  OK
Final mipl_delete_object(Engine& engine, const Call& call) {
  const auto object = id_at(call.args, 1);
  if (!object) return Final::wrong_parameters;
  if (const Final result = check(engine, call.args, 2, 2); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->delete_object(*object));
}

// AT+MIPLUPDATE=<ref>,<lifetime>,<withobj>  ->  OK, then +MIPLEVENT:0,11
Final mipl_update(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto lifetime = args.number(1, 0, kMost);
  const auto with_objects = args.number(2, 0, 1);
  if (!lifetime || !with_objects) return Final::wrong_parameters;
  if (const Final result = check(engine, args, 3, 3); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->update(*lifetime == 0 ? kDefaultLifetime : *lifetime,
                                              *with_objects == 1, engine.now()));
}

// AT+MIPLNOTIFY=<ref>,<msgid>,<objid>,<insid>,<resid>,<type>,<len>,<value>,<index>,<flag>[,<ackid>]
Final mipl_notify(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto id = id_at(args, 1);
  const auto part = part_at(args, 2);
  std::optional<std::uint16_t> ack_id;
  if (args.size() == 11) {
    ack_id = id_at(args, 10);
    if (!ack_id) return Final::wrong_parameters;
  }
  if (!id || !part) return Final::wrong_parameters;
  if (const Final result = check(engine, args, 10, 11); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->notify(*id, *part, ack_id, engine.now()));
}

// AT+MIPLREADRSP=<ref>,<msgid>,<result>[,<objid>,<insid>,<resid>,<type>,<len>,<value>,<index>,
// <flag>]  ->  OK
Final mipl_read_response(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto id = id_at(args, 1);
  const auto code = code_of(args, 2, kResultRead, kCoapContent);
  if (!id || !code) return Final::wrong_parameters;
  if (*code != kCoapContent) {
    if (const Final result = check(engine, args, 3, 11); result != Final::ok) return result;
    return touched(engine, engine.lwm2m->answer(Lwm2mClient::Kind::read, *id, *code));
  }
  const auto part = part_at(args, 3);
  if (!part) return Final::wrong_parameters;
  if (const Final result = check(engine, args, 11, 11); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->answer_part(*id, *part));
}

Final answer_change(Engine& engine, const Call& call, Lwm2mClient::Kind kind) {
  const auto id = id_at(call.args, 1);
  const auto code = code_of(call.args, 2, kResultChanged, kCoapChanged);
  if (!id || !code) return Final::wrong_parameters;
  if (const Final result = check(engine, call.args, 3, 3); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->answer(kind, *id, *code));
}

// AT+MIPLOBSERVERSP=<ref>,<msgid>,<result>  ->  OK
Final mipl_observe_response(Engine& engine, const Call& call) {
  const auto id = id_at(call.args, 1);
  const auto code = code_of(call.args, 2, kResultRead, kCoapContent);
  if (!id || !code) return Final::wrong_parameters;
  if (const Final result = check(engine, call.args, 3, 3); result != Final::ok) return result;
  return touched(engine, engine.lwm2m->answer(Lwm2mClient::Kind::observe, *id, *code));
}

// AT+MIPLDISCOVERRSP=<ref>,<msgid>,<result>[,<len>,<list>]  ->  OK. Before AT+MIPLOPEN the second
// one is an object id, and the module answers for it from then on.
Final mipl_discover_response(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto id = id_at(args, 1);
  const auto code = code_of(args, 2, kResultRead, kCoapContent);
  const bool good = code == kCoapContent;
  if (!id || !code || (good && !args.number(3, 0, kMaxId16))) return Final::wrong_parameters;
  if (const Final result = check(engine, args, good ? 5 : 3, 5); result != Final::ok) {
    return result;
  }
  Lwm2mClient& client = *engine.lwm2m;
  if (client.state() == Lwm2mState::idle) {
    return good ? client.list_resources(*id, args[4].text()) : Final::wrong_parameters;
  }
  return touched(engine, good ? client.answer_discovery(*id, args[4].text())
                              : client.answer(Lwm2mClient::Kind::discover, *id, *code));
}

// AT+MIPLVER?  ->  +MIPLVER:<version>, OK
Final mipl_version(Engine& engine, const Call& call) {
  const Text line = Text().add(call.name).add(':').add(kVersion);
  return engine.dce.information(line) ? Final::ok : Final::unknown;
}

}  // namespace m531x::modem
