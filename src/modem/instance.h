// SPDX-License-Identifier: Apache-2.0
// The state of one HTTP instance and of one connection.
#pragma once

#include <array>
#include <optional>

#include "http/request.h"
#include "http/response_reader.h"
#include "m531x/action.h"
#include "m531x/error.h"
#include "mem/box.h"
#include "mem/chain.h"

namespace m531x::modem {

using InstanceId = std::uint8_t;
inline constexpr InstanceId kNoInstance = 0xff;
inline constexpr ConnId kNoConn = 0xff;

// HTTPCFG types 1, 2 and 3.
inline constexpr std::size_t kCertificateCount = 3;

// Where requests go. The host's name comes first and lies in one piece; the credentials
// (user:password) follow it.
struct Address {
  explicit Address(BlockPool& pool) : bytes(pool) {}

  mem::Chain bytes;
  std::uint16_t port = 80;
  std::uint8_t host_size = 0;
  http::Scheme scheme = http::Scheme::http;
  bool host_is_ipv6 = false;

  [[nodiscard]] mem::ChainView host() const { return bytes.view().first(host_size); }
  [[nodiscard]] mem::ChainView credentials() const {
    return bytes.empty() ? mem::ChainView() : bytes.view().skip(host_size);
  }
};
static_assert(kMaxHostBytes <= 255 && kMaxHostBytes <= Block::kCapacity);

// A TCP connection and what is still to be sent on it.
struct Connection {
  explicit Connection(BlockPool& pool) : output(pool), address(pool) {}

  enum class State : std::uint8_t {
    wanted,  // Action::connect has not been taken
    opening,
    open,
    unwanted,  // Action::close has not been taken; the connection is gone with it
  };
  State state = State::wanted;
  InstanceId instance;  // kNoInstance: only the request of a closed instance is still to be sent
  bool keep_output = false;  // until the first response byte, to send it a second time
  mem::Chain output;
  std::uint32_t sent_bytes = 0;  // of `output`
  Address address;               // of a closed instance whose connection is still wanted
  Millis deadline{0};            // of the attempt, or of sending for a closed instance

  [[nodiscard]] bool all_sent() const { return sent_bytes == output.size(); }
};

// One request and its response; there is none while an instance is idle.
struct Exchange {
  Exchange(BlockPool& pool, http::Method request_method)
      : method(request_method), head(pool), tail(pool), reader(pool), received(pool) {}

  enum class Phase : std::uint8_t {
    queued,  // accepted, but the end of the last connection has not been reported yet
    connecting,
    responding,  // handed to the connection; the response is due
  };
  Phase phase = Phase::queued;
  http::Method method;
  bool close_after = false;  // the host's header block asks for it
  // The connection has the request; the host's header and content are its own again.
  bool handed_over = false;
  bool may_retry = false;  // it went out on a kept connection and no answer has come yet
  mem::Chain head;         // around the host's header block
  mem::Chain tail;

  http::ResponseReader reader;
  // Slices that wait to be reported: each a 16-bit size in the machine's order and its bytes.
  mem::Chain received;
  std::uint32_t held_bytes = 0;  // of slices, without their sizes
  bool in_slice = false;         // the first slice has been begun: its size has been taken off
  std::uint16_t slice_left = 0;  // and this much of it is left
  enum class Piece : std::uint8_t { none, header, content };
  Piece piece = Piece::none;  // what the next bytes of the slice are
  bool piece_is_last = false;
  std::uint32_t piece_left = 0;
  std::uint64_t summation = 0;  // content bytes reported so far
  // Slices that were thrown away and are to be told by +HTTPDROP, runs of one size together. When
  // there are more runs than that, the last one takes the rest in one report.
  struct Dropped {
    std::uint32_t size;
    std::uint32_t count;
  };
  std::array<Dropped, 4> dropped{};
  std::uint8_t dropped_runs = 0;
  Millis deadline{0};  // the server's next byte is due

  [[nodiscard]] bool has_received() const { return in_slice || !received.empty(); }
};

// What AT+HTTPCREATE makes.
struct Instance {
  explicit Instance(BlockPool& pool)
      : address(pool),
        header(pool),
        content(pool),
        certificates{mem::Chain(pool), mem::Chain(pool), mem::Chain(pool)} {}

  Address address;
  mem::Chain header;
  mem::Chain content;
  std::array<mem::Chain, kCertificateCount> certificates;
  std::uint16_t packet_bytes = 0;     // HTTPCFG type 6
  std::uint16_t packet_delay_ms = 0;  // type 7
  bool hex_output = false;            // type 8
  Millis next_report{0};              // not before: type 7

  ConnId conn = kNoConn;
  bool tell_connected = false;  // CONNECT OK is due
  std::optional<Cause> ended;  // the connection's end; to be reported behind what has been received
  mem::Box<Exchange> exchange;
};

}  // namespace m531x::modem
