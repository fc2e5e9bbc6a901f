// SPDX-License-Identifier: Apache-2.0
#include "onenet/coap_server.h"

#include <coap3/coap.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>
#include <cstring>
#include <exception>
#include <sstream>

#include "port/coap_pdu.h"
#include "port/coap_repeats.h"
#include "port/user_error.h"

extern "C" {
// Of the archive, and in none of its installed headers: what libcoap does with a datagram.
int coap_handle_dgram(coap_context_t* context, coap_session_t* session, std::uint8_t* data,
                      std::size_t size);
}

namespace m531x::onenet {
namespace {

constexpr std::size_t kTokenBytes = sizeof(CoapServer::Number);

// RFC 7959 2.9.2.
constexpr CoapCode kCoapIncomplete = coap_code(4, 8);

using Token = std::array<std::uint8_t, kTokenBytes>;

Token token_of(CoapServer::Number number) {
  Token token{};
  for (std::uint8_t& byte : token) {
    byte = static_cast<std::uint8_t>(number & 0xffU);
    number >>= 8U;
  }
  return token;
}

CoapServer::Number number_of(const coap_pdu_t* pdu) {
  const Bytes token = port::token_of(pdu);
  if (token.size() != kTokenBytes) return 0;
  CoapServer::Number number = 0;
  for (std::size_t at = kTokenBytes; at-- > 0;) {
    number = number << 8U | static_cast<unsigned char>(token[at]);
  }
  return number;
}

CoapServer::Number some_number() {
  CoapServer::Number number = 0;
  if (coap_prng(&number, sizeof number) == 0) throw std::runtime_error("no random numbers");
  return number;
}

// What is known of a peer.
struct Client {
  std::string unproven;  // what it calls itself, in a handshake that has not ended
  KeptReplies replies;
  port::CoapBody body;  // what has come of a long request
};
Client& client_of(coap_session_t* session) {
  auto* client = static_cast<Client*>(coap_session_get_app_data(session));
  if (client == nullptr) {
    client = new Client;  // deleted with the session, by event()
    coap_session_set_app_data(session, client);
  }
  return *client;
}

// libcoap shares its address with whoever asks for that: here two servers on one are a mistake.
void expect_free(const boost::asio::ip::udp::endpoint& at, const char* option,
                 boost::asio::io_context& context) {
  boost::asio::ip::udp::socket probe(context);
  boost::system::error_code error;
  probe.open(at.protocol(), error);
  if (!error) probe.bind(at, error);
  if (!error) return;
  std::ostringstream place;
  place << at;
  throw port::UserError(std::string(option) + ' ' + place.str() +
                        ": cannot listen there: " + port::words_of(error.value()));
}

coap_context_t* new_context() {
  coap_startup();
  // It would tell of keys.
  coap_set_log_level(LOG_EMERG);
  coap_dtls_set_log_level(LOG_EMERG);
  coap_context_t* const context = coap_new_context(nullptr);
  if (context == nullptr) throw std::runtime_error("libcoap has no context");
  return context;
}

coap_address_t address_of(const boost::asio::ip::udp::endpoint& at) {
  coap_address_t address;
  coap_address_init(&address);
  std::memcpy(&address.addr, at.data(), at.size());
  address.size = static_cast<socklen_t>(at.size());
  return address;
}

std::uint16_t port_of(const coap_endpoint_t* endpoint) {
  // libcoap tells it in its words alone: `127.0.0.1:5683 UDP`.
  const std::string_view words = coap_endpoint_str(endpoint);
  std::uint16_t port = 0;
  const auto colon = words.rfind(':');
  if (colon == std::string_view::npos) return 0;
  std::from_chars(words.data() + colon + 1, words.data() + words.size(), port);
  return port;
}

std::string_view view_of(const coap_bin_const_t* bytes) {
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes->s), bytes->length};
}

// Who has proven to be that by DTLS.
std::string_view identity_of(const coap_session_t* session) {
  if (coap_session_get_proto(session) != COAP_PROTO_DTLS) return {};
  const coap_bin_const_t* const identity = coap_session_get_psk_identity(session);
  return view_of(identity);
}

}  // namespace

// As libcoap wants it, which makes a copy as soon as it has it.
struct CoapServer::Key {
  explicit Key(std::string bytes) : secret(std::move(bytes)) {}
  ~Key() { ::explicit_bzero(secret.data(), secret.size()); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  std::string secret;
  coap_bin_const_t view{secret.size(), reinterpret_cast<const std::uint8_t*>(secret.data())};
};

struct CoapServer::Callbacks {
  static CoapServer& self(coap_session_t* session) {
    return *static_cast<CoapServer*>(coap_get_app_data(coap_session_get_context(session)));
  }

  static Reply reply_to(coap_session_t* session, const coap_pdu_t* request) {
    auto read = port::read_options(request);
    if (!read) return {.code = kCoapBadOption, .location = {}};
    port::CoapBody& body = client_of(session).body;
    switch (body.take(read->path, port::read_part(request))) {
      case port::CoapBody::Taken::part:
        return {.code = kCoapChanged, .location = {}};  // libcoap makes it 2.31
      case port::CoapBody::Taken::gap:
        return {.code = kCoapIncomplete, .location = {}};
      case port::CoapBody::Taken::too_long:
        return {.code = kCoapTooLarge, .location = {}};
      case port::CoapBody::Taken::whole:
        break;
    }
    read->payload = body.release();
    CoapMessage message = read->message();
    message.id = static_cast<CoapId>(coap_pdu_get_mid(request));
    const Peer peer(coap_session_reference(session), coap_session_release);
    try {
      return self(session).asked_(message, peer);
    } catch (const std::exception&) {
      return {.code = kCoapFailed, .location = {}};
    }
  }

  // The reply of the first time, or a new one.
  static const Reply& known_reply_to(coap_session_t* session, const coap_pdu_t* request) {
    KeptReplies& replies = client_of(session).replies;
    const Millis now = self(session).loop_.now();
    const auto id = static_cast<CoapId>(coap_pdu_get_mid(request));
    const Bytes token = port::token_of(request);
    if (const Reply* const known = replies.find(id, token, now)) return *known;
    return replies.keep(id, token, reply_to(session, request), now);
  }

  static void requested(coap_resource_t*, coap_session_t* session, const coap_pdu_t* request,
                        const coap_string_t*, coap_pdu_t* response) {
    const Reply& reply = known_reply_to(session, request);
    coap_pdu_set_code(response, static_cast<coap_pdu_code_t>(reply.code));
    for (const std::string& segment : reply.location) {
      coap_add_option(response, COAP_OPTION_LOCATION_PATH, segment.size(),
                      reinterpret_cast<const std::uint8_t*>(segment.data()));
    }
  }

  static coap_response_t responded(coap_session_t* session, const coap_pdu_t*,
                                   const coap_pdu_t* received, coap_mid_t) {
    const Number number = number_of(received);
    CoapServer& server = self(session);
    const auto exchange = server.exchange_of(session, number);
    if (exchange == server.exchanges_.end()) {
      return coap_pdu_get_type(received) == COAP_MESSAGE_ACK ? COAP_RESPONSE_OK
                                                             : COAP_RESPONSE_FAIL;
    }
    auto read = port::read_options(received);
    if (!read) return COAP_RESPONSE_FAIL;
    port::CoapBody& body = exchange->second.body;
    const auto part = port::read_part(received);
    // The blocks that follow are answers to requests of their own, which observe nothing.
    if (part.offset == 0) exchange->second.observe = read->head.observe;
    const auto taken = body.take({}, part);
    if (taken == port::CoapBody::Taken::part) return COAP_RESPONSE_OK;
    if (taken != port::CoapBody::Taken::whole) {
      server.give_up_soon(number);
      return COAP_RESPONSE_FAIL;
    }
    read->payload = body.release();
    CoapMessage message = read->message();
    message.id = static_cast<CoapId>(coap_pdu_get_mid(received));
    message.observe = exchange->second.observe;
    server.answered(number, message);
    return COAP_RESPONSE_OK;
  }

  static coap_response_t heard(coap_session_t* session, const coap_pdu_t* sent,
                               const coap_pdu_t* received, coap_mid_t mid) {
    CoapServer& server = self(session);
    const auto exchange = server.exchange_of(session, number_of(received));
    const bool is_old = exchange != server.exchanges_.end() &&
                        !is_news(exchange->second, received, server.loop_.now());
    const auto taken = is_old ? COAP_RESPONSE_OK : responded(session, sent, received, mid);
    if (taken == COAP_RESPONSE_OK) port::took_response(session, received);
    return taken;
  }

  // An older notification may come behind a newer one (RFC 7641 3.4).
  static bool is_news(Exchange& exchange, const coap_pdu_t* answer, Millis now) {
    constexpr std::uint32_t kHalf = 1U << 23U;
    constexpr Millis kAge{128'000};
    coap_opt_iterator_t at;
    const coap_opt_t* const option = coap_check_option(answer, COAP_OPTION_OBSERVE, &at);
    if (option == nullptr) return true;
    const std::uint32_t number =
        coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
    if (exchange.newest && now <= exchange.newest_came + kAge) {
      const std::uint32_t last = *exchange.newest;
      const bool newer = last < number ? number - last < kHalf : last - number > kHalf;
      if (!newer) return false;
    }
    exchange.newest = number;
    exchange.newest_came = now;
    return true;
  }

  static int happened(coap_session_t* session, coap_event_t what) {
    if (what == COAP_EVENT_SERVER_SESSION_DEL) port::forget_responses(session);
    return event(session, what);
  }

  static void not_acknowledged(coap_session_t* session, const coap_pdu_t* sent,
                               coap_nack_reason_t reason, coap_mid_t) {
    if (sent == nullptr || reason == COAP_NACK_ICMP_ISSUE) return;
    self(session).give_up_soon(number_of(sent));
  }

  static const coap_bin_const_t* key(coap_bin_const_t* identity, coap_session_t* session,
                                     void* server) {
    CoapServer& self = *static_cast<CoapServer*>(server);
    if (!self.security_) return nullptr;
    try {
      auto found = self.security_->key_of(view_of(identity));
      if (!found) return nullptr;
      client_of(session).unproven = view_of(identity);
      self.key_ = std::make_unique<Key>(std::move(*found));
      return &self.key_->view;
    } catch (const std::exception&) {
      return nullptr;
    }
  }

  static int event(coap_session_t* session, coap_event_t event) {
    auto& security = self(session).security_;
    if (event == COAP_EVENT_DTLS_CONNECTED && security) {
      client_of(session).unproven.clear();
      security->proven(onenet::identity_of(session));
    }
    if (event != COAP_EVENT_SERVER_SESSION_DEL) return 0;
    const std::unique_ptr<Client> client(static_cast<Client*>(coap_session_get_app_data(session)));
    if (client && security && !client->unproven.empty()) security->unproven(client->unproven);
    coap_session_set_app_data(session, nullptr);
    return 0;
  }
};

CoapServer::CoapServer(port::EventLoop& loop, const UdpEndpoint& at, Asked asked,
                       std::optional<Security> security)
    : loop_(loop),
      asked_(std::move(asked)),
      context_(new_context()),
      security_(std::move(security)) {
  coap_set_app_data(context_, this);
  coap_context_set_block_mode(context_, COAP_BLOCK_USE_LIBCOAP);
  coap_context_set_max_idle_sessions(context_, kMaxIdlePeers);
  try {
    endpoint_ = listen(at, false);
    if (security_) secure_endpoint_ = listen(security_->at, true);
  } catch (const port::UserError&) {
    coap_free_context(context_);
    throw;
  }
  // One resource for all paths: whoever asked() is knows which there are.
  coap_resource_t* const any = coap_resource_unknown_init2(Callbacks::requested, 0);
  for (const auto method : {COAP_REQUEST_GET, COAP_REQUEST_POST, COAP_REQUEST_DELETE}) {
    coap_register_request_handler(any, method, Callbacks::requested);
  }
  coap_add_resource(context_, any);
  coap_register_response_handler(context_, Callbacks::heard);
  coap_register_nack_handler(context_, Callbacks::not_acknowledged);
  coap_register_event_handler(context_, Callbacks::happened);
  events_.emplace(loop.context(), ::dup(coap_context_get_coap_fd(context_)));
  wait();
}

CoapServer::~CoapServer() {
  events_.reset();
  exchanges_.clear();
  stopped_.clear();
  security_.reset();
  coap_free_context(context_);
}

coap_endpoint_t* CoapServer::listen(const UdpEndpoint& at, bool secure) {
  const char* const option = secure ? "--coaps" : "--coap";
  expect_free(at, option, loop_.context());
  if (secure) {
    coap_dtls_spsk_t setup{};
    setup.version = COAP_DTLS_SPSK_SETUP_VERSION;
    setup.validate_id_call_back = Callbacks::key;
    setup.id_call_back_arg = this;
    coap_context_set_psk2(context_, &setup);
    // libcoap has one more than it is told.
    coap_context_set_max_handshake_sessions(context_, kMaxHandshakes - 1);
  }
  const coap_address_t address = address_of(at);
  coap_endpoint_t* const endpoint =
      coap_new_endpoint(context_, &address, secure ? COAP_PROTO_DTLS : COAP_PROTO_UDP);
  if (endpoint == nullptr) {
    throw port::UserError(std::string(option) + ": libcoap cannot listen there");
  }
  return endpoint;
}

std::uint16_t CoapServer::port() const { return port_of(endpoint_); }
std::uint16_t CoapServer::secure_port() const {
  return secure_endpoint_ == nullptr ? 0 : port_of(secure_endpoint_);
}

std::string_view CoapServer::identity_of(const Peer& peer) {
  return onenet::identity_of(peer.get());
}

std::string_view CoapServer::key_of(const Peer& peer) {
  if (onenet::identity_of(peer.get()).empty()) return {};
  return view_of(coap_session_get_psk_key(peer.get()));
}

std::string CoapServer::own_address(const Peer& peer) {
  const coap_address_t* const local = coap_session_get_addr_local(peer.get());
  boost::asio::ip::udp::endpoint at;
  std::memcpy(at.data(), &local->addr, std::min<std::size_t>(local->size, at.capacity()));
  const auto text = at.address().to_string();
  return at.address().is_v6() ? "[" + text + "]" : text;
}

CoapServer::Number CoapServer::send(const Peer& peer, const CoapMessage& request,
                                    std::chrono::milliseconds timeout, Answered answered) {
  Number number = some_number();
  while (number == 0 || exchanges_.contains(number)) number = some_number();
  Exchange& exchange = exchanges_[number];
  exchange.peer = peer;
  exchange.identity = identity_of(peer);
  exchange.answered = std::make_shared<const Answered>(std::move(answered));
  exchange.observes = request.observe == CoapMessage::Observe::start;
  exchange.timer = std::make_unique<boost::asio::steady_timer>(loop_.context(), timeout);
  exchange.message = transmit(peer.get(), request, number);
  if (exchange.message < 0) exchange.timer->expires_after({});
  exchange.timer->async_wait([this, number](boost::system::error_code error) {
    if (!error) give_up(number);
  });
  return number;
}

std::int32_t CoapServer::transmit(coap_session_t* session, const CoapMessage& request,
                                  Number number) {
  coap_session_set_nstart(session, kMaxOpenRequests);
  const auto code = static_cast<coap_pdu_code_t>(request.code);
  coap_pdu_t* const pdu = coap_new_pdu(COAP_MESSAGE_CON, code, session);
  if (pdu == nullptr) return COAP_INVALID_MID;
  const Token token = token_of(number);
  std::optional<std::uint32_t> observe;
  if (request.observe == CoapMessage::Observe::start) observe = COAP_OBSERVE_ESTABLISH;
  if (request.observe == CoapMessage::Observe::cancel) observe = COAP_OBSERVE_CANCEL;
  bool fits = coap_add_token(pdu, token.size(), token.data()) != 0 &&
              port::write_options(pdu, request, observe);
  if (fits && !request.payload.empty()) {
    auto* const copy = new std::string(request.payload);
    fits =
        coap_add_data_large_request(
            session, pdu, copy->size(), reinterpret_cast<const std::uint8_t*>(copy->data()),
            [](coap_session_t*, void* data) { delete static_cast<std::string*>(data); }, copy) != 0;
  }
  if (!fits) {
    coap_delete_pdu(pdu);
    return COAP_INVALID_MID;
  }
  return coap_send(session, pdu);
}

std::map<CoapServer::Number, CoapServer::Exchange>::iterator CoapServer::exchange_of(
    const coap_session_t* session, Number number) {
  const auto found = exchanges_.find(number);
  const bool is_its =
      found != exchanges_.end() && found->second.identity == onenet::identity_of(session);
  return is_its ? found : exchanges_.end();
}

void CoapServer::answered(Number number, const CoapMessage& answer) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  // The callee may stop it, or send more.
  const auto call = found->second.answered;
  found->second.timer.reset();
  found->second.peer.reset();
  if (!found->second.observes || answer.observe != CoapMessage::Observe::start) {
    exchanges_.erase(found);
  }
  (*call)(&answer);
}

void CoapServer::stop(Number number) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  stopped_.push_back(std::move(found->second));
  exchanges_.erase(found);
  // Not from within libcoap, which may be what this was called by.
  boost::asio::post(loop_.context(), [this] {
    for (const Exchange& each : std::exchange(stopped_, {})) stop_sending(each);
  });
}

// Not from within libcoap, which still holds the message.
void CoapServer::give_up_soon(Number number) {
  boost::asio::post(loop_.context(), [this, number] { give_up(number); });
}

void CoapServer::give_up(Number number) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  const auto call = found->second.answered;
  stop_sending(found->second);
  exchanges_.erase(found);
  (*call)(nullptr);
}

// Its asker has been told that nothing came of it, so it must not be done afterwards. libcoap is
// led to think that the request was acknowledged: what it has for that, coap_cancel_all_messages,
// does not count it as acknowledged (4.3.1), and after some such requests nothing would be sent any
// more.
void CoapServer::stop_sending(const Exchange& exchange) {
  if (exchange.peer == nullptr || exchange.message < 0) return;
  constexpr std::uint8_t kAcknowledgement = 0x60;  // RFC 7252 3
  const auto id = static_cast<unsigned>(exchange.message);
  std::array<std::uint8_t, 4> bytes{kAcknowledgement, 0, static_cast<std::uint8_t>(id >> 8U),
                                    static_cast<std::uint8_t>(id)};
  coap_handle_dgram(context_, exchange.peer.get(), bytes.data(), bytes.size());
}

void CoapServer::wait() {
  if (!events_) return;
  events_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](boost::system::error_code error) {
                        if (error) return;
                        process();
                        wait();
                      });
}

void CoapServer::process() { coap_io_process(context_, COAP_IO_NO_WAIT); }

}  // namespace m531x::onenet
