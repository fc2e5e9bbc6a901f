// SPDX-License-Identifier: Apache-2.0
#include "port/coap_session.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "port/coap_address.h"
#include "port/coap_repeats.h"
#include "port/net_cause.h"

// NOLINTBEGIN(readability-identifier-naming): the linker makes these names.
extern "C" {
// libcoap 4.3.1 has no word for the empty acknowledgement of a notification, but makes this call
// (of net.c to resource.c) exactly then: when a message with a 2.xx code has been acknowledged. The
// linker leads it here (--wrap, in port/CMakeLists.txt).
void __real_coap_touch_observer(coap_context_t* context, coap_session_t* session,
                                const coap_binary_t* token);
void __wrap_coap_touch_observer(coap_context_t* context, coap_session_t* session,
                                const coap_binary_t* token);
void __wrap_coap_touch_observer(coap_context_t* context, coap_session_t* session,
                                const coap_binary_t* token) {
  using m531x::port::CoapSession;
  // A server in this process has sessions of its own.
  const bool is_client = coap_session_get_type(session) == COAP_SESSION_TYPE_CLIENT;
  auto* const to =
      is_client ? static_cast<CoapSession*>(coap_session_get_app_data(session)) : nullptr;
  if (to != nullptr) {
    to->take_acknowledgement({reinterpret_cast<const char*>(token->s), token->length});
  }
  __real_coap_touch_observer(context, session, token);
}
}
// NOLINTEND(readability-identifier-naming)

namespace m531x::port {
namespace {

using Call = sim::Call;
using MessageKind = CoapMessage::Kind;

constexpr std::uint32_t kObserveMask = 0xff'ffff;  // 24 bits

void release(coap_session_t* /*session*/, void* bytes) { delete static_cast<std::string*>(bytes); }

void wipe(std::string& secret) {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

const std::uint8_t* octets(Bytes bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

CoapSession::CoapSession(CoapEndpoint& endpoint, CoapEndpoint::Tell tell)
    : endpoint_(endpoint), tell_(std::move(tell)), timer_(endpoint.loop_.context()) {}

CoapSession::~CoapSession() { close(); }

void CoapSession::open(CoapTarget target, CoapObservations observations) {
  target_ = std::move(target);
  if (observations.host == target_.host && observations.port == target_.port) {
    observations_ = std::move(observations);
  }
  observations_.host = target_.host;
  observations_.port = target_.port;
  const auto weak = weak_from_this();
  timer_.expires_after(target_.time_limit);
  timer_.async_wait([weak](boost::system::error_code error) {
    const auto self = weak.lock();
    if (!error && self && !self->stands_) self->closed(Cause::connect_timeout);
  });
  lookup_.emplace(endpoint_.loop_,
                  Question{.host = target_.host,
                           .port = target_.port,
                           .server = endpoint_.net_.dns_server,
                           .time_limit = target_.time_limit / 2},
                  [weak](const std::vector<Address>& addresses, Cause why, std::string_view) {
                    const auto self = weak.lock();
                    if (!self || self->ended_) return;
                    if (addresses.empty()) return self->closed(why);
                    self->connect(addresses);
                  });
}

void CoapSession::connect(const std::vector<Address>& addresses) {
  Cause why = Cause::no_route;
  for (const Address& address : addresses) {
    session_ = connect(address, why);
    if (session_ != nullptr) break;
  }
  wipe(target_.key);
  if (session_ == nullptr) return closed(why);
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(endpoint_.times_.ack_timeout);
  const auto rest = endpoint_.times_.ack_timeout - whole;
  coap_session_set_ack_timeout(session_, {static_cast<std::uint16_t>(whole.count()),
                                          static_cast<std::uint16_t>(rest.count())});
  coap_session_set_max_retransmit(session_, endpoint_.times_.max_retransmit);
  coap_session_set_app_data(session_, this);
  endpoint_.process_soon();
  if (!target_.dtls) opened();
}

// A session of libcoap's with that address; nullptr: there is no way to it, `why` says which.
coap_session_t* CoapSession::connect(const Address& address, Cause& why) {
  coap_context_t* const context = endpoint_.context();
  const coap_address_t remote = coap_address_of(address);
  std::optional<coap_address_t> local;
  if (!endpoint_.net_.interface.empty()) {
    local = address_of_interface(endpoint_.net_.interface, address.storage.ss_family);
    if (!local) {
      why = Cause::interface_down;
      return nullptr;
    }
  }
  coap_address_t* const from = local ? &*local : nullptr;
  if (!target_.dtls) return coap_new_client_session(context, from, &remote, COAP_PROTO_UDP);
  coap_dtls_cpsk_t setup{};
  setup.version = COAP_DTLS_CPSK_SETUP_VERSION;
  setup.psk_info.identity = {target_.identity.size(), octets(target_.identity)};
  setup.psk_info.key = {target_.key.size(), octets(target_.key)};
  why = Cause::tls_failed;
  return coap_new_client_session_psk2(context, from, &remote, COAP_PROTO_DTLS, &setup);
}

void CoapSession::opened() {
  stands_ = true;
  timer_.cancel();
  endpoint_.tell_later(shared_from_this(), {.kind = Call::Kind::coap_opened});
}

void CoapSession::closed(Cause why) {
  if (std::exchange(ended_, true)) return;
  stands_ = false;
  timer_.cancel();
  endpoint_.tell_later(shared_from_this(), {.kind = Call::Kind::coap_closed, .why = why});
}

void CoapSession::failed(MessageKind kind, CoapId id, CoapFailure why) {
  if (ended_) return;
  Call call{.kind = Call::Kind::coap_failed, .failure = why};
  call.coap.kind = kind;
  call.coap.id = id;
  endpoint_.tell_later(shared_from_this(), call);
}

void CoapSession::tell(const Call& call) {
  // A copy: it may be given up within.
  if (const auto tell = tell_) tell(call);
}

void CoapSession::close() {
  ended_ = true;
  stands_ = false;
  tell_ = nullptr;
  lookup_.reset();
  timer_.cancel();
  wipe(target_.key);
  coap_session_t* const session = std::exchange(session_, nullptr);
  if (session == nullptr) return;
  forget_responses(session);
  coap_session_set_app_data(session, nullptr);
  for (const Request& request : requests_) {
    if (request.waiting != nullptr) coap_free_async(session, request.waiting);
  }
  requests_.clear();
  if (const coap_bin_const_t* const key = coap_session_get_psk_key(session)) {
    ::explicit_bzero(const_cast<std::uint8_t*>(key->s), key->length);
  }
  // What is under way would keep the session, and go on.
  coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
  coap_session_release(session);
}

bool CoapSession::send(const CoapMessage& message) {
  if (!stands_ || session_ == nullptr) return false;
  if (message.kind == MessageKind::response) return send_response(message);
  if (endpoint_.processing_) return false;
  const bool awaits = message.kind == MessageKind::request || message.confirmable;
  if (awaits && !has_room()) return false;
  endpoint_.process_soon();
  if (message.kind == MessageKind::request) {
    send_request(message);
  } else {
    send_notification(message);
  }
  return true;
}

bool CoapSession::has_room() {
  const Millis now = endpoint_.loop_.now();
  std::erase_if(unanswered_, [&](const Unanswered& one) {
    const bool is_old = one.sent + kCoapExchangeLifetime <= now;
    if (is_old) failed(one.kind, one.id, CoapFailure::no_answer);
    return is_old;
  });
  return unanswered_.size() < kMaxUnanswered;
}

bool CoapSession::send_response(const CoapMessage& message) {
  const auto request = std::ranges::find_if(
      requests_, [&message](const Request& one) { return one.id == message.id && !one.answer; });
  if (request == requests_.end()) return true;  // it has been refused
  const bool is_now = now_ && now_->request == &*request;
  if (!is_now && endpoint_.processing_) return false;
  request->answer = owned(message);
  settle_observation(*request);
  if (is_now) {
    fill(*request, now_->pdu, now_->response);
  } else {
    coap_async_trigger(request->waiting);
    endpoint_.process_soon();
  }
  return true;
}

void CoapSession::settle_observation(Request& request) {
  if (!request.answer) return;
  const CoapMessage& head = request.answer->head;
  const bool starts = head.observe == CoapMessage::Observe::start && is_success(head.code);
  if (!starts && !request.cancels) return;
  auto& all = observations_.all;
  // As the modem tells them apart: a path is observed once.
  std::erase_if(
      all, [&](const auto& one) { return one.token == request.token || one.path == request.path; });
  if (!starts) return;
  if (all.size() == kMaxObservations) all.erase(all.begin());
  all.push_back({request.id, request.token, request.path, request.of});
  request.observe = next_observation_number();
}

std::uint32_t CoapSession::next_observation_number() {
  return observations_.number = (observations_.number + 1) & kObserveMask;
}

// Writes its answer.
void CoapSession::fill(const Request& request, const coap_pdu_t* pdu, coap_pdu_t* response) {
  if (!request.answer) return;
  const CoapMessage answer = request.answer->message();
  coap_pdu_set_code(response, static_cast<coap_pdu_code_t>(answer.code));
  if (!write(response, answer, request.observe, request.of, block_asked_by(pdu))) {
    return coap_pdu_set_code(response, COAP_RESPONSE_CODE_INTERNAL_ERROR);
  }
  if (coap_pdu_get_type(response) != COAP_MESSAGE_CON) return;
  note_sent(MessageKind::response, request.id, coap_pdu_get_mid(response), request.token);
}

// Options and payload; of a long one that block, and the rest is kept.
bool CoapSession::write(coap_pdu_t* pdu, const CoapMessage& message,
                        std::optional<std::uint32_t> observe, const std::string& of,
                        const CoapBlock& block) {
  if (block.number == 0 && message.payload.size() <= block.size()) {
    return write_options(pdu, message, observe) && write_payload(pdu, message.payload);
  }
  return write_kept(pdu, representations_.keep(of, message, endpoint_.loop_.now()), observe, block);
}

bool CoapSession::write_kept(coap_pdu_t* pdu, const CoapRepresentations::One& kept,
                             std::optional<std::uint32_t> observe, const CoapBlock& block) {
  if (block.offset() >= kept.payload.size()) {
    coap_pdu_set_code(pdu, COAP_RESPONSE_CODE_BAD_REQUEST);
    return true;
  }
  coap_pdu_set_code(pdu, static_cast<coap_pdu_code_t>(kept.code));
  CoapMessage message;
  message.kind = MessageKind::response;
  message.format = kept.format;
  return write_options(pdu, message, observe) && write_block(pdu, kept.payload, block, kept.tag);
}

void CoapSession::send_request(const CoapMessage& message) {
  coap_pdu_t* const pdu =
      coap_new_pdu(COAP_MESSAGE_CON, static_cast<coap_pdu_code_t>(message.code), session_);
  if (pdu == nullptr) return failed(message.kind, message.id, CoapFailure::no_answer);
  std::array<std::uint8_t, 8> token{};
  std::size_t size = 0;
  coap_session_new_token(session_, &size, token.data());
  bool good =
      coap_add_token(pdu, size, token.data()) != 0 && write_options(pdu, message, std::nullopt);
  if (good && !message.payload.empty()) {
    auto* const bytes = new std::string(message.payload);
    good = coap_add_data_large_request(session_, pdu, bytes->size(), octets(*bytes), release,
                                       bytes) != 0;
  }
  if (!good) {
    coap_delete_pdu(pdu);
    return failed(message.kind, message.id, CoapFailure::no_answer);
  }
  const coap_mid_t mid = coap_send(session_, pdu);
  if (mid == COAP_INVALID_MID) return failed(message.kind, message.id, CoapFailure::no_answer);
  note_sent(message.kind, message.id, mid,
            std::string(reinterpret_cast<const char*>(token.data()), size));
}

void CoapSession::send_notification(const CoapMessage& message) {
  const auto observation =
      std::ranges::find(observations_.all, message.id, &CoapObservations::One::id);
  if (observation == observations_.all.end()) {
    return failed(message.kind, message.id, CoapFailure::rejected);
  }
  const std::string token = observation->token;
  coap_pdu_t* const pdu = coap_new_pdu(message.confirmable ? COAP_MESSAGE_CON : COAP_MESSAGE_NON,
                                       static_cast<coap_pdu_code_t>(message.code), session_);
  const bool good = pdu != nullptr && coap_add_token(pdu, token.size(), octets(token)) != 0 &&
                    write(pdu, message, next_observation_number(), observation->of, {});
  if (!good) {
    coap_delete_pdu(pdu);
    return failed(message.kind, message.id, CoapFailure::no_answer);
  }
  const coap_mid_t mid = coap_send(session_, pdu);
  if (mid == COAP_INVALID_MID) return failed(message.kind, message.id, CoapFailure::no_answer);
  if (message.confirmable) note_sent(message.kind, message.id, mid, token);
}

void CoapSession::note_sent(MessageKind kind, CoapId id, coap_mid_t mid, std::string token) {
  // A response must go out; what is not known of any more is not told of.
  if (unanswered_.size() >= 2 * kMaxUnanswered) unanswered_.erase(unanswered_.begin());
  unanswered_.push_back({kind, id, mid, std::move(token), endpoint_.loop_.now()});
}

}  // namespace m531x::port
