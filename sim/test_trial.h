// SPDX-License-Identifier: Apache-2.0
// A host, a modem to which faults happen, and a server, for the tests beside it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "stand/bench.h"

namespace m531x::sim {

inline constexpr ConnId kFirst = 0;
inline constexpr Bytes kHead = "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 20\r\n\r\n";
// No byte of it stands anywhere else.
inline constexpr Bytes kBody = "!#$%&()*;<=>?@[]^_{}";
inline constexpr Bytes kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
    "chunked\r\n\r\nA\r\n!#$%&()*;<\r\nA\r\n=>?@[]^_{}\r\n0\r\n\r\n";

inline std::string content_of(std::string_view heard) {
  std::string content;
  for (const char c : heard) {
    if (kBody.find(c) != Bytes::npos) content += c;
  }
  return content;
}

inline std::string page() { return std::string(kHead) + std::string(kBody); }

class Trial {
 public:
  explicit Trial(std::vector<Fault> faults, Conditions conditions = {},
                 const Settings& settings = default_settings(models().front()))
      : bench(models().front(), settings, stand::Bench::kDefaultBlockCount,
              with(std::move(conditions), std::move(faults))) {
    bench.advance(Millis(0));
    type(R"(AT+HTTPCREATE="http://a.example/")");
    bench.host_heard().clear();
  }

  static Conditions with(Conditions conditions, std::vector<Fault> faults) {
    conditions.faults = std::move(faults);
    return conditions;
  }

  // What the host hears at once.
  std::string type(std::string_view line) {
    bench.host_sends(std::string(line) + '\r');
    return std::exchange(bench.host_heard(), {});
  }
  std::string heard_after(Millis time) {
    bench.advance(time);
    return std::exchange(bench.host_heard(), {});
  }
  // Sends a request, which the server accepts if it hears of it. What the host hears.
  std::string send() {
    std::string heard = type(R"(AT+HTTPSEND=0,0,"/")");
    if (bench.connecting(kFirst)) bench.server_accepts(kFirst);
    return heard += std::exchange(bench.host_heard(), {});
  }
  // And the whole of an exchange, the response in pieces of so many bytes.
  std::string get(Bytes response, std::size_t piece = static_cast<std::size_t>(-1)) {
    std::string heard = send();
    while (!response.empty() && bench.open(kFirst)) {
      bench.server_sends(kFirst, response.substr(0, piece));
      response.remove_prefix(std::min(piece, response.size()));
    }
    return heard += std::exchange(bench.host_heard(), {});
  }
  [[nodiscard]] std::uint32_t happened(std::size_t i = 0) {
    return bench.modem().faults()[i].happened;
  }
  // Whatever has happened, it still is a modem.
  void is_usable() {
    bench.advance(Millis(120'000));
    bench.host_heard().clear();
    EXPECT_EQ(type("AT"), "\r\nOK\r\n");
  }

  stand::Bench bench;
};

inline constexpr Bytes kAccepted = "\r\nOK\r\n";
inline constexpr Bytes kConnected = "\r\nOK\r\n\r\nCONNECT OK\r\n";

}  // namespace m531x::sim
