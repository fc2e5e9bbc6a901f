// SPDX-License-Identifier: Apache-2.0
// The state of one HTTP instance and of one connection.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "http/request.h"
#include "http/response_reader.h"
#include "m531x/action.h"
#include "m531x/error.h"
#include "m531x/settings.h"
#include "mem/box.h"
#include "mem/chain.h"

namespace m531x::modem {

using InstanceId = std::uint8_t;
inline constexpr InstanceId kNoInstance = 0xff;
inline constexpr ConnId kNoConn = 0xff;

// HTTPCFG types 1, 2 and 3, in the order of Certificate.
inline constexpr std::size_t kCertificateCount = 3;
using Certificates = std::array<mem::Chain, kCertificateCount>;

// Where requests go. The host's name comes first and lies in one piece; the credentials
// (user:password) follow it. What is short, as nearly all are, costs no block: it lies in the one
// that this is in.
struct Address {
  explicit Address(BlockPool& pool) : long_bytes(pool) {}
  static constexpr std::size_t kShortBytes = 112;

  mem::Chain long_bytes;
  const Block* home = nullptr;
  std::array<char, kShortBytes> short_bytes{};
  std::uint16_t port = 80;
  std::uint8_t short_size = 0;  // 0: they are long
  std::uint8_t host_size = 0;
  http::Scheme scheme = http::Scheme::http;
  bool host_is_ipv6 = false;

  // `in` is the block that this is in. False: no memory; then it is of no use.
  [[nodiscard]] bool store(const Block* in, std::span<const Bytes> parts);
  // Takes what `other` has.
  void take(Address& other, const Block* in);
  [[nodiscard]] mem::ChainView bytes() const;
  [[nodiscard]] mem::ChainView host() const { return bytes().first(host_size); }
  [[nodiscard]] mem::ChainView credentials() const { return bytes().skip(host_size); }
};
static_assert(kMaxHostBytes <= 255 && kMaxHostBytes <= Block::kCapacity);

// A TCP connection and what is still to be sent on it.
struct Connection {
  explicit Connection(BlockPool& pool)
      : output(pool),
        address(pool),
        certificates{mem::Chain(pool), mem::Chain(pool), mem::Chain(pool)} {}

  enum class State : std::uint8_t {
    wanted,  // Action::connect has not been taken
    opening,
    open,
    unwanted,  // Action::close has not been taken; the connection is gone with it
  };
  State state = State::wanted;
  InstanceId instance;  // kNoInstance: only the request of a closed instance is still to be sent
  bool request_due = false;  // its instance's request is written when the port asks for output
  bool keep_output = false;  // until the first response byte, to send it a second time
  mem::Chain output;
  std::uint32_t sent_bytes = 0;  // of `output`
  // Of a closed instance whose connection is still wanted.
  Address address;
  Certificates certificates;
  // Of the attempt, or until the server takes more of what is to be sent.
  Millis deadline{0};

  [[nodiscard]] bool all_sent() const { return !request_due && sent_bytes == output.size(); }
};

// What AT+HTTPSEND accepted, until it is written to a connection.
struct Request {
  explicit Request(BlockPool& pool) : path(pool), header(pool), content(pool) {}

  enum class State : std::uint8_t {
    none,
    queued,  // it is being checked, or the end of the last connection has not been reported yet
    connecting,
    handed_over,  // to a connection that stands; the host's header and content are its own again
  };
  State state = State::none;
  http::Method method = http::Method::get;
  http::Fields fields;     // of the header
  bool may_retry = false;  // it goes out on a kept connection and may be sent twice
  mem::Chain path;
  mem::Chain header;  // from the hand-over on
  mem::Chain content;

  void clear() {
    state = State::none;
    path.clear();
    header.clear();
    content.clear();
  }
};

// The response to a request that has been written; there is none while an instance is idle.
struct Response {
  explicit Response(BlockPool& pool) : reader(pool), received(pool) {}

  bool close_after = false;   // the host's header block asks for it
  bool may_retry = false;     // the request went out on a kept connection; no answer has come yet
  bool reconnecting = false;  // and now it goes out on a new one

  http::ResponseReader reader;
  // Slices that wait to be reported: each a 16-bit size in the machine's order and its bytes.
  mem::Chain received;
  // All slices there are, one behind the other and without their sizes, while the call that brought
  // them may still report them.
  Bytes fresh;
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
  bool begun = false;    // the first byte has come
  Millis deadline{0};    // the server's next byte is due
  Millis held_since{0};  // the oldest slice has come

  // Behind what has been received. False: no memory, and nothing has changed.
  [[nodiscard]] bool store(Bytes slice);
  // What is fresh, as slices of so many bytes.
  [[nodiscard]] bool store_fresh(std::size_t slice_bytes);
  // Drops so many bytes from the front of the slice that has been begun.
  void take_off(std::size_t size) {
    held_bytes -= static_cast<std::uint32_t>(size);
    slice_left = static_cast<std::uint16_t>(slice_left - size);
    if (fresh.empty()) {
      received.consume(static_cast<std::uint32_t>(size));
    } else {
      fresh.remove_prefix(size);
    }
  }
  // Whatever has been received and not reported is of no use any more.
  void drop_slices() {
    received.clear();
    fresh = {};
    held_bytes = 0;
    in_slice = false;
  }
  [[nodiscard]] bool has_received() const {
    return in_slice || !received.empty() || !fresh.empty();
  }
};

// What AT+HTTPCREATE makes.
struct Instance {
  explicit Instance(BlockPool& pool)
      : address(pool),
        header(pool),
        content(pool),
        certificates{mem::Chain(pool), mem::Chain(pool), mem::Chain(pool)},
        request(pool) {}

  Address address;
  mem::Chain header;
  mem::Chain content;
  Certificates certificates;
  std::uint16_t packet_bytes = 0;     // HTTPCFG type 6
  std::uint16_t packet_delay_ms = 0;  // type 7
  bool hex_output = false;            // type 8
  Millis next_report{0};              // not before: type 7

  ConnId conn = kNoConn;
  bool tell_connected = false;  // CONNECT OK is due
  Millis request_ends{0};       // Settings::request_timeout, of the request under way
  std::optional<Cause> ended;  // the connection's end; to be reported behind what has been received
  Request request;
  mem::Box<Response> response;

  // A request is under way until its response has been reported.
  [[nodiscard]] bool is_busy() const { return request.state != Request::State::none || response; }
};

}  // namespace m531x::modem
