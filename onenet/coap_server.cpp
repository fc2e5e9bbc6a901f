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

// What is known of a peer: its last request and the reply, for a request that comes again has one
// effect (RFC 7252 4.5), and what has come of a long one.
struct Client {
  coap_mid_t id = COAP_INVALID_MID;
  CoapServer::Reply reply;
  port::CoapBody body;
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

// Who has proven to be that by DTLS.
std::string_view identity_of(const coap_session_t* session) {
  if (coap_session_get_proto(session) != COAP_PROTO_DTLS) return {};
  const coap_bin_const_t* const identity = coap_session_get_psk_identity(session);
  if (identity == nullptr) return {};
  return {reinterpret_cast<const char*>(identity->s), identity->length};
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

  static void requested(coap_resource_t*, coap_session_t* session, const coap_pdu_t* request,
                        const coap_string_t*, coap_pdu_t* response) {
    Client& last = client_of(session);
    if (last.id != coap_pdu_get_mid(request)) {
      last.reply = reply_to(session, request);
      last.id = coap_pdu_get_mid(request);
    }
    coap_pdu_set_code(response, static_cast<coap_pdu_code_t>(last.reply.code));
    for (const std::string& segment : last.reply.location) {
      coap_add_option(response, COAP_OPTION_LOCATION_PATH, segment.size(),
                      reinterpret_cast<const std::uint8_t*>(segment.data()));
    }
  }

  static coap_response_t responded(coap_session_t* session, const coap_pdu_t*,
                                   const coap_pdu_t* received, coap_mid_t) {
    const Number number = number_of(received);
    CoapServer& server = self(session);
    const bool is_late = !server.exchanges_.contains(number);
    if (is_late) {
      return coap_pdu_get_type(received) == COAP_MESSAGE_ACK ? COAP_RESPONSE_OK
                                                             : COAP_RESPONSE_FAIL;
    }
    auto read = port::read_options(received);
    if (!read) return COAP_RESPONSE_FAIL;
    port::CoapBody& body = server.exchanges_.at(number).body;
    const auto taken = body.take({}, port::read_part(received));
    if (taken == port::CoapBody::Taken::part) return COAP_RESPONSE_OK;
    if (taken != port::CoapBody::Taken::whole) {
      server.give_up_soon(number);
      return COAP_RESPONSE_FAIL;
    }
    read->payload = body.release();
    CoapMessage message = read->message();
    message.id = static_cast<CoapId>(coap_pdu_get_mid(received));
    server.answered(number, message);
    return COAP_RESPONSE_OK;
  }

  static coap_response_t heard(coap_session_t* session, const coap_pdu_t* sent,
                               const coap_pdu_t* received, coap_mid_t mid) {
    CoapServer& server = self(session);
    const auto exchange = server.exchanges_.find(number_of(received));
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

  static const coap_bin_const_t* key(coap_bin_const_t* identity, coap_session_t*, void* server) {
    CoapServer& self = *static_cast<CoapServer*>(server);
    if (!self.security_) return nullptr;
    try {
      auto found =
          self.security_->key_of({reinterpret_cast<const char*>(identity->s), identity->length});
      if (!found) return nullptr;
      self.key_ = std::make_unique<Key>(std::move(*found));
      return &self.key_->view;
    } catch (const std::exception&) {
      return nullptr;
    }
  }

  static int event(coap_session_t* session, coap_event_t event) {
    auto& security = self(session).security_;
    if (event == COAP_EVENT_DTLS_CONNECTED && security) {
      security->proven(onenet::identity_of(session));
    }
    if (event != COAP_EVENT_SERVER_SESSION_DEL) return 0;
    delete static_cast<Client*>(coap_session_get_app_data(session));
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

std::string CoapServer::own_address(const Peer& peer) {
  const coap_address_t* const local = coap_session_get_addr_local(peer.get());
  boost::asio::ip::udp::endpoint at;
  std::memcpy(at.data(), &local->addr, std::min<std::size_t>(local->size, at.capacity()));
  const auto text = at.address().to_string();
  return at.address().is_v6() ? "[" + text + "]" : text;
}

CoapServer::Number CoapServer::send(const Peer& peer, const CoapMessage& request,
                                    std::chrono::milliseconds timeout, Answered answered) {
  const Number number = ++last_number_;
  Exchange& exchange = exchanges_[number];
  exchange.answered = std::make_shared<const Answered>(std::move(answered));
  exchange.observes = request.observe == CoapMessage::Observe::start;
  exchange.timer = std::make_unique<boost::asio::steady_timer>(loop_.context(), timeout);
  if (!transmit(peer.get(), request, number)) exchange.timer->expires_after({});
  exchange.timer->async_wait([this, number](boost::system::error_code error) {
    if (!error) give_up(number);
  });
  return number;
}

bool CoapServer::transmit(coap_session_t* session, const CoapMessage& request, Number number) {
  coap_session_set_nstart(session, kMaxOpenRequests);
  const auto code = static_cast<coap_pdu_code_t>(request.code);
  coap_pdu_t* const pdu = coap_new_pdu(COAP_MESSAGE_CON, code, session);
  if (pdu == nullptr) return false;
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
    return false;
  }
  return coap_send(session, pdu) != COAP_INVALID_MID;
}

void CoapServer::answered(Number number, const CoapMessage& answer) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  // The callee may stop it, or send more.
  const auto call = found->second.answered;
  found->second.timer.reset();
  if (!found->second.observes || answer.observe != CoapMessage::Observe::start) {
    exchanges_.erase(found);
  }
  (*call)(&answer);
}

// Not from within libcoap, which still holds the message.
void CoapServer::give_up_soon(Number number) {
  boost::asio::post(loop_.context(), [this, number] { give_up(number); });
}

void CoapServer::give_up(Number number) {
  const auto found = exchanges_.find(number);
  if (found == exchanges_.end()) return;
  const auto call = found->second.answered;
  exchanges_.erase(found);
  (*call)(nullptr);
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
