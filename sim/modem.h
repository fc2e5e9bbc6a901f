// SPDX-License-Identifier: Apache-2.0
// A modem as it is in the field: behind a serial line that takes its time, on an air interface that
// is slow and late, and with the faults that its owner asks for. It is driven exactly as
// m531x::Modem is, whose header has the contract of each call; what differs stands here. Like that,
// it reads no clock and calls nobody, so that an owner may drive it in real or in virtual time.
#pragma once

#include <bitset>
#include <memory>
#include <span>
#include <vector>

#include "m531x/modem.h"
#include "sim/air_interface.h"
#include "sim/conditions.h"
#include "sim/line.h"
#include "sim/upset.h"

namespace m531x::sim {

class Modem {
 public:
  static constexpr std::size_t kMaxInjectedBytes = m531x::Modem::kMaxInjectedBytes;

  // Without a pace, with an air interface that changes nothing and without faults, every call goes
  // straight on.
  Modem(const Model& model, const Settings& settings, const Conditions& conditions, BlockPool& pool,
        const Flash& flash = {}, Millis now = Millis{0});

  void dte_received(Bytes from_host, Millis now);
  void net_opened(ConnId conn, Millis now);
  void net_received(ConnId conn, Bytes from_server, Millis now);
  // Nothing of `host_room` is used while a line, a radio or faults stand between.
  std::size_t net_received(ConnId conn, Bytes from_server, std::span<char> host_room, Millis now);
  void net_closed(ConnId conn, Cause why, Millis now);
  void net_resolved(Bytes address, Millis now);
  void net_checked(bool good, Millis now);
  // CoAP passes by the radio's delays and the faults, as it is.
  void coap_opened(Millis now);
  void coap_received(const CoapMessage& message, Millis now);
  void coap_acknowledged(CoapId id, Millis now);
  void coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure why, Millis now);
  void coap_closed(Cause why, Millis now);
  void reset(ResetCause cause, Millis now);
  void set_coverage(bool coverage, Millis now);
  void set_signal(const Signal& signal, Millis now);
  [[nodiscard]] bool inject(Bytes text, Millis now);
  void tick(Millis now);

  // From now on it goes wrong as `fault` says. False, and nothing has changed: kMaxFaults are still
  // to come.
  [[nodiscard]] bool add(const Fault& fault, Millis now);
  // None is to come any more, and what lasts is over. A connection that fell silent for ever stays
  // so.
  void clear_faults(Millis now);
  // Those that were added since, those that are over, too, oldest first; until the next call in.
  [[nodiscard]] std::span<const FaultEntry> faults() const;

  // Only what the line has had time for.
  std::size_t dte_output(std::span<Bytes> views) const;
  [[nodiscard]] Bytes dte_output() const;
  void dte_sent(std::size_t byte_count, Millis now);
  [[nodiscard]] std::size_t dte_window() const;
  [[nodiscard]] Uart uart() const { return core_.uart(); }
  // Only what the radio has had time for.
  std::size_t net_output(ConnId conn, std::span<Bytes> views);
  void net_sent(ConnId conn, std::size_t byte_count, Millis now);
  [[nodiscard]] std::size_t net_window(ConnId conn) const;
  std::size_t net_certificate(const Action& action, Certificate which,
                              std::span<Bytes> views) const {
    return core_.net_certificate(action, which, views);
  }

  [[nodiscard]] std::optional<CoapMessage> coap_output() { return core_.coap_output(); }
  void coap_sent(Millis now);
  [[nodiscard]] m531x::Modem::CoapCredentials coap_credentials() const {
    return core_.coap_credentials();
  }

  [[nodiscard]] std::optional<Action> next_action();
  [[nodiscard]] std::optional<Millis> next_deadline() const;
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] Status status(Millis now) const { return core_.status(now); }
  [[nodiscard]] const Flash& flash() const { return core_.flash(); }
  [[nodiscard]] std::uint32_t flash_version() const { return core_.flash_version(); }
  [[nodiscard]] std::optional<Note> next_note();

 private:
  void settle(Millis now);
  // To the core, through the faults.
  void take_from_host(Bytes bytes, Millis now);
  void opened(ConnId conn, Millis now);
  void received(ConnId conn, Bytes bytes, Millis now);
  void closed(ConnId conn, Cause why, Millis now);
  [[nodiscard]] std::size_t window(ConnId conn) const;
  // What the host gets of the core's output, whatever the line has had time for.
  std::size_t output(std::span<Bytes> views) const;
  bool tick_core(Millis now);
  bool deliver_from_host(Millis now);
  bool deliver_from_network(Millis now);
  bool deliver(ConnId conn, Millis now);
  void offer_to_network(Millis now);

  // Faults (sim/modem_faults.cpp).
  void upset();
  void note_if_all_is_sent(ConnId conn, Millis now);
  bool follow_faults(Millis now);
  bool end_what_lasts(Millis now);
  bool release(ConnId conn, Millis now);
  bool begin_request(ConnId conn, Millis now);
  void take_action(const Action& action, Millis now);
  void attempt(const Action& action, Millis now);
  void look_up(const Action& action, Millis now);
  [[nodiscard]] bool is_past(ConnId conn) const;
  void take_line_end(Millis now);
  void report_in_line(std::span<const Fault> reports, std::size_t behind, Millis now);
  void receive_tampered(ConnId conn, Bytes bytes, Millis now);
  void hand_on(ConnId conn, Bytes bytes, std::size_t offset, Millis now);
  void happen(const FaultPoint& point, Millis now);
  void happen(const Fault& fault, ConnId conn, Millis now);
  void fail_attempt(const Fault& fault, ConnId conn, Millis now);
  void disturb(const Fault& fault, ConnId conn, Millis now);
  bool forget(ConnId conn);
  void cut_connection(ConnId conn, Cause why, Millis now);
  void decide_output(Millis now);
  [[nodiscard]] std::string said() const;

  m531x::Modem core_;
  std::unique_ptr<Line> line_;         // null: it takes no time
  std::unique_ptr<AirInterface> air_;  // null: it changes nothing
  std::unique_ptr<Upset> upset_;       // null: no radio, and no fault was ever added
  Uart uart_;                          // what line_ follows
  std::bitset<kMaxConnections> open_;  // connections that stand
  bool coverage_;                      // without faults
  std::size_t mss_bytes_;
  std::uint32_t seed_;
  Millis patience_;  // with a look-up that nobody answers
  Millis now_;
};

}  // namespace m531x::sim
