// SPDX-License-Identifier: Apache-2.0
#include "port/coap_endpoint.h"

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "port/coap_repeats.h"
#include "port/coap_session.h"

namespace m531x::port {
namespace {

CoapSession* session_of(const coap_session_t* session) {
  return static_cast<CoapSession*>(coap_session_get_app_data(session));
}

void take_request(coap_resource_t* /*resource*/, coap_session_t* session, const coap_pdu_t* request,
                  const coap_string_t* /*query*/, coap_pdu_t* response) {
  if (CoapSession* const to = session_of(session)) {
    to->take_request(request, response);
  } else {
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
  }
}

coap_response_t take_response(coap_session_t* session, const coap_pdu_t* /*sent*/,
                              const coap_pdu_t* received, const coap_mid_t /*mid*/) {
  CoapSession* const to = session_of(session);
  if (to == nullptr || !to->take_response(received)) return COAP_RESPONSE_FAIL;
  took_response(session, received);
  return COAP_RESPONSE_OK;
}

void take_nack(coap_session_t* session, const coap_pdu_t* sent, const coap_nack_reason_t reason,
               const coap_mid_t mid) {
  if (CoapSession* const to = session_of(session)) to->take_nack(sent, reason, mid);
}

int take_event(coap_session_t* session, const coap_event_t event) {
  CoapSession* const to = session != nullptr ? session_of(session) : nullptr;
  if (to != nullptr) to->take_event(event);
  return 0;
}

void serve(coap_context_t* context, coap_resource_t* resource) {
  if (resource == nullptr) throw std::bad_alloc();
  for (const auto method :
       {COAP_REQUEST_GET, COAP_REQUEST_PUT, COAP_REQUEST_POST, COAP_REQUEST_DELETE}) {
    coap_register_request_handler(resource, method, take_request);
  }
  coap_add_resource(context, resource);
}

}  // namespace

CoapEndpoint::CoapEndpoint(EventLoop& loop, NetOptions net, CoapTimes times)
    : loop_(loop), net_(std::move(net)), times_(times) {}

CoapEndpoint::~CoapEndpoint() {
  *alive_ = false;
  for (const auto& one : sessions_) {
    if (const auto session = one.lock()) session->close();
  }
  if (descriptor_) static_cast<void>(descriptor_->release());  // it is libcoap's
  descriptor_.reset();
  if (context_ != nullptr) coap_free_context(context_);
}

std::shared_ptr<CoapSession> CoapEndpoint::open(CoapTarget target, Tell tell,
                                                CoapObservations observations) {
  auto session = std::make_shared<CoapSession>(*this, std::move(tell));
  std::erase_if(sessions_, [](const auto& one) { return one.expired(); });
  sessions_.push_back(session);
  session->open(std::move(target), std::move(observations));
  return session;
}

// Made when it is first needed: most modems speak no CoAP.
coap_context_t* CoapEndpoint::context() {
  if (context_ != nullptr) return context_;
  coap_startup();
  // It would tell of keys. What there is to say, the trace says.
  coap_set_log_level(LOG_EMERG);
  coap_dtls_set_log_level(LOG_EMERG);
  context_ = coap_new_context(nullptr);
  if (context_ == nullptr) throw std::bad_alloc();
  // Not COAP_BLOCK_SINGLE_BODY: libcoap would take as much memory as the far end says it will need.
  coap_context_set_block_mode(context_, COAP_BLOCK_USE_LIBCOAP);
  serve(context_, coap_resource_unknown_init(take_request));
  // Else libcoap would answer there by itself.
  serve(context_, coap_resource_init(coap_make_str_const(".well-known/core"), 0));
  coap_register_response_handler(context_, port::take_response);
  coap_register_nack_handler(context_, port::take_nack);
  coap_register_event_handler(context_, port::take_event);
  descriptor_ = std::make_unique<boost::asio::posix::stream_descriptor>(
      loop_.context(), coap_context_get_coap_fd(context_));
  wait();
  return context_;
}

void CoapEndpoint::wait() {
  descriptor_->async_wait(boost::asio::posix::stream_descriptor::wait_read,
                          [this, alive = alive_](boost::system::error_code error) {
                            if (error || !*alive) return;
                            process();
                            wait();
                          });
}

void CoapEndpoint::process() {
  processing_ = true;
  coap_io_process(context_, COAP_IO_NO_WAIT);
  processing_ = false;
  deliver();
  // Else what has not arrived would be sent again.
  for (const auto& session : std::exchange(ended_, {})) session->close();
}

void CoapEndpoint::process_soon() {
  if (std::exchange(soon_, true)) return;
  boost::asio::post(loop_.context(), [this, alive = alive_] {
    if (!*alive) return;
    soon_ = false;
    if (context_ != nullptr) {
      process();
    } else {
      deliver();
    }
  });
}

void CoapEndpoint::tell_later(const std::shared_ptr<CoapSession>& session, const sim::Call& call,
                              OwnedCoapMessage message) {
  events_.push_back({session, call, std::move(message)});
  process_soon();
}

// In order, also when a request that libcoap has just taken must be told at once.
void CoapEndpoint::deliver() {
  while (!events_.empty()) {
    Event event = std::move(events_.front());
    events_.pop_front();
    if (event.call.kind == sim::Call::Kind::coap_received) {
      event.call.coap = event.message.message();
    }
    const auto session = event.session.lock();
    if (!session) continue;
    session->tell(event.call);
    if (event.call.kind == sim::Call::Kind::coap_closed) ended_.push_back(session);
  }
}

}  // namespace m531x::port
