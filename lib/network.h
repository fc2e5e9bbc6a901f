// SPDX-License-Identifier: Apache-2.0
// The far side of a module, by hand: its connections under numbers that are never used again, and
// what it asks for as a queue of events. Drives the bench's side of the network; what the bench
// would abort at is refused here.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <span>
#include <string>
#include <string_view>

#include "lib/refusal.h"
#include "stand/bench.h"

namespace m531x::lib {

class Servers;

struct Connection {
  enum class State : std::uint8_t { connecting, open, ended };

  std::uint32_t number;
  ConnId conn;
  bool tls;
  bool served;         // by lib/servers.h
  std::string server;  // "host:port"
  State state = State::connecting;
  // Whether what the modem has sent still lies in the bench; then nobody else has its `conn`.
  bool on_bench = true;
  std::string sent;  // by the modem, when it does not
};

class Network {
 public:
  static constexpr std::size_t kMaxEnded = 32;  // connections whose bytes stay readable

  // The module is switched on, with this bench, or off.
  void attach(stand::Bench& bench) { bench_ = &bench; }
  // Every connection that has not ended does, and its owner is told.
  void detach(Millis now);

  // Takes what the modem asks for. Of connections to a scripted server no event tells, and while
  // there are any, certificates are taken as good. False: it asked for nothing.
  bool observe(const Servers& servers, Millis now);

  // Of the user. Each refuses what cannot be.
  void accept(std::uint32_t number);
  void send(std::uint32_t number, Bytes bytes);
  void end(std::uint32_t number, Cause why);
  void set_ready(std::uint32_t number, bool ready);
  // Moves what the modem has sent, as much as there is room; returns how much.
  std::size_t receive(std::uint32_t number, std::span<char> to);
  void resolved(Bytes address);
  void checked(bool good);
  [[nodiscard]] bool has_event() const { return !events_.empty(); }
  // The oldest; one of no kind when there is none.
  m531x_event next_event();

  // Of the scripted servers, which let observe() look after each call that goes to the bench.
  [[nodiscard]] std::list<Connection>& connections() { return connections_; }
  [[nodiscard]] std::string take_sent(Connection& connection);
  [[nodiscard]] std::size_t waiting(const Connection& connection) const;
  void accept(Connection& connection);
  void send(const Connection& connection, Bytes bytes);
  void end(Connection& connection, Cause why);

 private:
  void connects(const stand::TakenAction& action, bool served, Millis now);
  void closes(ConnId conn, Millis now);
  void asks(const stand::TakenAction& action, Millis now);
  void tell(m531x_event_kind kind, const stand::TakenAction& action, std::uint32_t number,
            Millis now);
  void tell_closed(Connection& connection, Millis now);
  void leave_bench(Connection& connection);
  void forget_old();
  Connection* on_bench(ConnId conn);
  // The one of that number that has not ended.
  Connection& living(std::uint32_t number);
  // And of one that has; a scripted server's is none of the user's.
  Connection& known(std::uint32_t number);

  stand::Bench* bench_ = nullptr;
  std::uint32_t last_number_ = 0;
  std::list<Connection> connections_;
  std::deque<m531x_event> events_;
};

}  // namespace m531x::lib
