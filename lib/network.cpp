// SPDX-License-Identifier: Apache-2.0
#include "lib/network.h"

#include <algorithm>
#include <utility>

#include "lib/servers.h"

namespace m531x::lib {

using State = Connection::State;

namespace {

// An IPv6 address stands in brackets, as in a URL.
std::string server_of(const stand::TakenAction& action) {
  const bool is_ipv6 = action.host.find(':') != std::string::npos;
  return (is_ipv6 ? '[' + action.host + ']' : action.host) + ':' + std::to_string(action.port);
}

}  // namespace

void Network::detach(Millis now) {
  for (Connection& connection : connections_) {
    if (connection.on_bench) leave_bench(connection);
    if (connection.state != State::ended) tell_closed(connection, now);
  }
  bench_ = nullptr;
  forget_old();
}

bool Network::observe(const Servers& servers, Millis now) {
  using Kind = Action::Kind;
  const auto actions = std::exchange(bench_->actions(), {});
  for (const stand::TakenAction& action : actions) {
    if (action.kind == Kind::connect) {
      connects(action, servers.serves(server_of(action)), now);
    } else if (action.kind == Kind::close) {
      closes(action.conn, now);
    } else if (action.kind == Kind::coap_open) {
      bench_->coap_ended();
      bench_->modem().coap_closed(Cause::no_route, now);
      bench_->settle();
    } else if (action.kind == Kind::coap_close) {
      continue;
    } else if (action.kind == Kind::check && servers.any()) {
      bench_->certificates_are(true);
    } else {
      asks(action, now);
    }
  }
  return !actions.empty();
}

void Network::connects(const stand::TakenAction& action, bool served, Millis now) {
  if (Connection* const before = on_bench(action.conn)) leave_bench(*before);
  connections_.push_back({.number = ++last_number_,
                          .conn = action.conn,
                          .tls = action.tls,
                          .served = served,
                          .server = server_of(action),
                          .sent = {}});
  forget_old();
  if (!served) tell(M531X_EVENT_CONNECT, action, last_number_, now);
}

void Network::closes(ConnId conn, Millis now) {
  Connection* const connection = on_bench(conn);
  if (connection == nullptr) return;
  leave_bench(*connection);
  if (connection->state != State::ended) tell_closed(*connection, now);
}

void Network::asks(const stand::TakenAction& action, Millis now) {
  const bool resolve = action.kind == Action::Kind::resolve;
  tell(resolve ? M531X_EVENT_RESOLVE : M531X_EVENT_CHECK, action, 0, now);
}

void Network::tell(m531x_event_kind kind, const stand::TakenAction& action, std::uint32_t number,
                   Millis now) {
  m531x_event event{};
  event.kind = kind;
  event.connection = number;
  std::copy_n(action.host.begin(), std::min(action.host.size(), sizeof event.host - 1), event.host);
  event.port = action.port;
  event.tls = action.tls ? 1 : 0;
  event.at_ms = static_cast<std::uint64_t>(now.count());
  if (events_.size() == M531X_MAX_EVENTS) events_.pop_front();
  events_.push_back(event);
}

void Network::tell_closed(Connection& connection, Millis now) {
  connection.state = State::ended;
  if (connection.served) return;
  tell(M531X_EVENT_CLOSED, {Action::Kind::close, connection.conn, {}, 0, false}, connection.number,
       now);
}

// Before its place on the bench is another's.
void Network::leave_bench(Connection& connection) {
  connection.sent = std::exchange(bench_->server_heard(connection.conn), {});
  connection.on_bench = false;
}

void Network::forget_old() {
  const auto is_over = [](const Connection& connection) {
    return connection.state == State::ended && !connection.on_bench;
  };
  auto over = std::ranges::count_if(connections_, is_over);
  for (auto it = connections_.begin(); over > static_cast<std::ptrdiff_t>(kMaxEnded);) {
    if (!is_over(*it)) {
      ++it;
      continue;
    }
    it = connections_.erase(it);
    --over;
  }
}

Connection* Network::on_bench(ConnId conn) {
  const auto it = std::ranges::find_if(connections_, [conn](const Connection& connection) {
    return connection.on_bench && connection.conn == conn;
  });
  return it == connections_.end() ? nullptr : &*it;
}

Connection& Network::known(std::uint32_t number) {
  const auto it = std::ranges::find(connections_, number, &Connection::number);
  if (it == connections_.end() || it->served) {
    throw Refusal{M531X_GONE, "there is no connection " + std::to_string(number)};
  }
  return *it;
}

Connection& Network::living(std::uint32_t number) {
  Connection& connection = known(number);
  if (connection.state == State::ended) {
    throw Refusal{M531X_GONE, "connection " + std::to_string(number) + " is over"};
  }
  return connection;
}

void Network::accept(std::uint32_t number) {
  Connection& connection = living(number);
  require(connection.state == State::connecting, M531X_WRONG_STATE,
          "the connection has been accepted before");
  accept(connection);
}

void Network::send(std::uint32_t number, Bytes bytes) {
  const Connection& connection = living(number);
  require(connection.state == State::open, M531X_WRONG_STATE,
          "a server sends only on a connection that it has accepted");
  require(bytes.size() <= M531X_SERVER_BUFFER_BYTES - waiting(connection), M531X_FULL,
          "the modem has not taken what the server sent before; let time pass");
  send(connection, bytes);
}

void Network::end(std::uint32_t number, Cause why) { end(living(number), why); }

void Network::set_ready(std::uint32_t number, bool ready) {
  const Connection& connection = living(number);
  bench_->set_server_reads(connection.conn, ready);
}

std::size_t Network::receive(std::uint32_t number, std::span<char> to) {
  Connection& connection = known(number);
  std::string& sent = connection.on_bench ? bench_->server_heard(connection.conn) : connection.sent;
  const std::size_t count = std::min(to.size(), sent.size());
  std::copy_n(sent.begin(), count, to.begin());
  sent.erase(0, count);
  if (connection.on_bench) bench_->settle();
  return count;
}

void Network::resolved(Bytes address) {
  require(bench_ != nullptr && bench_->name_is(address), M531X_WRONG_STATE,
          "the modem has asked for no address");
}

void Network::checked(bool good) {
  require(bench_ != nullptr && bench_->certificates_are(good), M531X_WRONG_STATE,
          "the modem has asked about no certificates");
}

m531x_event Network::next_event() {
  m531x_event event{};
  if (events_.empty()) return event;
  event = events_.front();
  events_.pop_front();
  return event;
}

std::string Network::take_sent(Connection& connection) {
  if (!connection.on_bench) return std::exchange(connection.sent, {});
  std::string sent = std::exchange(bench_->server_heard(connection.conn), {});
  if (!sent.empty()) bench_->settle();
  return sent;
}

std::size_t Network::waiting(const Connection& connection) const {
  return bench_->server_bytes_waiting(connection.conn);
}

void Network::accept(Connection& connection) {
  connection.state = State::open;
  bench_->server_accepts(connection.conn);
}

void Network::send(const Connection& connection, Bytes bytes) {
  bench_->server_sends(connection.conn, bytes);
}

void Network::end(Connection& connection, Cause why) {
  connection.state = State::ended;
  bench_->server_ends(connection.conn, why);
}

}  // namespace m531x::lib
