// SPDX-License-Identifier: Apache-2.0
// A modem as it is in the field: behind a serial line that takes its time, on an air interface that
// is slow and late. It is driven exactly as m531x::Modem is, whose header has the contract of each
// call; what differs stands here. Like that, it reads no clock and calls nobody, so that an owner
// may drive it in real or in virtual time.
#pragma once

#include <memory>

#include "m531x/modem.h"
#include "sim/air_interface.h"
#include "sim/conditions.h"
#include "sim/line.h"

namespace m531x::sim {

class Modem {
 public:
  static constexpr std::size_t kMaxInjectedBytes = m531x::Modem::kMaxInjectedBytes;

  // Without a pace and with an air interface that changes nothing, every call goes straight on.
  Modem(const Model& model, const Settings& settings, const Conditions& conditions, BlockPool& pool,
        const Flash& flash = {}, Millis now = Millis{0});

  void dte_received(Bytes from_host, Millis now);
  void net_opened(ConnId conn, Millis now);
  void net_received(ConnId conn, Bytes from_server, Millis now);
  void net_closed(ConnId conn, Cause why, Millis now);
  void net_resolved(Bytes address, Millis now);
  void net_checked(bool good, Millis now);
  void reset(ResetCause cause, Millis now);
  void set_coverage(bool coverage, Millis now);
  void set_signal(const Signal& signal, Millis now);
  [[nodiscard]] bool inject(Bytes text, Millis now);
  void tick(Millis now);

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

  [[nodiscard]] std::optional<Action> next_action();
  [[nodiscard]] std::optional<Millis> next_deadline() const;
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] Status status(Millis now) const { return core_.status(now); }
  [[nodiscard]] const Flash& flash() const { return core_.flash(); }
  [[nodiscard]] std::uint32_t flash_version() const { return core_.flash_version(); }
  [[nodiscard]] std::optional<Note> next_note() { return core_.next_note(); }

 private:
  void settle(Millis now);
  bool deliver_from_host(Millis now);
  bool deliver_from_network(Millis now);
  bool deliver(ConnId conn, Millis now);
  void offer_to_network(Millis now);

  m531x::Modem core_;
  std::unique_ptr<Line> line_;         // null: it takes no time
  std::unique_ptr<AirInterface> air_;  // null: it changes nothing
  Uart uart_;                          // what line_ follows
  Millis now_;
};

}  // namespace m531x::sim
