// SPDX-License-Identifier: Apache-2.0
#include "modem/context_commands.h"

#include "http/url.h"
#include "modem/lines.h"
#include "modem/parameters.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Final;
using at::Form;
using mem::Text;

constexpr Bytes kTypes[] = {"IP", "IPV6", "IPV4V6", "NONIP"};

// The contexts that there are: the host's, and the default one, which the network gives.
class Contexts {
 public:
  explicit Contexts(const Engine& engine) : stored_(engine.flash.contexts) {
    const std::uint8_t default_cid = engine.model.base.default_cid;
    if (find(default_cid) == nullptr) {
      given_ = {.cid = default_cid, .type = 0, .apn = engine.settings.network.apn};
    }
  }
  // The place of that id among the host's; nullptr = none.
  const PdpContext* find(std::uint32_t cid) const {
    const auto place = std::ranges::find(stored_, cid, &PdpContext::cid);
    return place == stored_.end() ? nullptr : &*place;
  }
  [[nodiscard]] bool has(std::uint32_t cid) const {
    return find(cid) != nullptr || given_.cid == cid;
  }
  // Calls `show` with each, the default one first.
  template <typename Show>
  void each(Show show) const {
    if (given_.cid != kNoContext) show(given_);
    for (const PdpContext& context : stored_) {
      if (context.cid != kNoContext) show(context);
    }
  }

 private:
  const std::array<PdpContext, kMaxContexts>& stored_;
  PdpContext given_;
};

// `<name>:<cid>`, as a line of its own begins.
Text begin_line(const Engine& engine, const Call& call, std::uint32_t cid) {
  Text text;
  text.add(call.name).add(':').add(engine.dce.space()).add(cid);
  return text;
}

bool is_active(const Engine& engine, std::uint32_t cid) {
  return engine.mobile.radio.attached(engine.now()) &&
         (engine.mobile.requests.inactive & 1U << cid) == 0;
}

Final list_contexts(Engine& engine, const Call& call) {
  Lines lines(engine.dce);
  Contexts(engine).each([&](const PdpContext& context) {
    Text text = begin_line(engine, call, context.cid);
    text.add(",\"").add(kTypes[context.type]).add("\",\"").add(context.apn).add("\",,0,0");
    lines.add(text);
  });
  return lines.result();
}

// <PDP_addr>, <d_comp>, <h_comp> and what follows are read and have no effect.
bool are_plausible(const at::Args& args, std::size_t first) {
  for (std::size_t i = first; i < args.size(); ++i) {
    const bool ok =
        i == 3 ? args[i].quoted || is_omitted(args, i) : number_or(args, i, 0, 255, 0).has_value();
    if (!ok) return false;
  }
  return args.size() <= 11;
}

bool is_printable(Bytes text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
}

Final address_line(Engine& engine, const Call& call, std::uint32_t cid, Lines& lines) {
  Text text = begin_line(engine, call, cid);
  if (is_active(engine, cid)) {
    text.add(',');
    engine.mobile.add_string(text, engine.settings.network.address);
  }
  lines.add(text);
  return lines.result();
}

}  // namespace

// AT+CGDCONT=<cid>[,<type>[,<apn>[,...]]]; AT+CGDCONT?. The id alone forgets it. (27.007 10.1.1)
Final contexts(Engine& engine, const Call& call) {
  if (call.form == Form::read) return list_contexts(engine, call);
  const at::Args& args = call.args;
  const auto cid = args.number(0, 0, Mobile::kMaxContextId);
  if (!cid || !are_plausible(args, 3)) return Final::wrong_parameters;
  PdpContext next = {.cid = static_cast<std::uint8_t>(*cid), .type = 0, .apn = {}};
  if (!is_omitted(args, 1)) {
    const auto type =
        std::ranges::find_if(kTypes, [&args](Bytes name) { return is_word(args[1].text(), name); });
    if (type == std::end(kTypes)) return Final::wrong_parameters;
    next.type = static_cast<std::uint8_t>(type - kTypes);
  }
  if (!is_omitted(args, 2)) {
    const Bytes apn = args[2].text();
    if (apn.size() > decltype(next.apn)::kCapacity || !is_printable(apn)) {
      return Final::wrong_parameters;
    }
    next.apn = apn;
  }
  if (args.size() == 1) next.cid = kNoContext;
  Flash flash = engine.flash;
  auto place = std::ranges::find(flash.contexts, *cid, &PdpContext::cid);
  if (place == flash.contexts.end()) {
    if (args.size() == 1) return Final::ok;
    place = std::ranges::find(flash.contexts, kNoContext, &PdpContext::cid);
    if (place == flash.contexts.end()) return Final::not_allowed;
  }
  *place = next;
  engine.store(flash);
  return Final::ok;
}

// AT+CGACT=<state>[,<cid>]; AT+CGACT?  ->  +CGACT:<cid>,<state> for each, OK   (27.007 10.1.10)
Final activation(Engine& engine, const Call& call) {
  const Contexts contexts(engine);
  if (call.form == Form::read) {
    Lines lines(engine.dce);
    contexts.each([&](const PdpContext& context) {
      Text text = begin_line(engine, call, context.cid);
      lines.add(text.add(is_active(engine, context.cid) ? ",1" : ",0"));
    });
    return lines.result();
  }
  const auto state = call.args.number(0, 0, 1);
  const auto cid = number_or(call.args, 1, 0, Mobile::kMaxContextId, engine.model.base.default_cid);
  if (!state || !cid || call.args.size() > 2) return Final::wrong_parameters;
  if (*cid > Mobile::kMaxContextId || !contexts.has(*cid)) return Final::wrong_parameters;
  if (*state == 1 && !engine.mobile.radio.attached(engine.now())) return Final::no_network;
  std::uint32_t& inactive = engine.mobile.requests.inactive;
  inactive = *state == 1 ? inactive & ~(1U << *cid) : inactive | 1U << *cid;
  engine.mobile.touch();
  return Final::ok;
}

// AT+CGPADDR[=<cid>]  ->  +CGPADDR:<cid>[,<address>] for each, OK             (27.007 10.1.14)
Final addresses(Engine& engine, const Call& call) {
  const Contexts contexts(engine);
  Lines lines(engine.dce);
  if (call.form == Form::set) {
    const auto cid = call.args.number(0, 0, Mobile::kMaxContextId);
    if (!cid || call.args.size() != 1 || !contexts.has(*cid)) return Final::wrong_parameters;
    return address_line(engine, call, *cid, lines);
  }
  contexts.each([&](const PdpContext& context) { address_line(engine, call, context.cid, lines); });
  return lines.result();
}

// AT+DNSSER=<address>[,<place>[,<type>]]; AT+DNSSER?  ->  +DNSSER:<place>,<address> for both, OK.
// Stored and told: names are looked up as this machine does.
Final name_servers(Engine& engine, const Call& call) {
  constexpr Bytes kGiven[] = {"211.136.17.107", "211.136.20.203"};
  Flash flash = engine.flash;
  if (call.form == Form::read) {
    Lines lines(engine.dce);
    for (std::uint32_t i = 0; i < flash.name_servers.size(); ++i) {
      const Bytes chosen = flash.name_servers[i];
      Text text = begin_line(engine, call, i);
      lines.add(text.add(',').add(chosen.empty() ? kGiven[i] : chosen));
    }
    return lines.result();
  }
  const at::Args& args = call.args;
  const auto place = number_or(args, 1, 0, 1, 0);
  if (!http::is_ipv4(args[0].text()) || !place || !number_or(args, 2, 0, 0, 0) || args.size() > 3) {
    return Final::wrong_parameters;
  }
  flash.name_servers[*place] = args[0].text();
  engine.store(flash);
  return Final::ok;
}

// AT+CMDNS=<host>  ->  OK, later +CMDNS:<address>; an address is answered at once, before OK
Final look_up(Engine& engine, const Call& call) {
  const Bytes host = call.args[0].text();
  if (call.args.size() != 1 || !http::is_name_or_ipv4(host)) return Final::wrong_parameters;
  if (http::is_ipv4(host)) return engine.answer(call.name, host);
  return engine.inquiry.ask(host, false, {.name = call.name}, engine.now());
}

// AT+NPING=<host>[,<size>[,<timeout>[,<count>]]]  ->  OK, later +NPING:<address>,<ttl>,<rtt> for
// each echo. AT+CMPING is the same.
Final ping(Engine& engine, const Call& call) {
  const at::Args& args = call.args;
  const Bytes host = args[0].text();
  const auto size = number_or(args, 1, 12, 1500, 12);
  const auto timeout = number_or(args, 2, 10, 3'600'000, 10'000);
  const auto count = number_or(args, 3, 1, 255, 1);
  if (!http::is_name_or_ipv4(host) || !size || !timeout || !count || args.size() > 4) {
    return Final::wrong_parameters;
  }
  const Inquiry::Question question = {.name = call.name,
                                      .echo_count = static_cast<std::uint8_t>(*count),
                                      .timeout = Millis(static_cast<std::int64_t>(*timeout))};
  return engine.inquiry.ask(host, http::is_ipv4(host), question, engine.now());
}

}  // namespace m531x::modem
