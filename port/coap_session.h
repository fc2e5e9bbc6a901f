// SPDX-License-Identifier: Apache-2.0
// One modem's session with its server, on the endpoint of all.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "port/coap_endpoint.h"
#include "port/coap_representations.h"
#include "port/lookup.h"

namespace m531x::port {

class CoapSession : public std::enable_shared_from_this<CoapSession> {
 public:
  // So many of the server's last requests are remembered, for kCoapExchangeLifetime: one that comes
  // again is not told again, but answered as before.
  static constexpr std::size_t kMaxRequests = 16;
  // So many messages of the modem may wait to be acknowledged or answered.
  static constexpr std::size_t kMaxUnanswered = 16;
  // With one more the oldest is forgotten: of those that a modem does not know any more nobody
  // tells.
  static constexpr std::size_t kMaxObservations = 64;

  CoapSession(CoapEndpoint& endpoint, CoapEndpoint::Tell tell);
  ~CoapSession();
  CoapSession(const CoapSession&) = delete;
  CoapSession& operator=(const CoapSession&) = delete;

  void open(CoapTarget target, CoapObservations observations);
  // Takes a message of the modem. False: not now; it is to be offered again after the next call of
  // Tell, or when that has returned.
  [[nodiscard]] bool send(const CoapMessage& message);
  // Nothing is told any more, and nothing sent. Not to be called from within Tell.
  void close();
  // For the next session; this one notifies of nothing any more.
  [[nodiscard]] CoapObservations take_observations() { return std::exchange(observations_, {}); }

  // From libcoap, by way of the endpoint.
  void take_request(const coap_pdu_t* request, coap_pdu_t* response);
  // False: nobody asked for it.
  bool take_response(const coap_pdu_t* response);
  void take_nack(const coap_pdu_t* sent, coap_nack_reason_t reason, coap_mid_t mid);
  void take_event(coap_event_t event);
  void take_acknowledgement(Bytes token);
  void tell(const sim::Call& call);

 private:
  struct Request {
    CoapId id = 0;
    coap_mid_t mid = 0;
    std::string token;
    std::string path;
    std::string of;  // what further blocks of the answer are asked for by
    Millis came{0};
    bool cancels = false;             // an observation
    coap_async_t* waiting = nullptr;  // it has been acknowledged; the answer goes separately
    std::optional<OwnedCoapMessage> answer;
    std::optional<std::uint32_t> observe;  // the answer's number
  };
  // What is under way from the modem.
  struct Unanswered {
    CoapMessage::Kind kind;
    CoapId id;
    coap_mid_t mid;
    std::string token;
    Millis sent;
  };
  // What libcoap is waiting for in take_request.
  struct Now {
    Request* request;
    const coap_pdu_t* pdu;
    coap_pdu_t* response;
  };

  void connect(const std::vector<Address>& addresses);
  coap_session_t* connect(const Address& address, Cause& why);
  void opened();
  void closed(Cause why);
  void failed(CoapMessage::Kind kind, CoapId id, CoapFailure why);
  [[nodiscard]] const Request* repeated(const coap_pdu_t* pdu) const;
  [[nodiscard]] CoapId free_id(coap_mid_t mid) const;
  bool make_room();
  // False: it has been answered, or more of it is to come.
  bool take_body(OwnedCoapMessage& message, const CoapPart& part, coap_pdu_t* response);
  bool answer_with_next_block(const CoapMessage& request, const coap_pdu_t* pdu,
                              coap_pdu_t* response);
  void tell_request(OwnedCoapMessage message, const coap_pdu_t* pdu, coap_pdu_t* response);
  void answer_separately(coap_async_t* async, const coap_pdu_t* pdu, coap_pdu_t* response);
  void fill(const Request& request, const coap_pdu_t* pdu, coap_pdu_t* response);
  bool write(coap_pdu_t* pdu, const CoapMessage& message, std::optional<std::uint32_t> observe,
             const std::string& of, const CoapBlock& block);
  static bool write_kept(coap_pdu_t* pdu, const CoapRepresentations::One& kept,
                         std::optional<std::uint32_t> observe, const CoapBlock& block);
  bool has_room();
  void send_request(const CoapMessage& message);
  bool send_response(const CoapMessage& message);
  void send_notification(const CoapMessage& message);
  void settle_observation(Request& request);
  [[nodiscard]] std::uint32_t next_observation_number();
  void note_sent(CoapMessage::Kind kind, CoapId id, coap_mid_t mid, std::string token);

  CoapEndpoint& endpoint_;
  CoapEndpoint::Tell tell_;
  CoapTarget target_;
  std::optional<Lookup> lookup_;
  boost::asio::steady_timer timer_;
  coap_session_t* session_ = nullptr;
  bool stands_ = false;
  bool ended_ = false;  // or it has been told so
  std::deque<Request> requests_;
  std::vector<Unanswered> unanswered_;
  CoapObservations observations_;
  CoapBody request_body_;
  CoapBody response_body_;
  CoapRepresentations representations_;
  std::optional<Now> now_;
};

}  // namespace m531x::port
