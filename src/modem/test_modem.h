// SPDX-License-Identifier: Apache-2.0
// For unit tests: a modem with its memory, a host, a network and a clock that stands still until it
// is moved. It gives the modem no more than its windows, as modem.h asks.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include "m531x/modem.h"
#include "mem/test_memory.h"

namespace m531x {

inline std::size_t count_of(Bytes text, Bytes part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != Bytes::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

inline std::size_t final_count(Bytes text) {
  return count_of(text, "\r\nOK\r\n") + count_of(text, "\r\nERROR\r\n");
}

inline const Model& model_named(std::string_view name) {
  const Model* const model = find_model(name);
  EXPECT_NE(model, nullptr) << name;
  return *model;
}

inline Settings quiet_settings(const Model& model) {
  Settings settings = default_settings(model);
  settings.variant.echo = false;
  return settings;
}

class TestModem {
 public:
  static constexpr std::size_t kScratchBytes = 40'000;

  explicit TestModem(std::string_view model = "M5310-A", std::size_t block_count = 512)
      : TestModem(model_named(model), quiet_settings(model_named(model)), block_count) {}
  TestModem(const Model& model, const Settings& settings, std::size_t block_count = 512)
      : own_pool_(std::in_place, block_count, 4, kScratchBytes),
        modem(model, settings, *own_pool_),
        pool(*own_pool_) {}
  // On the pool of another.
  TestModem(const Model& model, const Settings& settings, mem::TestPool& shared)
      : modem(model, settings, shared), pool(shared) {}

  // The host types a line; what it heard from then on until the answer was there.
  std::string command(const std::string& line) {
    heard.clear();
    type(line + "\r");
    for (int i = 0; final_count(heard) == 0 && i < kPatience; ++i) {
      if (!wait()) break;
    }
    return heard;
  }

  void type(Bytes bytes) {
    settle();
    while (!bytes.empty()) {
      const std::size_t size = std::min(modem.dte_window(), bytes.size());
      if (size == 0) {
        const bool waited = wait();
        ASSERT_TRUE(waited) << "the modem takes nothing and waits for nothing";
        continue;
      }
      modem.dte_received(bytes.substr(0, size), now);
      bytes.remove_prefix(size);
      settle();
    }
  }

  // The first connection that the modem has asked for and that does not stand yet.
  std::optional<ConnId> wanted() const { return first_of(State::wanted); }
  std::optional<ConnId> standing() const { return first_of(State::open); }

  void accept(ConnId conn) {
    state[conn] = State::open;
    modem.net_opened(conn, now);
    settle();
  }

  // The server sends, segment by segment; what the modem does not take when it has waited is lost.
  void serve(ConnId conn, Bytes bytes) {
    while (!bytes.empty() && state[conn] == State::open) {
      const std::size_t size = std::min(modem.net_window(conn), bytes.size());
      if (size == 0) {
        if (!wait()) return;
        continue;
      }
      receive(conn, bytes.substr(0, size));
      bytes.remove_prefix(size);
      settle();
    }
  }

  // What the modem takes of a server in one call, with the host's room where there is one.
  void receive(ConnId conn, Bytes bytes) {
    if (!host_room || !host_reads) return modem.net_received(conn, bytes, now);
    std::string room(*host_room + 1, kUntouched);
    const std::size_t said =
        modem.net_received(conn, bytes, std::span(room).first(*host_room), now);
    ASSERT_LE(said, *host_room);
    EXPECT_EQ(room.find_first_not_of(kUntouched, said), std::string::npos) << "more is written";
    heard.append(room, 0, said);
  }
  static constexpr char kUntouched = '\x7f';

  void end(ConnId conn, Cause why) {
    state[conn] = State::none;
    modem.net_closed(conn, why, now);
    settle();
  }

  // In the CoAP session. Messages of the modem keep no views but those of coap_payload.
  void coap_open() {
    modem.coap_opened(now);
    settle();
  }
  void coap_serve(const CoapMessage& message) {
    modem.coap_received(message, now);
    settle();
  }

  void advance(Millis by) {
    const Millis target = now + by;
    while (const auto deadline = modem.next_deadline()) {
      if (*deadline > target) break;
      now = std::max(now, *deadline);
      modem.tick(now);
      settle();
      const auto next = modem.next_deadline();
      ASSERT_TRUE(!next || *next > now) << "after tick the next deadline is in the future";
    }
    now = target;
    settle();
  }

  // Moves all that can move now.
  void settle() {
    bool moved = true;
    for (int turn = 0; moved; ++turn) {
      ASSERT_LT(turn, 100'000) << "the modem does not come to rest";
      moved = host_reads && drain(
                                heard, [this](auto views) { return modem.dte_output(views); },
                                [this](std::size_t n) { modem.dte_sent(n, now); });
      for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
        if (state[conn] != State::open) continue;
        moved |= drain(
            sent[conn], [this, conn](auto views) { return modem.net_output(conn, views); },
            [this, conn](std::size_t n) { modem.net_sent(conn, n, now); });
      }
      while (const auto message = port_takes ? modem.coap_output() : std::nullopt) {
        EXPECT_TRUE(coap) << "it speaks in a session that it asked for";
        coap_sent.push_back(*message);
        coap_path = message->path;
        coap_payload = message->payload;
        modem.coap_sent(now);
        moved = true;
      }
      while (const auto action = modem.next_action()) {
        take(*action);
        moved = true;
      }
    }
  }

 private:
  enum class State : std::uint8_t { none, wanted, open };
  static constexpr int kPatience = 200;

  std::optional<mem::TestPool> own_pool_;

  // Until the next deadline, if there is one; memory that a test holds back comes in the end.
  bool wait() {
    const auto deadline = modem.next_deadline();
    if (!deadline) return false;
    if (++wait_count_ % kPatience == kPatience / 2) pool.fail_after(BlockPool::kNeverFail);
    if (wait_count_ % kPatience == 0) return false;
    advance(std::max(Millis(0), *deadline - now));
    return true;
  }

  template <typename Output, typename Sent>
  static bool drain(std::string& to, Output&& output, Sent&& sent_bytes) {
    std::array<Bytes, 3> views;
    const std::size_t count = output(std::span(views));
    std::size_t size = 0;
    for (const Bytes view : std::span(views).first(count)) {
      EXPECT_FALSE(view.empty());
      to.append(view);
      size += view.size();
    }
    if (size > 0) sent_bytes(size);
    return size > 0;
  }

  void take(const Action& action) {
    ASSERT_NE(action.kind, Action::Kind::resolve) << "nobody asked for a name";
    if (action.kind == Action::Kind::check || action.kind == Action::Kind::connect) {
      for (const auto which :
           {Certificate::server_ca, Certificate::client, Certificate::client_key}) {
        certificates[static_cast<std::size_t>(which)] = certificate(action, which);
      }
    }
    if (action.kind == Action::Kind::check) return modem.net_checked(certificates_are_good, now);
    if (action.kind == Action::Kind::coap_open || action.kind == Action::Kind::coap_close) {
      coap = action.kind == Action::Kind::coap_open;
      if (coap) ++coap_session_count;
      const auto [identity, key] = modem.coap_credentials();
      coap_identity = identity;
      coap_key = key;
      return;
    }
    State& at = state[action.conn];
    if (action.kind == Action::Kind::close) {
      EXPECT_NE(at, State::none) << "it closes only what is connected";
      at = State::none;
      return;
    }
    EXPECT_EQ(at, State::none) << "it connects only what is not connected";
    at = State::wanted;
    sent[action.conn].clear();
    hosts[action.conn] = std::string(action.host) + ":" + std::to_string(action.port);
  }

  [[nodiscard]] std::string certificate(const Action& action, Certificate which) const {
    std::array<Bytes, 160> views;
    const std::size_t count = modem.net_certificate(action, which, views);
    std::string bytes;
    for (const Bytes view : std::span(views).first(count)) bytes += view;
    return bytes;
  }

  [[nodiscard]] std::optional<ConnId> first_of(State wanted_state) const {
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
      if (state[conn] == wanted_state) return conn;
    }
    return std::nullopt;
  }

  int wait_count_ = 0;
  std::array<State, kMaxConnections> state{};

 public:
  Modem modem;
  mem::TestPool& pool;
  Millis now{0};
  bool host_reads = true;
  std::optional<std::size_t> host_room;  // for what a server's bytes make, in one call
  bool certificates_are_good = true;
  std::array<std::string, 3> certificates;         // that the last check or connect came with
  bool coap = false;                               // a session was asked for and not closed
  std::string coap_identity, coap_key;             // that it came with
  std::vector<CoapMessage> coap_sent;              // by the modem
  std::string coap_path, coap_payload;             // of the last of them
  int coap_session_count = 0;                      // that were asked for
  bool port_takes = true;                          // messages of the CoAP session
  std::string heard;                               // by the host
  std::array<std::string, kMaxConnections> sent;   // by the modem, on each connection
  std::array<std::string, kMaxConnections> hosts;  // whom each connection is to, or was
};

}  // namespace m531x
