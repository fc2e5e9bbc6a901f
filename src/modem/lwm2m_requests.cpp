// SPDX-License-Identifier: Apache-2.0
// What a server asks of a registered module (LwM2M 1.0 8.2.4 - 8.2.6): told to the host, which
// answers, or answered here.
#include <algorithm>

#include "lwm2m/tlv.h"
#include "modem/lwm2m_client.h"

namespace m531x::modem {
namespace {

using lwm2m::Path;
using lwm2m::TlvReader;
using lwm2m::TlvType;
using mem::Text;

constexpr CoapCode kToldToHost = 0;

Text begin_report(Bytes name, CoapId id) {
  return Text().add("+MIPL").add(name).add(":0,").add(std::uint32_t{id});
}

void add_path(Text& text, const Path& path) {
  text.add(',').add(path.object).add(',').add(path.instance).add(',').add(path.resource);
}

bool add_hex(Bytes bytes, ReportQueue& reports) {
  constexpr std::size_t kPiece = 64;
  while (!bytes.empty()) {
    Text hex;
    for (const char c : mem::first(bytes, kPiece)) hex.add_hex(static_cast<unsigned char>(c), 2);
    if (!reports.add_part(hex)) return false;
    bytes = mem::after(bytes, kPiece);
  }
  return true;
}

bool is_readable(ContentFormat accept, const Path& path) {
  const bool one = path.resource != Path::kAll;
  return accept == ContentFormat::none || accept == ContentFormat::tlv ||
         (one && (accept == ContentFormat::text || accept == ContentFormat::opaque));
}

// Of an answer without a resource in it.
ContentFormat empty_format(const Path& path, ContentFormat accept) {
  if (path.resource == Path::kAll) return ContentFormat::tlv;
  return accept == ContentFormat::none ? ContentFormat::text : accept;
}

// The resources of a write, which may stand in their instance. Nullopt: the instance is another.
std::optional<Bytes> resources_of(Bytes tlv, const Path& path) {
  TlvReader reader(tlv);
  const auto first = reader.next();
  if (!first || first->type != TlvType::object_instance) return tlv;
  if (first->id != path.instance || reader.next() || reader.malformed()) return std::nullopt;
  return first->value;
}

// What may stand in a line as it is: a host reads lines, so a control byte would forge one.
bool is_plain(Bytes text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// The attributes of LwM2M 1.0 5.1.2, and what a report calls them.
struct Attribute {
  Bytes name;
  Bytes told_as;
  lwm2m::ValueType type;
};
constexpr auto kAttributes = std::to_array<Attribute>({
    {"pmin", "pmin", lwm2m::ValueType::integer},
    {"pmax", "pmax", lwm2m::ValueType::integer},
    {"gt", "gt", lwm2m::ValueType::floating},
    {"lt", "lt", lwm2m::ValueType::floating},
    {"st", "stp", lwm2m::ValueType::floating},
});

// `pmin=1&st=0.5` as `pmin=1;stp=0.5`; one without a value is to be taken back. Nullopt: something
// else, or one of them twice.
std::optional<Text> attributes_of(Bytes query) {
  Text text;
  std::uint32_t seen = 0;
  while (true) {
    const std::size_t end = query.find('&');
    const Bytes one = mem::first(query, end);
    const std::size_t equals = one.find('=');
    const auto row = std::ranges::find(kAttributes, mem::first(one, equals), &Attribute::name);
    if (row == kAttributes.end()) return std::nullopt;
    const std::uint32_t bit = 1U << static_cast<unsigned>(row - kAttributes.begin());
    if ((seen & bit) != 0) return std::nullopt;
    text.add(seen == 0 ? "" : ";").add(row->told_as);
    seen |= bit;
    if (equals != Bytes::npos) {
      const Bytes value = mem::after(one, equals + 1);
      if (!lwm2m::scalar_bytes(row->type, value)) return std::nullopt;
      if (row->type == lwm2m::ValueType::integer && value.front() == '-') return std::nullopt;
      text.add('=').add(value);
    }
    if (end == Bytes::npos) return text;
    query = mem::after(query, end + 1);
  }
}

// Counts the resources; what they are to be answered with when they are not what the path allows,
// or no report has a place for them: one of several values has none.
CoapCode count_resources(Bytes resources, const Path& path, std::uint32_t& count) {
  bool has_multiple = false;
  TlvReader reader(resources);
  for (count = 0; const auto entry = reader.next(); ++count) {
    const bool is_multiple = entry->type == TlvType::multiple_resource;
    const bool fits = path.resource == Path::kAll || path.resource == entry->id;
    if ((!is_multiple && entry->type != TlvType::resource) || !fits) return kCoapBadRequest;
    has_multiple = has_multiple || is_multiple;
  }
  if (reader.malformed() || count == 0 || (path.resource != Path::kAll && count > 1)) {
    return kCoapBadRequest;
  }
  return has_multiple ? kCoapNotAllowed : kToldToHost;
}

}  // namespace

Lwm2mClient::Exchange* Lwm2mClient::find_exchange(Kind kind, CoapId id) {
  if (!exchanges_) return nullptr;
  const auto found = std::ranges::find_if(
      *exchanges_, [kind, id](const Exchange& each) { return each.kind == kind && each.id == id; });
  return found == exchanges_->end() ? nullptr : &*found;
}

Lwm2mClient::Exchange* Lwm2mClient::free_exchange() {
  const auto place = std::ranges::find(*exchanges_, Kind::none, &Exchange::kind);
  return place == exchanges_->end() ? nullptr : &*place;
}

Lwm2mClient::Observation* Lwm2mClient::find_observation(CoapId id) {
  if (!observations_) return nullptr;
  const auto found = std::ranges::find_if(
      *observations_, [id](const Observation& each) { return each.used && each.id == id; });
  return found == observations_->end() ? nullptr : &*found;
}

void Lwm2mClient::server_request(const CoapMessage& request, Millis now) {
  const auto path = lwm2m::parse_path(request.path);
  if (!path || !objects_->has(*path)) return respond(request.id, kCoapNotFound);
  if (request.payload.size() > kMaxPayloadBytes || request.query.size() > kMaxPayloadBytes) {
    return respond(request.id, kCoapTooLarge);
  }
  if (request.code == kCoapGet) return get(request, *path, now);
  if (request.code == kCoapPut) {
    if (!request.query.empty()) return set_parameters(request, *path, now);
    return write(request, *path, now);
  }
  if (request.code == kCoapPost && path->resource != Path::kAll) {
    return execute(request, *path, now);
  }
  if (request.code == kCoapPost) return write(request, *path, now);
  respond(request.id, kCoapNotAllowed);
}

void Lwm2mClient::get(const CoapMessage& request, const Path& path, Millis now) {
  if (request.observe != CoapMessage::Observe::none) return observe(request, path, now);
  if (request.accept == ContentFormat::link) return discover(request, path, now);
  if (!is_readable(request.accept, path)) return respond(request.id, kCoapNotAcceptable);
  Text text = begin_report("READ", request.id);
  add_path(text, path);
  pass_on({.kind = Kind::read,
           .id = request.id,
           .accept = request.accept,
           .path = path,
           .deadline = now + kAnswerWait},
          text);
}

void Lwm2mClient::pass_on(const Exchange& exchange, Bytes text) {
  Exchange* const place = free_exchange();
  if (place == nullptr || !take_report(text)) return respond(exchange.id, kCoapUnavailable);
  *place = exchange;
}

void Lwm2mClient::observe(const CoapMessage& request, const Path& path, Millis now) {
  const bool starts = request.observe == CoapMessage::Observe::start;
  if (!is_readable(request.accept, path)) return respond(request.id, kCoapNotAcceptable);
  Text text = begin_report("OBSERVE", request.id);
  text.add(starts ? ",1" : ",0");
  add_path(text, path);
  const Exchange exchange = {.kind = Kind::observe,
                             .starts = starts,
                             .id = request.id,
                             .accept = request.accept,
                             .path = path,
                             .deadline = now + kAnswerWait};
  if (!world_.model.lwm2m.answers_alone) return pass_on(exchange, text);
  // An observation that the host never heard of would be one that it never notifies of.
  mem::Rollback rollback(world_.reports.chain());
  if (!take_report(text)) return respond(request.id, kCoapUnavailable);
  switch (answer_observation(exchange)) {
    case Answered::yes:
      return rollback.keep();
    case Answered::refused:
      break;
    case Answered::no:
      respond(request.id, kCoapUnavailable);
  }
  --world_.counters.reports;
}

// From here on it stands, or it does no longer.
Lwm2mClient::Answered Lwm2mClient::answer_observation(const Exchange& exchange) {
  const auto same = std::ranges::find_if(*observations_, [&exchange](const Observation& each) {
    return each.used && each.path == exchange.path;
  });
  auto place = same;
  if (place == observations_->end() && exchange.starts) {
    place = std::ranges::find(*observations_, false, &Observation::used);
    if (place == observations_->end()) {
      const CoapMessage refusal = {
          .kind = CoapMessage::Kind::response, .id = exchange.id, .code = kCoapUnavailable};
      return send(refusal) ? Answered::refused : Answered::no;
    }
  }
  const CoapMessage message = {
      .kind = CoapMessage::Kind::response,
      .id = exchange.id,
      .code = kCoapContent,
      .format = empty_format(exchange.path, exchange.accept),
      .observe = exchange.starts ? CoapMessage::Observe::start : CoapMessage::Observe::none};
  if (!send(message)) return Answered::no;
  if (place == observations_->end()) return Answered::yes;
  forget(*place);
  if (exchange.starts) {
    place->used = true;
    place->id = exchange.id;
    place->accept = exchange.accept;
    place->path = exchange.path;
  }
  return Answered::yes;
}

void Lwm2mClient::discover(const CoapMessage& request, const Path& path, Millis now) {
  Text text = begin_report("DISCOVER", request.id);
  text.add(',').add(path.object);
  if (world_.model.lwm2m.answers_alone) {
    mem::Rollback rollback(world_.reports.chain());
    if (!take_report(text)) return respond(request.id, kCoapUnavailable);
    if (answer_links(request.id, path)) return rollback.keep();
    --world_.counters.reports;
    return;
  }
  if (objects_->find(path.object)->resource_count != 0) {
    answer_links(request.id, path);
    return;
  }
  pass_on({.kind = Kind::discover, .id = request.id, .path = path, .deadline = now + kAnswerWait},
          text);
}

bool Lwm2mClient::answer_links(CoapId id, const Path& path) {
  mem::Chain links(world_.pool);
  const CoapMessage message = {.kind = CoapMessage::Kind::response,
                               .id = id,
                               .code = kCoapContent,
                               .format = ContentFormat::link};
  if (objects_->list(path, links) && send(message, &links)) return true;
  respond(id, kCoapUnavailable);
  return false;
}

void Lwm2mClient::write(const CoapMessage& request, const Path& path, Millis now) {
  if (path.instance == Path::kAll) return respond(request.id, kCoapNotAllowed);
  Exchange* const place = free_exchange();
  if (place == nullptr) return respond(request.id, kCoapUnavailable);
  mem::Rollback rollback(world_.reports.chain());
  const std::uint32_t before = world_.counters.reports;
  const CoapCode code = report_writes(request, path);
  if (code != kToldToHost) {
    world_.counters.reports = before;
    return respond(request.id, code);
  }
  rollback.keep();
  *place = {.kind = Kind::write, .id = request.id, .path = path, .deadline = now + kAnswerWait};
}

// One report for each resource: of plain text as a string if it may stand in quotes, of all else as
// it came, in hex, for the module does not know what the host's resources are.
CoapCode Lwm2mClient::report_writes(const CoapMessage& request, const Path& path) {
  ReportQueue& reports = world_.reports;
  const auto one = [&](std::uint16_t id, Bytes value, bool is_text, std::uint32_t flag,
                       std::uint32_t index) {
    Text head = begin_report("WRITE", request.id);
    add_path(head, {.object = path.object, .instance = path.instance, .resource = id});
    head.add(is_text ? ",1," : ",2,").add(static_cast<std::uint32_t>(value.size()));
    head.add(is_text ? ",\"" : ",");
    Text tail;
    tail.add(is_text ? "\"," : ",").add(flag).add(',').add(index);
    const std::size_t value_bytes = value.size() * (is_text ? 1U : 2U);
    const std::size_t size = head.view().size() + value_bytes + tail.view().size();
    ++world_.counters.reports;
    return reports.size() + size <= kMaxWaitingBytes && reports.begin(size) &&
           reports.add_part(head) &&
           (is_text ? reports.add_part(value) : add_hex(value, reports)) &&
           reports.add_part(tail) && reports.end();
  };
  const auto is_line = [](Bytes text) { return is_plain(text) && text.find('"') == Bytes::npos; };
  const auto told = [](bool ok) { return ok ? kToldToHost : kCoapUnavailable; };
  const bool is_one = path.resource != Path::kAll;
  const auto resource = static_cast<std::uint16_t>(path.resource);
  if (request.format == ContentFormat::text || request.format == ContentFormat::none) {
    return is_one ? told(one(resource, request.payload, is_line(request.payload), 0, 0))
                  : kCoapBadRequest;
  }
  if (request.format == ContentFormat::opaque && is_one) {
    return told(one(resource, request.payload, false, 0, 0));
  }
  if (request.format != ContentFormat::tlv) return kCoapUnsupported;
  const auto resources = resources_of(request.payload, path);
  if (!resources) return kCoapBadRequest;
  std::uint32_t count = 0;
  const CoapCode code = count_resources(*resources, path, count);
  if (code != kToldToHost) return code;
  TlvReader reader(*resources);
  std::uint32_t index = count;
  while (const auto entry = reader.next()) {
    const std::uint32_t flag = index == 1 ? 0 : index == count ? 1 : 2;
    --index;
    if (!one(entry->id, entry->value, false, flag, index)) return kCoapUnavailable;
  }
  return kToldToHost;
}

void Lwm2mClient::set_parameters(const CoapMessage& request, const Path& path, Millis now) {
  constexpr std::size_t kMaxQueryBytes = 128;
  if (request.query.size() > kMaxQueryBytes) return respond(request.id, kCoapTooLarge);
  const auto attributes = attributes_of(request.query);
  if (!attributes || !request.payload.empty()) return respond(request.id, kCoapBadRequest);
  Text text = begin_report("PARAMETER", request.id);
  add_path(text, path);
  text.add(',').add(static_cast<std::uint32_t>(attributes->view().size()));
  text.add(",\"").add(*attributes).add('"');
  pass_on({.kind = Kind::parameter, .id = request.id, .path = path, .deadline = now + kAnswerWait},
          text);
}

void Lwm2mClient::execute(const CoapMessage& request, const Path& path, Millis now) {
  constexpr std::size_t kMaxArgumentBytes = 128;
  if (request.format != ContentFormat::text && request.format != ContentFormat::none) {
    return respond(request.id, kCoapUnsupported);
  }
  if (request.payload.size() > kMaxArgumentBytes) return respond(request.id, kCoapTooLarge);
  if (!is_plain(request.payload)) return respond(request.id, kCoapBadRequest);
  Text text = begin_report("EXECUTE", request.id);
  add_path(text, path);
  if (!request.payload.empty()) {
    text.add(',').add(static_cast<std::uint32_t>(request.payload.size()));
    text.add(",\"").add(request.payload).add('"');
  }
  pass_on({.kind = Kind::execute, .id = request.id, .path = path, .deadline = now + kAnswerWait},
          text);
}

}  // namespace m531x::modem
