// SPDX-License-Identifier: Apache-2.0
#include "app/coap_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/redact.h"
#include "transcript/coap_lines.h"

namespace m531x::app {
namespace {

using MessageKind = CoapMessage::Kind;

std::string format_words(ContentFormat format) {
  switch (format) {
    case ContentFormat::text:
      return "text";
    case ContentFormat::link:
      return "link";
    case ContentFormat::opaque:
      return "opaque";
    case ContentFormat::tlv:
      return "tlv";
    case ContentFormat::none:
      break;
  }
  return std::to_string(static_cast<unsigned>(format));
}

std::string not_shown(Bytes bytes) { return fmt::format("({} bytes, not shown)", bytes.size()); }

std::string head_of(const CoapMessage& message, bool is_secret) {
  std::string head = transcript::name_of(message.code);
  if (message.kind == MessageKind::notification) {
    head += message.confirmable ? " notification, confirmable" : " notification";
  }
  if (message.kind == MessageKind::request || !message.path.empty())
    head += " /" + escaped(message.path);
  if (!message.query.empty()) {
    head += "?" + (is_secret ? not_shown(message.query) : escaped(message.query));
  }
  if (message.observe == CoapMessage::Observe::start) head += ", observed";
  if (message.observe == CoapMessage::Observe::cancel) head += ", not observed any more";
  if (message.format != ContentFormat::none) head += ", as " + format_words(message.format);
  if (message.accept != ContentFormat::none) head += ", accepts " + format_words(message.accept);
  return head;
}

}  // namespace

bool is_security_path(Bytes path) { return path.starts_with('0') || path.starts_with('/'); }

std::string_view CoapWords::of(MessageKind kind) {
  constexpr auto kWords = std::to_array<std::string_view>({"request", "response", "notification"});
  return kWords[static_cast<std::size_t>(kind)];
}

std::string_view CoapWords::of(CoapFailure why) {
  return why == CoapFailure::no_answer ? "no answer" : "rejected";
}

std::string_view CoapWords::of(sim::Call::Kind kind) {
  switch (kind) {
    case sim::Call::Kind::coap_opened:
      return "coap opened";
    case sim::Call::Kind::coap_acknowledged:
      return "coap acknowledged";
    case sim::Call::Kind::coap_failed:
      return "coap failed";
    default:
      return "coap ended";
  }
}

// A notification has the number of the request that began its observation.
bool CoapRedactor::is_secret(const CoapMessage& message, bool is_in) {
  if (message.kind != MessageKind::request) {
    return !is_in && std::ranges::find(secret_, message.id) != secret_.end();
  }
  if (!is_in) return is_security_path(message.path);
  std::erase(secret_, message.id);
  if (!is_security_path(message.path)) return false;
  if (secret_.size() == kMaxRemembered) secret_.pop_front();
  secret_.push_back(message.id);
  return true;
}

CoapWords CoapRedactor::show(const CoapMessage& message, bool is_in) {
  const bool hides = is_secret(message, is_in);
  return {head_of(message, hides), hides ? not_shown(message.payload) : escaped(message.payload)};
}

}  // namespace m531x::app
