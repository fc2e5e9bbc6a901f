// SPDX-License-Identifier: Apache-2.0
// Carries the CoAP messages of all modems of the process with libcoap (RFC 7252, 7641, 7959; DTLS
// with a key that both sides have, RFC 4279): one context of libcoap's, on the program's own loop.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "m531x/coap.h"
#include "port/coap_pdu.h"
#include "port/event_loop.h"
#include "port/net_options.h"
#include "sim/call.h"

namespace m531x::port {

class CoapSession;

// RFC 7252 4.8.
struct CoapTimes {
  static constexpr Millis kMinAckTimeout{1'000};  // libcoap takes no shorter one
  Millis ack_timeout{2'000};
  std::uint16_t max_retransmit = 4;
};

struct CoapTarget {
  std::string host;  // a name, an IPv4 or an IPv6 address without brackets
  std::uint16_t port = 0;
  bool dtls = false;
  // With `dtls`: what proves who the modem is.
  std::string identity;
  std::string key;  // raw
  // The name has the first half of it; then an address stands at once, or a DTLS handshake ends.
  Millis time_limit{30'000};
};

// What a server observes of a modem (RFC 7641); a new session with it goes on with that.
struct CoapObservations {
  struct One {
    CoapId id;  // of the request
    std::string token;
    std::string path;
    std::string of;  // what further blocks of a notification are asked for by
  };
  std::string host;
  std::uint16_t port = 0;
  std::vector<One> all;      // the oldest first
  std::uint32_t number = 0;  // of the last answer (RFC 7641 3.4)
};

class CoapEndpoint {
 public:
  // What the modem is to be told: coap_opened, coap_received, coap_acknowledged, coap_failed or
  // coap_closed. The views live until the call returns. It may call CoapSession::send and nothing
  // else of endpoint or session, for libcoap may be waiting for an answer.
  using Tell = std::function<void(const sim::Call& call)>;

  // With the endpoint all its sessions are closed.
  explicit CoapEndpoint(EventLoop& loop, NetOptions net = {}, CoapTimes times = {});
  ~CoapEndpoint();
  CoapEndpoint(const CoapEndpoint&) = delete;
  CoapEndpoint& operator=(const CoapEndpoint&) = delete;

  // Begins a session with that server; `tell` is never called before this returns. It ends with the
  // call of coap_closed, or by close(). What another server observes is dropped.
  [[nodiscard]] std::shared_ptr<CoapSession> open(CoapTarget target, Tell tell,
                                                  CoapObservations observations = {});

 private:
  friend class CoapSession;
  struct Event {
    std::weak_ptr<CoapSession> session;
    sim::Call call;
    OwnedCoapMessage message;
  };

  coap_context_t* context();
  void wait();
  void process();
  // Later, from the loop.
  void process_soon();
  void tell_later(const std::shared_ptr<CoapSession>& session, const sim::Call& call,
                  OwnedCoapMessage message = {});
  void deliver();

  EventLoop& loop_;
  const NetOptions net_;
  const CoapTimes times_;
  coap_context_t* context_ = nullptr;
  std::unique_ptr<boost::asio::posix::stream_descriptor> descriptor_;
  std::deque<Event> events_;
  std::vector<std::shared_ptr<CoapSession>> ended_;
  std::vector<std::weak_ptr<CoapSession>> sessions_;
  bool processing_ = false;  // libcoap runs
  bool soon_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace m531x::port
