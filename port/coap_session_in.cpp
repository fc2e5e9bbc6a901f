// SPDX-License-Identifier: Apache-2.0
// What libcoap tells a session.
#include <algorithm>

#include "port/coap_session.h"

namespace m531x::port {
namespace {

using Call = sim::Call;
using MessageKind = CoapMessage::Kind;

void answer(coap_pdu_t* response, coap_pdu_code_t code) { coap_pdu_set_code(response, code); }

}  // namespace

void CoapSession::take_request(const coap_pdu_t* pdu, coap_pdu_t* response) {
  if (ended_) return answer(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
  if (coap_async_t* const async = coap_find_async(session_, coap_pdu_get_token(pdu))) {
    return answer_separately(async, pdu, response);
  }
  if (const Request* const before = repeated(pdu)) {
    if (before->answer) fill(*before, pdu, response);
    return;
  }
  auto message = read_options(pdu);
  if (!message) return answer(response, COAP_RESPONSE_CODE_BAD_OPTION);
  if (answer_with_next_block(message->message(), pdu, response)) return;
  if (!take_body(*message, read_part(pdu), response)) return;
  if (!make_room()) return answer(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
  tell_request(std::move(*message), pdu, response);
}

bool CoapSession::take_body(OwnedCoapMessage& message, const CoapPart& part, coap_pdu_t* response) {
  switch (request_body_.take(message.path, part)) {
    case CoapBody::Taken::part:
      // libcoap makes it 2.31.
      answer(response, COAP_RESPONSE_CODE_CHANGED);
      return false;
    case CoapBody::Taken::gap:
      answer(response, COAP_RESPONSE_CODE_INCOMPLETE);
      return false;
    case CoapBody::Taken::too_long:
      answer(response, COAP_RESPONSE_CODE_REQUEST_TOO_LARGE);
      return false;
    case CoapBody::Taken::whole:
      break;
  }
  message.payload = request_body_.release();
  return true;
}

// False: it is no further block of what is kept; whoever answers it is to be asked.
bool CoapSession::answer_with_next_block(const CoapMessage& request, const coap_pdu_t* pdu,
                                         coap_pdu_t* response) {
  const CoapBlock block = block_asked_by(pdu);
  if (block.number == 0) return false;
  const auto* const kept =
      representations_.find(CoapRepresentations::name_of(request), endpoint_.loop_.now());
  if (kept == nullptr) return false;
  static_cast<void>(write_kept(response, *kept, std::nullopt, block));
  return true;
}

void CoapSession::tell_request(OwnedCoapMessage message, const coap_pdu_t* pdu,
                               coap_pdu_t* response) {
  // In order: what has come before it.
  endpoint_.deliver();
  if (ended_) return answer(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
  const coap_mid_t mid = coap_pdu_get_mid(pdu);
  message.head.id = free_id(mid);
  requests_.push_back({.id = message.head.id,
                       .mid = mid,
                       .token = std::string(token_of(pdu)),
                       .path = message.path,
                       .of = CoapRepresentations::name_of(message.message()),
                       .came = endpoint_.loop_.now(),
                       .cancels = message.head.observe == CoapMessage::Observe::cancel,
                       .answer = {},
                       .observe = {}});
  Request& request = requests_.back();
  now_ = {&request, pdu, response};
  Call call{.kind = Call::Kind::coap_received};
  call.coap = message.message();
  tell(call);
  now_.reset();
  if (request.answer) return;
  request.waiting = coap_register_async(session_, pdu, 0);
  if (request.waiting != nullptr) return;
  // Another request with its token waits.
  request.answer.emplace().head.code = COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE;
  fill(request, pdu, response);
}

// libcoap asks once more when the answer is there.
void CoapSession::answer_separately(coap_async_t* async, const coap_pdu_t* pdu,
                                    coap_pdu_t* response) {
  const auto request = std::ranges::find(requests_, async, &Request::waiting);
  if (request == requests_.end() || !request->answer) return;
  request->waiting = nullptr;
  fill(*request, pdu, response);
}

const CoapSession::Request* CoapSession::repeated(const coap_pdu_t* pdu) const {
  const Millis now = endpoint_.loop_.now();
  const auto request = std::ranges::find_if(requests_, [&](const Request& one) {
    return one.mid == coap_pdu_get_mid(pdu) && one.token == token_of(pdu) &&
           one.came + kCoapExchangeLifetime > now;
  });
  return request == requests_.end() ? nullptr : &*request;
}

CoapId CoapSession::free_id(coap_mid_t mid) const {
  auto id = static_cast<CoapId>(mid);
  const auto is_taken = [this](CoapId one) {
    return std::ranges::find(observations_.all, one, &CoapObservations::One::id) !=
               observations_.all.end() ||
           std::ranges::any_of(requests_,
                               [one](const Request& is) { return is.id == one && !is.answer; });
  };
  while (is_taken(id)) ++id;
  return id;
}

// One that has been answered goes for a new one.
bool CoapSession::make_room() {
  if (requests_.size() < kMaxRequests) return true;
  const auto done = std::ranges::find_if(
      requests_, [](const Request& one) { return one.answer && one.waiting == nullptr; });
  if (done == requests_.end()) return false;
  requests_.erase(done);
  return true;
}

bool CoapSession::take_response(const coap_pdu_t* pdu) {
  const auto asked = std::ranges::find_if(unanswered_, [pdu](const Unanswered& one) {
    return one.kind == MessageKind::request && one.token == token_of(pdu);
  });
  if (asked == unanswered_.end() || ended_) return false;
  const CoapId id = asked->id;
  auto message = read_options(pdu);
  const auto taken =
      message ? response_body_.take(asked->token, read_part(pdu)) : CoapBody::Taken::too_long;
  if (taken == CoapBody::Taken::part) return true;
  unanswered_.erase(asked);
  if (taken != CoapBody::Taken::whole) {
    failed(MessageKind::request, id, CoapFailure::no_answer);
    return false;
  }
  message->head.id = id;
  message->payload = response_body_.release();
  endpoint_.tell_later(shared_from_this(), {.kind = Call::Kind::coap_received},
                       std::move(*message));
  return true;
}

void CoapSession::take_nack(const coap_pdu_t* sent, coap_nack_reason_t reason, coap_mid_t mid) {
  if (reason == COAP_NACK_ICMP_ISSUE) return closed(Cause::refused);
  if (reason == COAP_NACK_TLS_FAILED) return closed(Cause::tls_failed);
  auto one = std::ranges::find(unanswered_, mid, &Unanswered::mid);
  if (one == unanswered_.end() && sent != nullptr &&
      is_request(static_cast<CoapCode>(coap_pdu_get_code(sent)))) {
    // A further block of a long request has a token and a message id of libcoap's.
    one = std::ranges::find(unanswered_, MessageKind::request, &Unanswered::kind);
  }
  if (one == unanswered_.end()) return;
  const Unanswered lost = *one;
  unanswered_.erase(one);
  const bool is_reset = reason == COAP_NACK_RST;
  // RFC 7641 3.6 and 4.5: who refuses or does not acknowledge it observes no more.
  const bool ends = is_reset || reason == COAP_NACK_TOO_MANY_RETRIES;
  if (ends && lost.kind != MessageKind::request) {
    std::erase_if(observations_.all, [&lost](const auto& is) { return is.id == lost.id; });
  }
  failed(lost.kind, lost.id, is_reset ? CoapFailure::rejected : CoapFailure::no_answer);
}

void CoapSession::take_event(coap_event_t event) {
  switch (event) {
    case COAP_EVENT_DTLS_CONNECTED:
      if (!stands_ && !ended_) opened();
      break;
    case COAP_EVENT_DTLS_CLOSED:
      closed(stands_ ? Cause::closed : Cause::tls_failed);
      break;
    case COAP_EVENT_DTLS_ERROR:
      closed(Cause::tls_failed);
      break;
    default:
      break;
  }
}

// One token has one message under way at a time, but for what libcoap holds back (NSTART): the
// oldest is meant.
void CoapSession::take_acknowledgement(Bytes token) {
  const auto one = std::ranges::find_if(unanswered_, [token](const Unanswered& sent) {
    return sent.kind != MessageKind::request && sent.token == token;
  });
  if (one == unanswered_.end()) return;
  const MessageKind kind = one->kind;
  const CoapId id = one->id;
  unanswered_.erase(one);
  if (kind != MessageKind::notification || ended_) return;
  Call call{.kind = Call::Kind::coap_acknowledged};
  call.coap.id = id;
  endpoint_.tell_later(shared_from_this(), call);
}

}  // namespace m531x::port
