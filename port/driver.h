// SPDX-License-Identifier: Apache-2.0
// Binds one modem to a host's byte stream and to the network, as modem.h asks of its owner.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "m531x/modem.h"
#include "port/byte_stream.h"
#include "port/connector.h"
#include "port/observer.h"

namespace m531x::port {

// What the end of the host's bytes means.
enum class EndOfInput : std::uint8_t {
  unplugged,     // the line is gone
  after_output,  // the host left: the line is gone when what the modem has said is sent
  after_work,    // so too, but a request that is under way is finished first
};

class Driver : public std::enable_shared_from_this<Driver> {
 public:
  // `model`, `pool` and `observer` (which may be null) must outlive the driver. The modem is on
  // from here on.
  Driver(EventLoop& loop, const Model& model, const Settings& settings, BlockPool& pool,
         Observer* observer);

  // Connects the host's line. `gone` is called once when it is lost, with the errno value or 0; the
  // modem stays on and as it was, and another line may be attached.
  using LineGone = std::function<void(int error)>;
  void attach(std::shared_ptr<ByteStream> line, EndOfInput end_of_input, LineGone gone);
  // Off: closes the line and all connections; nothing is called any more.
  void stop();

 private:
  struct Connection {
    std::shared_ptr<Connector> connector;
    std::shared_ptr<ByteStream> stream;
    int write_error = 0;
  };

  void pump();
  void take_actions();
  void connect(const Action& action);
  void resolve(Bytes host);
  void close(ConnId conn);
  void follow_line();
  bool send_to_host();
  bool receive_from_host();
  bool serve(ConnId conn);
  bool send_to_server(ConnId conn);
  bool receive_from_server(ConnId conn);
  void end_connection(ConnId conn, Cause why);
  void lose_line(int error);
  void settle();
  void settle_line();
  void settle_connection(ConnId conn);
  void arm_timer();
  void take_notes();
  [[nodiscard]] auto pump_later() {
    return [self = shared_from_this()] { self->pump(); };
  }

  EventLoop& loop_;
  Modem modem_;
  Observer* observer_;
  std::shared_ptr<ByteStream> line_;
  Uart uart_;  // what the line follows
  EndOfInput end_of_input_ = EndOfInput::unplugged;
  bool host_finished_ = false;
  LineGone gone_;
  std::array<Connection, kMaxConnections> connections_;
  std::optional<Lookup> lookup_;
  boost::asio::steady_timer timer_;
  std::optional<Millis> armed_for_;
  bool turn_is_due_ = false;
  bool stopped_ = false;
};

}  // namespace m531x::port
