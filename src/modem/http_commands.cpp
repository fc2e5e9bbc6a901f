// SPDX-License-Identifier: Apache-2.0
#include "modem/http_commands.h"

#include <algorithm>

#include "at/escape.h"
#include "mem/text.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Encoding;
using at::Final;
using mem::ChainView;
using mem::Text;

// The instance that parameter 0 names.
struct Named {
  Instance* instance = nullptr;
  InstanceId id = kNoInstance;
  Final failure = Final::ok;
};

Named named_instance(Engine& engine, const Call& call) {
  const auto id = call.args.number(0, 0, 255);
  if (!id) return {.failure = Final::wrong_parameters};
  Instance* instance = engine.http.find(*id);
  if (instance == nullptr) return {.failure = Final::not_allowed};
  return {.instance = instance, .id = static_cast<InstanceId>(*id)};
}

// The text of an information line that begins `<name>:<id>,`.
Text begin_line(const Call& call, InstanceId id) {
  return Text().add(call.name).add(':').add(std::uint32_t{id}).add(',');
}

// Queues a stored value, in the order that the firmware has.
Final show(Engine& engine, Bytes line, const ChainView* data) {
  const bool before = engine.settings.variant.query_order == QueryOrder::text_then_ok;
  const auto place = before ? at::Dce::Place::before_result : at::Dce::Place::after_result;
  return engine.dce.information(line, data, place) ? Final::ok : Final::unknown;
}

// AT+HTTPHEADER=<id>
Final show_stored(Engine& engine, const Call& call, InstanceId id, const mem::Chain& stored) {
  if (stored.empty()) return Final::ok;
  const ChainView data = stored.view();
  return show(engine, begin_line(call, id).add(data.size), &data);
}

// What appending parameter `i` in the encoding of parameter `i + 1` to `stored` leads to. An empty
// value clears.
Final store(Engine& engine, const Call& call, std::size_t i, std::uint32_t limit,
            mem::Chain& stored) {
  if (call.args.size() > i + 2) return Final::wrong_parameters;
  auto encoding = Encoding::escapes;
  if (call.args.size() == i + 2) {
    const auto number = call.args.number(i + 1, 0, 1);
    if (!number) return Final::wrong_parameters;
    encoding = static_cast<Encoding>(*number);
  }
  const at::Parameter& value = call.args[i];
  if (value.size == 0) {
    const bool clears = value.quoted || engine.settings.variant.empty_value == EmptyValue::clears;
    if (clears) stored.clear();
    return clears ? Final::ok : Final::wrong_parameters;
  }
  mem::Rollback rollback(stored);
  const at::Decoded decoded = at::decode(value.text(), encoding, stored);
  if (decoded == at::Decoded::out_of_memory) return Final::unknown;
  if (decoded == at::Decoded::malformed || stored.size() > limit) return Final::wrong_parameters;
  rollback.keep();
  return Final::ok;
}

Final header_or_content(Engine& engine, const Call& call, mem::Chain Instance::*member,
                        std::uint32_t limit) {
  const Named named = named_instance(engine, call);
  if (named.instance == nullptr) return named.failure;
  mem::Chain& stored = named.instance->*member;
  if (call.args.size() == 1) return show_stored(engine, call, named.id, stored);
  if (HttpClient::is_connecting(*named.instance)) return Final::not_allowed;
  return store(engine, call, 1, limit, stored);
}

}  // namespace

// AT+HTTPCREATE=<url>[,<user>,<password>]  ->  +HTTPCREATE:<id>, OK | ERROR        (manual 1.1)
Final http_create(Engine& engine, const Call& call) {
  const Limits& limits = engine.settings.limits;
  const bool authenticates = call.args.size() == 3;
  if (call.args.size() != 1 && !authenticates) return Final::wrong_parameters;
  const Bytes text = call.args[0].text();
  http::Url url;
  if (text.size() > limits.url_bytes || !http::parse_url(text, url)) {
    return Final::wrong_parameters;
  }
  if (url.scheme == http::Scheme::https && !engine.model.https) return Final::not_supported;
  std::optional<HttpClient::Credentials> credentials;
  if (authenticates) {
    const auto& [user, password] =
        credentials.emplace(HttpClient::Credentials{call.args[1].text(), call.args[2].text()});
    const bool password_given = call.args[2].quoted || !password.empty();
    if (user.empty() || user.size() > limits.user_bytes || user.find(':') != Bytes::npos ||
        !password_given || password.size() > limits.password_bytes) {
      return Final::wrong_parameters;
    }
  }
  InstanceId id = kNoInstance;
  const Final made = engine.http.create(url, credentials, id);
  if (made != Final::ok) return made;
  const Text line = Text().add(call.name).add(':').add(std::uint32_t{id});
  if (engine.dce.information(line)) return Final::ok;
  engine.http.close(id, engine.now());
  return Final::unknown;
}

// AT+HTTPHEADER=<id>[,<header>[,<encode_method>]]  ->  the header, OK | ERROR      (manual 1.2)
Final http_header(Engine& engine, const Call& call) {
  return header_or_content(engine, call, &Instance::header, engine.settings.limits.header_bytes);
}

// AT+HTTPCONTENT=<id>[,<content>[,<encode_method>]]  ->  the content, OK | ERROR   (manual 1.3)
Final http_content(Engine& engine, const Call& call) {
  return header_or_content(engine, call, &Instance::content, engine.settings.limits.content_bytes);
}

// AT+HTTPSEND=<id>,<method>,<path>  ->  OK, then reports | ERROR                   (manual 1.4)
Final http_send(Engine& engine, const Call& call) {
  const Named named = named_instance(engine, call);
  if (named.failure == Final::wrong_parameters || call.args.size() != 3) {
    return Final::wrong_parameters;
  }
  const auto method = call.args.number(1, 0, http::kMethodCount - 1);
  const Bytes path = call.args[2].text();
  if (!method || path.size() > engine.settings.limits.path_bytes || !http::is_path(path)) {
    return Final::wrong_parameters;
  }
  if (named.instance == nullptr) return named.failure;
  return engine.http.send(named.id, static_cast<http::Method>(*method), path, engine.now());
}

namespace {

// HTTPCFG types 1-3 hold bytes, and never show a private key.
Final certificate(Engine& engine, const Call& call, const Named& named, std::uint32_t type) {
  constexpr std::uint32_t kPrivateKey = 3;
  mem::Chain& stored = named.instance->certificates[type - 1];
  if (call.args.size() > 2) {
    if (named.instance->is_busy()) return Final::not_allowed;
    return store(engine, call, 2, engine.settings.limits.certificate_bytes, stored);
  }
  if (stored.empty()) return Final::ok;
  const ChainView data = stored.view();
  const auto line = begin_line(call, named.id).add(type).add(',').add(data.size);
  return show(engine, line, type == kPrivateKey ? nullptr : &data);
}

// HTTPCFG types 6, 7 and 8 are numbers.
Final output_setting(Engine& engine, const Call& call, const Named& named, std::uint32_t type) {
  Instance& instance = *named.instance;
  if (call.args.size() == 2) {
    const std::uint32_t value = type == 6   ? instance.packet_bytes
                                : type == 7 ? instance.packet_delay_ms
                                            : instance.hex_output;
    const Text digits = Text().add(value);
    Text line = begin_line(call, named.id).add(type).add(',');
    if (engine.settings.variant.cfg_readback == CfgReadback::with_length) {
      line.add(static_cast<std::uint32_t>(digits.view().size())).add(',');
    }
    return show(engine, line.add(digits), nullptr);
  }
  constexpr std::uint32_t kMaxPacketBytes = 65535;
  const std::uint32_t high = type == 6   ? kMaxPacketBytes
                             : type == 7 ? engine.model.max_packet_delay_ms
                                         : 1;
  const auto value = call.args.number(2, 0, high);
  if (!value || call.args.size() > 3) return Final::wrong_parameters;
  if (instance.is_busy()) return Final::not_allowed;
  if (type == 6) {
    instance.packet_bytes = static_cast<std::uint16_t>(*value);
  } else if (type == 7) {
    instance.packet_delay_ms = static_cast<std::uint16_t>(*value);
  } else {
    instance.hex_output = *value != 0;
  }
  return Final::ok;
}

}  // namespace

// AT+HTTPCFG=<id>,<type>[,<value>[,<encode>]]  ->  the value, OK | ERROR      (manual 1.5, 1.6)
Final http_cfg(Engine& engine, const Call& call) {
  constexpr std::uint32_t kFirstNumberType = 6;
  const auto type = call.args.number(1, 0, 15);
  if (!type || (engine.model.cfg_types >> *type & 1U) == 0) return Final::wrong_parameters;
  const Named named = named_instance(engine, call);
  if (named.instance == nullptr) return named.failure;
  return *type < kFirstNumberType ? certificate(engine, call, named, *type)
                                  : output_setting(engine, call, named, *type);
}

// AT+HTTPCLOSE=<id>  ->  OK | ERROR                                                (manual 1.7)
Final http_close(Engine& engine, const Call& call) {
  if (call.args.size() != 1) return Final::wrong_parameters;
  const Named named = named_instance(engine, call);
  if (named.instance == nullptr) return named.failure;
  engine.http.close(named.id, engine.now());
  return Final::ok;
}

}  // namespace m531x::modem
