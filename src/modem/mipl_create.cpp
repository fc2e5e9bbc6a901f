// SPDX-License-Identifier: Apache-2.0
// AT+MIPLCREATE and AT+MIPLCREATEEX: whom the LwM2M client is to talk to.
#include "at/escape.h"
#include "lwm2m/configuration.h"
#include "modem/mipl_commands.h"
#include "modem/parameters.h"
#include "modem/server_address.h"

namespace m531x::modem {
namespace {

using at::Args;
using at::Call;
using at::Final;
using mem::Text;

constexpr std::uint32_t kMaxConfigBytes = 500;
constexpr std::uint32_t kMaxConfigParts = 32;
static_assert(kMaxConfigBytes <= Block::kCapacity, "a configuration lies in one piece");

// What a host has said of the server. With a key it is DTLS, whatever the port is: a host that
// gives one does not speak in the clear.
struct Wish {
  Bytes server;       // host[:port]
  Bytes auth_code{};  // kept to its limit; nothing on the wire has a place for it
  Bytes key{};
  std::optional<Bytes> identity{};  // none: the endpoint name
  bool bootstraps = true;
};

Final make(Engine& engine, const Call& call, const Lwm2mClient::Peer& peer, bool bootstraps) {
  BlockPool& pool = engine.dce.output().pool();
  const Lwm2mClient::World world = {engine.model, engine.settings, pool,
                                    engine.notes, engine.reports,  engine.counters};
  // One that is deleted, but has not yet told its server, becomes the new one when it has.
  const bool had_one = static_cast<bool>(engine.lwm2m);
  Final result = Final::unknown;
  if (had_one || engine.lwm2m.emplace(pool, world)) {
    result = engine.lwm2m->create(peer, bootstraps);
  }
  const Text line = Text().add(call.name).add(":0");
  if (result == Final::ok && !engine.dce.information(line)) result = Final::unknown;
  if (result != Final::ok && had_one) engine.lwm2m->remove();
  if (result != Final::ok && !had_one) engine.lwm2m.reset();
  return result;
}

Final make(Engine& engine, const Call& call, const Wish& wish) {
  const bool has_key = !wish.key.empty();
  const auto server = parse_server(wish.server, has_key ? kCoapsPort : kCoapPort);
  if (!server || (!has_key && server->port == kCoapsPort) ||
      wish.auth_code.size() > Lwm2mClient::kMaxAuthCodeBytes ||
      wish.key.size() > Lwm2mClient::kMaxKeyBytes) {
    return Final::wrong_parameters;
  }
  Lwm2mClient::Peer peer = {.host = server->host, .port = server->port};
  const Text name = Lwm2mClient::endpoint(engine.settings.identity);
  const Bytes identity = wish.identity.value_or(name);
  if (identity.size() > Lwm2mClient::kMaxIdentityBytes) return Final::wrong_parameters;
  if (has_key) {
    if (identity.empty()) return Final::wrong_parameters;
    peer.tls = true;
    peer.key = wish.key;
    peer.identity = identity;
  }
  if (engine.has_lwm2m()) return Final::not_allowed;
  return make(engine, call, peer, wish.bootstraps);
}

Final make_from(Engine& engine, const Call& call, Bytes bytes) {
  const auto config = lwm2m::parse_configuration(bytes);
  if (!config) return Final::wrong_parameters;
  return make(engine, call,
              {.server = config->server,
               .auth_code = config->auth_code,
               .key = config->key,
               .bootstraps = config->bootstraps});
}

struct ConfigPart {
  std::uint32_t total;
  Bytes hex;
  std::uint32_t index;  // N-1 ... 0
  std::uint32_t flag;   // 1 the first of several, 2 one between, 0 the last
};

std::optional<ConfigPart> config_part(const Args& args) {
  const auto total = args.number(0, 1, kMaxConfigBytes);
  const auto index = args.number(2, 0, kMaxConfigParts - 1);
  const auto size = args.number(3, 1, kMaxConfigBytes);
  const auto flag = args.number(4, 0, 2);
  if (args.size() != 5 || !total || !index || !size || !flag) return std::nullopt;
  const Bytes hex = args[1].text();
  if (hex.size() != std::size_t{*size} * 2 || *size > *total) return std::nullopt;
  return ConfigPart{*total, hex, *index, *flag};
}

// One part of a configuration, kept until the last one is there. What does not fit changes nothing:
// the same part may be typed anew, and a first one, or one that is the whole, begins from the
// front.
Final take_config(Engine& engine, const Call& call) {
  const auto part = config_part(call.args);
  if (!part) return Final::wrong_parameters;
  MiplConfig& kept = engine.mipl_config;
  const bool is_whole = part->index == 0 && part->hex.size() == std::size_t{part->total} * 2;
  const bool is_first = part->flag == 1 || is_whole;
  const std::uint32_t flag = part->index == 0 ? 0 : is_first ? 1 : 2;
  const bool follows =
      !kept.bytes.empty() && part->index == kept.next_index && part->total == kept.total;
  if (part->flag != flag || (!is_first && !follows)) return Final::wrong_parameters;

  mem::Chain next(kept.bytes.pool());
  if (!is_first && !next.append(kept.bytes.view())) return Final::unknown;
  const at::Decoded decoded = at::decode(part->hex, at::Encoding::hex, next);
  if (decoded == at::Decoded::malformed) return Final::wrong_parameters;
  if (decoded == at::Decoded::out_of_memory) return Final::unknown;
  const bool complete = next.size() == part->total;
  if (next.size() > part->total || (part->index == 0) != complete) return Final::wrong_parameters;
  if (complete) return make_from(engine, call, next.view().front());
  if (engine.has_lwm2m()) return Final::not_allowed;
  kept.bytes = std::move(next);
  kept.total = part->total;
  kept.next_index = part->index - 1;
  return Final::ok;
}

}  // namespace

// AT+MIPLCREATE[=<totalsize>,<config>,<index>,<currentsize>,<flag>]  ->  [+MIPLCREATE:0,] OK
Final mipl_create(Engine& engine, const Call& call) {
  const Final result = call.form == at::Form::set
                           ? take_config(engine, call)
                           : make(engine, call, {.server = engine.settings.lwm2m_server});
  if (result == Final::ok && engine.has_lwm2m()) engine.mipl_config.bytes.clear();
  return result;
}

// AT+MIPLCREATEEX=<host[:port]>,<flag>[,<authcode>[,<psk>[,<pskid>]]]  ->  +MIPLCREATEEX:0, OK
Final mipl_create_ex(Engine& engine, const Call& call) {
  const Args& args = call.args;
  const auto flag = args.number(1, 0, 1);
  if (args.size() > 5 || !flag) return Final::wrong_parameters;
  const auto text_at = [&args](std::size_t i) {
    return is_omitted(args, i) ? Bytes() : args[i].text();
  };
  Wish wish = {.server = args[0].text(),
               .auth_code = text_at(2),
               .key = text_at(3),
               .bootstraps = *flag == 1};
  if (!is_omitted(args, 4)) wish.identity = args[4].text();
  const Final result = make(engine, call, wish);
  if (result == Final::ok) engine.mipl_config.bytes.clear();
  return result;
}

}  // namespace m531x::modem
