// SPDX-License-Identifier: Apache-2.0
// Calls in any order, with right and wrong arguments: each comes back with a documented result,
// none ends the process, and the module still works after them.
#include <array>
#include <cstdint>
#include <string>

#include "lib/test_desk.h"
#include "sim/chance.h"

namespace m531x::lib {
namespace {

constexpr std::array<const char*, 14> kLines = {
    "AT+HTTPCREATE=\"http://a.example/\"\r",
    "AT+HTTPCREATE=\"http://b.example:81/\"\r",
    "AT+HTTPCREATE=\"https://c.example/\"\r",
    "AT+HTTPCFG=0,1,\"certificate\"\r",
    "AT+HTTPCFG=0,6,100\r",
    "AT+HTTPCONTENT=0,\"content\"\r",
    "AT+HTTPSEND=0,0,\"/\"\r",
    "AT+HTTPSEND=1,1,\"/x?y=1\"\r",
    "AT+HTTPSEND=2,4,\"/\"\r",
    "AT+HTTPCLOSE=0\r",
    "AT+HTTPCLOSE=1\r",
    "AT+CMDNS=\"d.example\"\r",
    "AT+CFUN=0\r",
    "AT+CFUN=1\r",
};
constexpr std::array<const char*, 10> kSettings = {
    "line.pace=true",     "line.pace=false", "air.latency_ms=700", "air.latency_ms=0",
    "tcp.overflow=drop",  "model=M5311",     "model=M5310-A",      "tcp.mss=64",
    "boot.duration_ms=9", "no.such=1",
};
constexpr std::array<const char*, 8> kFaults = {
    "reset at=body byte=1",
    "connect-hangs",
    "silence at=header lasts=2000",
    "host-stuck lasts=500",
    "urc at=line text=+X",
    "restart",
    "garbled_to_host",
    "no-such",
};
constexpr std::array<int, 11> kCauses = {M531X_CLOSED,
                                         M531X_CONNECT_TIMEOUT,
                                         M531X_NO_ROUTE,
                                         M531X_UNRESOLVED_NAME,
                                         M531X_REFUSED,
                                         M531X_INTERFACE_DOWN,
                                         M531X_ABORTED,
                                         M531X_RESET,
                                         M531X_TLS_FAILED,
                                         M531X_TLS_FAILED + 1,
                                         -1};

class Hand {
 public:
  explicit Hand(std::uint32_t seed) : chance_(seed) {}

  // A call; its result.
  int call(m531x_t* m) {
    switch (chance_.up_to(33)) {
      case 0:
        return set(m);
      case 1:
        return very_rarely() ? m531x_power_off(m) : m531x_power_on(m);
      case 2:
        return very_rarely() ? m531x_reset(m, number(3)) : m531x_power_on(m);
      case 3:
        return m531x_host_read(m, bytes_.data(), chance_.up_to(1) * bytes_.size());
      case 4:
        return m531x_host_ready(m, number(3));
      case 5:
        return m531x_advance(m, chance_.up_to(rarely() ? 100'000 : 100));
      case 6:
        return m531x_step(m, chance_.up_to(5'000));
      case 7:
        return m531x_wait_output(m, chance_.up_to(500));
      case 8:
        return rarely() ? m531x_serve_nothing(m) : serve(m);
      case 9:
        return m531x_next_request(m, &request_);
      case 10:
        return event(m);
      case 11:
        return m531x_accept(m, connection());
      case 12:
        return send(m);
      case 13:
        return m531x_receive(m, connection(), bytes_.data(), chance_.up_to(100));
      case 14:
        return m531x_server_ready(m, connection(), number(3));
      case 15:
        return m531x_end(m, connection(), kCauses.at(chance_.up_to(kCauses.size() - 1)));
      case 16:
        return m531x_resolved(m, rarely() ? nullptr : "1.2.3.4");
      case 17:
        return m531x_checked(m, number(1));
      case 18:
        return m531x_set_coverage(m, very_rarely() ? 0 : 1);
      case 19:
        return m531x_inject(m, "+REPORT: 1");
      case 20:
        return m531x_fault(m, kFaults.at(chance_.up_to(kFaults.size() - 1)));
      case 21:
        return rarely() ? m531x_clear_faults(m) : m531x_scenario(m, "flaky-server", nullptr);
      default:
        return write(m);
    }
  }

 private:
  bool rarely() { return chance_.up_to(9) == 0; }
  bool very_rarely() { return chance_.up_to(99) == 0; }
  int number(std::uint32_t most) { return static_cast<int>(chance_.up_to(most)); }
  // Mostly one that was told of last.
  std::uint32_t connection() { return rarely() ? chance_.up_to(50) : last_; }

  int set(m531x_t* m) {
    const std::string text = kSettings.at(chance_.up_to(kSettings.size() - 1));
    const auto equals = text.find('=');
    return m531x_set(m, text.substr(0, equals).c_str(), text.substr(equals + 1).c_str());
  }
  int serve(m531x_t* m) {
    const m531x_route route = {.server = "b.example:81",
                               .body = "0123456789",
                               .delay_ms = chance_.up_to(2'000),
                               .segment_bytes = chance_.up_to(4),
                               .gap_ms = chance_.up_to(100),
                               .close = number(1),
                               .times = chance_.up_to(2)};
    return m531x_serve(m, &route);
  }
  int event(m531x_t* m) {
    const int result = m531x_wait_event(m, chance_.up_to(1) * 100, &event_);
    if (event_.connection != 0) last_ = event_.connection;
    return result;
  }
  int send(m531x_t* m) {
    const std::string bytes = rarely() ? "no response\r\n\r\n"
                                       : "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" +
                                             std::string(chance_.up_to(400), 'b');
    return m531x_send(m, connection(), bytes.data(), bytes.size());
  }
  int write(m531x_t* m) {
    std::string line = kLines.at(chance_.up_to(kLines.size() - 1));
    if (very_rarely()) line.resize(line.size() / 2);
    return m531x_host_write(m, line.data(), line.size());
  }

  sim::Chance chance_;
  std::uint32_t last_ = 1;
  std::array<char, 2'000> bytes_{};
  m531x_event event_{};
  m531x_request request_{};
};

TEST(LibraryMisuse, CallsInAnyOrder) {
  std::uint32_t requests = 0;
  std::uint32_t responses = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    Desk desk;
    Hand hand(seed);
    for (int i = 0; i < 2'000; ++i) {
      const int result = hand.call(desk.m);

      ASSERT_GE(result, M531X_FULL) << "seed " << seed << ": " << m531x_error(desk.m);
      ASSERT_EQ(result < 0, *m531x_error(desk.m) != '\0') << "a sentence for each error";
    }
    requests += desk.status().requests;
    responses += desk.status().responses;
    m531x_power_off(desk.m);
    desk.set("line.pace", "false");
    desk.set("boot.duration_ms", "0");
    EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
    desk.on();
    while (!desk.heard().empty()) {
    }
    EXPECT_THAT(desk.type("ATE0"), testing::HasSubstr("OK"));
    EXPECT_EQ(desk.type("AT"), "\r\nOK\r\n");
  }
  EXPECT_GT(requests, 100U);
  EXPECT_GT(responses, 10U);
}

}  // namespace
}  // namespace m531x::lib
