// SPDX-License-Identifier: Apache-2.0
// A modem is a value: calls go in; bytes, actions and a deadline are pulled out. It never calls
// anyone, never blocks, never reads a clock, never allocates and never touches an OS.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "m531x/action.h"
#include "m531x/bytes.h"
#include "m531x/coap.h"
#include "m531x/flash.h"
#include "m531x/model.h"
#include "m531x/pool.h"
#include "m531x/settings.h"
#include "m531x/status.h"
#include "m531x/uart.h"

namespace m531x {

namespace modem {
class Engine;
}

// The owner drives it like this, from one thread:
//   after every call in: send dte_output and each net_output, take every next_action, and arm one
//   timer for next_deadline.
class Modem {
 public:
  // `model` and `pool` must outlive the modem. It is switched on with what `flash` keeps.
  Modem(const Model& model, const Settings& settings, BlockPool& pool, const Flash& flash = {},
        Millis now = Millis{0});
  ~Modem();
  Modem(const Modem&) = delete;
  Modem& operator=(const Modem&) = delete;

  // In: what happened outside. Each call returns when all its effects are queued. `now` never runs
  // backwards from call to call.

  // Bytes from the host, at most dte_window() of them; more are lost, as on a UART without flow
  // control.
  void dte_received(Bytes from_host, Millis now);
  // The connection that Action::connect asked for stands.
  void net_opened(ConnId conn, Millis now);
  // What one read from the server gave, at most net_window() bytes. The end of the call counts as
  // the end of a TCP segment.
  void net_received(ConnId conn, Bytes from_server, Millis now);
  // The same where the owner has room for the host: reports go there as far as they fit, as if
  // dte_output had shown and dte_sent taken them, unless something of dte_output waits before them.
  // Returns how many bytes of `host_room` are written; they are the host's next ones, before those
  // of dte_output.
  std::size_t net_received(ConnId conn, Bytes from_server, std::span<char> host_room, Millis now);
  // The connection, or the attempt, is over. Cause::closed is the server's FIN; the modem itself
  // finds out whether that was too early.
  void net_closed(ConnId conn, Cause why, Millis now);
  // What Action::resolve asked for: an address in text form, empty when there is none.
  void net_resolved(Bytes address, Millis now);
  // What Action::check asked for: whether a connection can be made with the certificates of that
  // instance. The host has no answer before. Ignored when nothing has been asked.
  void net_checked(bool good, Millis now);

  // The session that Action::coap_open asked for stands; there is one at a time.
  void coap_opened(Millis now);
  // A request of the server, or its response to a request of the modem, whole.
  void coap_received(const CoapMessage& message, Millis now);
  // A confirmable notification has arrived.
  void coap_acknowledged(CoapId id, Millis now);
  // A request, a response or a notification of the modem has come to nothing.
  void coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure why, Millis now);
  // The session, or the attempt, is over.
  void coap_closed(Cause why, Millis now);

  // The reset line is pressed, or the watchdog bites: it boots, whatever it was doing, and is on
  // again. Nothing is told of what was under way.
  void reset(ResetCause cause, Millis now);
  // The network is lost, or found again.
  void set_coverage(bool coverage, Millis now);
  void set_signal(const Signal& signal, Millis now);
  // A text that the host is to see as a report, CR LF around it, as soon as a report may start.
  // False: off, too much waits already (kMaxInjectedBytes), or no memory; then nothing is queued.
  [[nodiscard]] bool inject(Bytes text, Millis now);
  static constexpr std::size_t kMaxInjectedBytes = 1024;

  // Time has passed: call it at next_deadline, any earlier call is harmless.
  void tick(Millis now);

  // Out: what the port does next. Views live until the next call that goes in, or dte_sent or
  // net_sent.

  // Fills `views` with what is to be sent to the host, in order; returns how many it filled.
  std::size_t dte_output(std::span<Bytes> views) const;
  // The first view of dte_output, empty when there is nothing to send.
  [[nodiscard]] Bytes dte_output() const;
  // The host has taken so many bytes of dte_output.
  void dte_sent(std::size_t byte_count, Millis now);
  // How many bytes from the host it takes now; 0 = stop reading the serial line.
  [[nodiscard]] std::size_t dte_window() const;
  // The serial line's settings: of what is still to be sent to the host, and of what dte_received
  // gets. They change only while dte_output is empty (V.250 6.2.10): what was sent leaves at the
  // old ones.
  [[nodiscard]] Uart uart() const;

  // The same for a connection. A request is written when it is first asked for here.
  std::size_t net_output(ConnId conn, std::span<Bytes> views);
  void net_sent(ConnId conn, std::size_t byte_count, Millis now);
  // How many bytes from the server it takes now, a multiple of the MSS; 0 = stop reading.
  [[nodiscard]] std::size_t net_window(ConnId conn) const;
  // Fills `views` with the certificate or key that `action` comes with, a check or a connect of
  // which net_opened or net_closed is still to be called; returns how many it filled. None: the
  // instance has none. To be asked when the action is taken: it may have gone with the next call
  // in.
  std::size_t net_certificate(const Action& action, Certificate which,
                              std::span<Bytes> views) const;

  // The oldest message for the session that stands; nullopt when there is none. Its views live
  // until the next call of any modem on the same pool.
  [[nodiscard]] std::optional<CoapMessage> coap_output();
  // The port has taken that message.
  void coap_sent(Millis now);
  // What a DTLS session proves itself with (RFC 4279), to be asked when Action::coap_open is taken.
  struct CoapCredentials {
    Bytes identity;
    Bytes key;  // raw; a secret
  };
  [[nodiscard]] CoapCredentials coap_credentials() const;

  // The next thing for the port to do, oldest first; nullopt when there is nothing.
  [[nodiscard]] std::optional<Action> next_action();
  // When to call tick; nullopt = not needed.
  [[nodiscard]] std::optional<Millis> next_deadline() const;
  // Whether something that the host or its owner began is still to be done or told: a command line,
  // a request and its reports, an inquiry, a report that waits, output. Not what time alone brings:
  // a boot, registration, power saving, the trial of a rate.
  [[nodiscard]] bool has_work() const;
  // As it is at this time, which may be later than that of the last call.
  [[nodiscard]] Status status(Millis now) const;
  // What is to be kept without power. It has changed when flash_version has.
  [[nodiscard]] const Flash& flash() const;
  [[nodiscard]] std::uint32_t flash_version() const;
  // The next remark for the trace, oldest first. Remarks that nobody takes are overwritten.
  [[nodiscard]] std::optional<Note> next_note();

 private:
  static constexpr std::size_t kStorageBytes = 1248 + 64 * sizeof(void*);
  alignas(alignof(std::max_align_t)) std::byte storage_[kStorageBytes];
  modem::Engine& engine();
  const modem::Engine& engine() const;
};

}  // namespace m531x
