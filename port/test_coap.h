// SPDX-License-Identifier: Apache-2.0
// For unit tests: CoAP written and read byte by byte, without a library that could make the same
// mistakes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "m531x/coap.h"
#include "port/unique_fd.h"

namespace m531x::port {

// The types of messages (RFC 7252 3).
inline constexpr int kCon = 0;
inline constexpr int kNon = 1;
inline constexpr int kAck = 2;
inline constexpr int kRst = 3;

struct CoapOption {
  int number;
  std::string value;
};

// A message on the wire (RFC 7252 3), taken apart.
struct CoapWire {
  int type = kCon;
  CoapCode code = 0;
  CoapId mid = 0;
  std::string token{};
  std::vector<CoapOption> options{};
  std::string payload{};

  [[nodiscard]] std::string option(int number) const {
    for (const CoapOption& one : options) {
      if (one.number == number) return one.value;
    }
    return "(none)";
  }
};

// Of a delta or a length: the nibble, and what follows the first byte.
inline std::pair<int, std::string> extended(int value) {
  if (value < 13) return {value, ""};
  if (value < 269) return {13, std::string(1, static_cast<char>(value - 13))};
  const int rest = value - 269;
  return {14, {static_cast<char>(rest >> 8), static_cast<char>(rest)}};
}

inline std::string bytes_of(const CoapWire& wire) {
  std::string bytes{static_cast<char>(0x40 | wire.type << 4 | static_cast<int>(wire.token.size())),
                    static_cast<char>(wire.code), static_cast<char>(wire.mid >> 8),
                    static_cast<char>(wire.mid)};
  bytes += wire.token;
  int last = 0;
  for (const CoapOption& option : wire.options) {
    const auto [delta, more_delta] = extended(option.number - std::exchange(last, option.number));
    const auto [size, more_size] = extended(static_cast<int>(option.value.size()));
    bytes += static_cast<char>(delta << 4 | size);
    bytes += more_delta + more_size + option.value;
  }
  if (!wire.payload.empty()) bytes += '\xff' + wire.payload;
  return bytes;
}

inline CoapWire wire_of(std::string_view bytes) {
  const auto octet = [&bytes] {
    const int value = static_cast<unsigned char>(bytes.at(0));
    bytes.remove_prefix(1);
    return value;
  };
  const auto take = [&bytes](std::size_t size) {
    std::string part(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return part;
  };
  const auto number = [&octet](int nibble) {
    if (nibble == 13) return octet() + 13;
    if (nibble < 13) return nibble;
    const int high = octet();
    return (high << 8) + octet() + 269;
  };
  CoapWire wire;
  const int first = octet();
  wire.type = first >> 4 & 3;
  wire.code = static_cast<CoapCode>(octet());
  const int high = octet();
  wire.mid = static_cast<CoapId>(high << 8 | octet());
  wire.token = take(static_cast<std::size_t>(first & 15));
  int last = 0;
  while (!bytes.empty()) {
    const int head = octet();
    if (head == 0xff) {
      wire.payload = bytes;
      break;
    }
    last += number(head >> 4);
    const int size = number(head & 15);
    wire.options.push_back({last, take(static_cast<std::size_t>(size))});
  }
  return wire;
}

// Somebody far away who sends and receives datagrams.
class CoapPeer {
 public:
  explicit CoapPeer(int family = AF_INET) : fd_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage any{};
    any.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
      reinterpret_cast<sockaddr_in&>(any).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      reinterpret_cast<sockaddr_in6&>(any).sin6_addr = in6addr_loopback;
    }
    socklen_t size = sizeof any;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), size), 0);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&any), &size);
    port_ = ntohs(reinterpret_cast<sockaddr_in&>(any).sin_port);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  // To somebody on loopback who has sent nothing yet.
  void send_to(std::uint16_t port, const CoapWire& wire) {
    far_size_ = sizeof far_;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&far_), &far_size_);
    reinterpret_cast<sockaddr_in&>(far_).sin_port = htons(port);
    send(wire);
  }
  void send(const CoapWire& wire) {
    const std::string bytes = bytes_of(wire);
    ::sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&far_),
             far_size_);
  }
  std::optional<CoapWire> receive() {
    std::array<char, 2048> room{};
    far_size_ = sizeof far_;
    const ssize_t size = ::recvfrom(fd_.get(), room.data(), room.size(), MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&far_), &far_size_);
    if (size < 0) return std::nullopt;
    return wire_of({room.data(), static_cast<std::size_t>(size)});
  }

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
  sockaddr_storage far_{};
  socklen_t far_size_ = 0;
};

}  // namespace m531x::port
