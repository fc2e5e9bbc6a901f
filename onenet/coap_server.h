// SPDX-License-Identifier: Apache-2.0
// A LwM2M server's CoAP endpoint (RFC 7252, 7641, 7959): takes requests of clients, and sends them
// its own. libcoap carries them, on the program's loop.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "m531x/coap.h"
#include "onenet/kept_replies.h"
#include "port/coap_body.h"
#include "port/event_loop.h"

struct coap_context_t;
struct coap_endpoint_t;
struct coap_pdu_t;
struct coap_session_t;

namespace m531x::onenet {

// Whom a request came from, by address and port; kept, requests can be sent there.
using Peer = std::shared_ptr<coap_session_t>;

inline constexpr std::uint16_t kMaxOpenRequests = 8;  // to one peer, unacknowledged at a time
inline constexpr unsigned kMaxIdlePeers = 256;        // of which no registration is kept
inline constexpr unsigned kMaxHandshakes = 64;        // of DTLS at a time

class CoapServer {
 public:
  using Reply = CoapReply;
  // A request of a client; the message's views live until the call returns.
  using Asked = std::function<Reply(const CoapMessage& request, const Peer& from)>;
  // What comes of a request of ours; nullptr: it was given up, by Reset or for want of an answer.
  using Answered = std::function<void(const CoapMessage* answer)>;
  // Of a request that was sent: its token, which nobody else can guess.
  using Number = std::uint64_t;

  using UdpEndpoint = boost::asio::ip::udp::endpoint;
  // DTLS with pre-shared keys (RFC 6347, 4279).
  struct Security {
    UdpEndpoint at;
    // The key of a client that calls itself `identity` in a handshake; nullopt: it has none.
    std::function<std::optional<std::string>(std::string_view identity)> key_of;
    // A client has proven it; its messages may come.
    std::function<void(std::string_view identity)> proven;
    // A client that was given a key has gone without proving it.
    std::function<void(std::string_view identity)> unproven;
  };

  // Listens at once, with `security` also there; throws port::UserError when an address is not to
  // be had.
  CoapServer(port::EventLoop& loop, const UdpEndpoint& at, Asked asked,
             std::optional<Security> security = std::nullopt);
  ~CoapServer();
  CoapServer(const CoapServer&) = delete;
  CoapServer& operator=(const CoapServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::uint16_t secure_port() const;  // 0: none
  // Who the peer has proven to be, by DTLS; empty: nobody, it speaks in the clear. A view into the
  // peer.
  [[nodiscard]] static std::string_view identity_of(const Peer& peer);
  // The key that it has proven it by; empty like identity_of(). A view into the peer.
  [[nodiscard]] static std::string_view key_of(const Peer& peer);
  // The address of ours that the peer speaks to, as a URI writes it.
  [[nodiscard]] static std::string own_address(const Peer& peer);

  // Sends a request; `answered` is called once within `timeout`, and not from within send(). If the
  // request asks for an observation, it is called again for each notification until stop().
  Number send(const Peer& peer, const CoapMessage& request, std::chrono::milliseconds timeout,
              Answered answered);
  // Nothing more is heard of it; a notification that still comes is answered with a Reset.
  void stop(Number number);

 private:
  struct Exchange {
    Peer peer;                  // until it is answered
    std::string identity;       // of the peer: whoever answers has to have it, too
    std::int32_t message = -1;  // libcoap's id of the request
    // The number of the newest notification, and when it came (RFC 7641 3.4).
    std::optional<std::uint32_t> newest;
    Millis newest_came{0};
    std::shared_ptr<const Answered> answered;          // outlives the exchange while it is called
    std::unique_ptr<boost::asio::steady_timer> timer;  // none any more once it is answered
    bool observes = false;
    port::CoapBody body;  // of the answer, as far as it has come
    CoapMessage::Observe observe = CoapMessage::Observe::none;  // of the first block of it
  };
  struct Callbacks;  // what libcoap calls
  struct Key;

  coap_endpoint_t* listen(const UdpEndpoint& at, bool secure);
  void wait();
  void process();
  // Returns libcoap's id of the message; below 0: it could not be sent.
  [[nodiscard]] std::int32_t transmit(coap_session_t* session, const CoapMessage& request,
                                      Number number);
  void stop_sending(const Exchange& exchange);
  // The exchange of that number, if the session is of the peer that was asked.
  std::map<Number, Exchange>::iterator exchange_of(const coap_session_t* session, Number number);
  void give_up(Number number);
  void give_up_soon(Number number);
  void answered(Number number, const CoapMessage& answer);

  port::EventLoop& loop_;
  Asked asked_;
  coap_context_t* context_;
  coap_endpoint_t* endpoint_ = nullptr;
  coap_endpoint_t* secure_endpoint_ = nullptr;
  std::optional<Security> security_;
  std::unique_ptr<Key> key_;  // of the handshake that asked last
  std::optional<boost::asio::posix::stream_descriptor> events_;
  std::map<Number, Exchange> exchanges_;
  std::vector<Exchange> stopped_;  // and perhaps still sent
};

}  // namespace m531x::onenet
