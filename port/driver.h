// SPDX-License-Identifier: Apache-2.0
// Binds one modem, under the conditions of the field, to a host's byte stream and to the network,
// as modem.h asks of its owner.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "port/alarms.h"
#include "port/backlog.h"
#include "port/byte_stream.h"
#include "port/coap_endpoint.h"
#include "port/connector.h"
#include "port/observer.h"
#include "port/recorder.h"
#include "port/state_file.h"
#include "sim/call.h"

namespace m531x::port {

class LastWords;
class CoapSession;

// What a driver is lent beside its memory; each may be null.
struct Lent {
  Observer* observer = nullptr;
  StateFile* state = nullptr;
  TlsTrust* tls = nullptr;       // without it no TLS connection comes about
  CoapEndpoint* coap = nullptr;  // without it no CoAP session
  Recorder* recorder = nullptr;
  const NetOptions* net = nullptr;  // without them the system's own way to the network
};

// What the end of the host's bytes means.
enum class EndOfInput : std::uint8_t {
  unplugged,   // the line is gone
  after_work,  // the host left: the line is gone when the modem has done and said all it was told
};

class Driver final : public std::enable_shared_from_this<Driver>, private Alarm {
 public:
  // `model`, `pool` and what is lent must outlive the driver. The modem is on from here on, with
  // what Lent::state kept; what it keeps is there before the host is answered.
  Driver(EventLoop& loop, const Model& model, const Settings& settings, BlockPool& pool,
         const Lent& lent = {}, const sim::Conditions& conditions = {});

  // Connects the host's line. `gone` is called once when it is lost, with the errno value or 0; the
  // modem stays on and as it was, and another line may be attached.
  using LineGone = std::function<void(int error)>;
  void attach(std::shared_ptr<ByteStream> line, EndOfInput end_of_input, LineGone gone);
  // Makes a call that goes in, at the present time, and does all that follows from it; returns what
  // the modem said (sim::apply). Not to be used from within an observer, a recorder or a LineGone.
  bool call(sim::Call call);
  [[nodiscard]] const sim::Modem& modem() const { return modem_; }
  // As it is now.
  [[nodiscard]] Status status() const { return modem_.status(loop_.now()); }
  // Off: closes the line and all connections; nothing is called any more.
  void stop();
  // Off, too, but the host is first given all that the modem has already said, for a record must
  // not end in the middle; then the line is closed and `done` is called, unless stop() comes
  // before. Nothing new is said. To be called once.
  void finish(std::function<void()> done);

 private:
  // What is left of a read and less than a window: it may be told, or is left for the next turn, in
  // which it is due.
  enum class Tail : std::uint8_t { told, open, due };
  struct Connection {
    std::shared_ptr<Connector> connector;
    std::shared_ptr<ByteStream> stream;
    Backlog ahead;  // what has been read and not told
    int write_error = 0;
    bool was_read_full = false;  // in this turn
    Tail tail = Tail::told;
  };

  // All that changes the modem passes here, or is noted.
  bool tell(sim::Call call);
  [[nodiscard]] std::size_t output(ConnId conn, std::span<Bytes> views);
  void note(const sim::Call& call) {
    if (recorder_ != nullptr) recorder_->called(modem_, call);
  }

  [[nodiscard]] ConnId connection_count() const { return static_cast<ConnId>(connections_.size()); }
  void pump();
  void take_actions();
  void connect(const Action& action);
  std::shared_ptr<TlsContext> tls_context(const Action& action, std::string_view& why);
  void check(const Action& action);
  void resolve(Bytes host);
  void close(ConnId conn);
  void open_coap(const Action& action);
  void close_coap();
  void coap_told(const sim::Call& call);
  bool send_coap();
  void pump_soon();
  void follow_line();
  void note_line();
  [[nodiscard]] std::string unsaid() const;
  // Of all there was; of more than a turn is for, so that it ends.
  enum class Moved : std::uint8_t { nothing, all, more };
  Moved say_to_host();
  bool may_say();
  bool send_to_host();
  [[nodiscard]] std::span<char> outbox_room();
  std::size_t put_in_outbox(std::span<const Bytes> views);
  bool flush_outbox();
  bool end_turn();
  bool receive_from_host();
  Moved serve(ConnId conn);
  bool send_to_server(ConnId conn);
  bool receive_from_server(ConnId conn);
  bool receive_ahead(ConnId conn);
  bool read_from_server(ConnId conn, std::size_t window);
  void read_on(ConnId conn);
  void tell_received(ConnId conn, Bytes bytes);
  void end_connection(ConnId conn, Cause why, std::string_view words = {});
  void lose_line(int error);
  void settle();
  void settle_line();
  void settle_connection(ConnId conn);
  void set_alarm();
  void ring() override;
  void take_notes();
  void keep_state();
  [[nodiscard]] bool state_is_kept() const;
  void write_state();
  [[nodiscard]] auto pump_later() {
    return [self = shared_from_this()] { self->pump(); };
  }

  struct Coap {
    std::shared_ptr<CoapSession> session;
    CoapObservations observations;  // while no session stands
  };

  EventLoop& loop_;
  Recorder* recorder_;
  sim::Modem modem_;
  Observer* observer_;
  StateFile* state_;
  TlsTrust* tls_;
  CoapEndpoint* coap_endpoint_;
  const NetOptions& net_;
  const Millis connect_timeout_;
  std::uint32_t kept_version_ = 0;
  std::uint32_t tried_version_ = 0;  // another one than the kept: its write failed
  Millis try_again_{0};
  std::shared_ptr<ByteStream> line_;
  Uart uart_;  // what the line follows
  std::string_view line_words_;
  Backlog outbox_;  // what the modem was told that the host has, and the line has not got
  std::uint32_t batch_bytes_ = 0;  // of the line
  EndOfInput end_of_input_ = EndOfInput::unplugged;
  bool host_finished_ = false;
  bool turn_is_due_ = false;
  bool stopped_ = false;
  std::shared_ptr<LastWords> last_words_;
  LineGone gone_;
  // Up to the last one that there ever was: most modems have one.
  std::vector<Connection> connections_;
  std::optional<Lookup> lookup_;
  std::unique_ptr<Coap> coap_;  // most modems have none
  static constexpr Millis kNever = Millis::max();
  Millis armed_for_ = kNever;
};

}  // namespace m531x::port
