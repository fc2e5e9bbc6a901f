// SPDX-License-Identifier: Apache-2.0
// m531x.hpp: each method reaches its function, errors become exceptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

#include "m531x.hpp"

namespace {

using m531x::Module;
using m531x::ModuleError;
using testing::HasSubstr;

static_assert(!std::is_copy_constructible_v<Module> && !std::is_copy_assignable_v<Module>);
static_assert(std::is_nothrow_move_constructible_v<Module>);

std::string type(Module& module, const std::string& line) {
  module.host_write(line + '\r');
  return module.host_read();
}

// What the call is refused with.
template <typename Call>
std::string refused(m531x_result result, Call call) {
  try {
    call();
  } catch (const ModuleError& error) {
    EXPECT_EQ(error.result(), result);
    return error.what();
  }
  ADD_FAILURE() << "it was not refused";
  return "";
}

TEST(LibraryInCpp, AServedRequest) {
  Module module;
  module.set("tcp.mss", "460");
  EXPECT_EQ(module.setting("tcp.mss"), "460");
  module.serve({.path = "/x", .body = std::string("a\0b", 3), .delay_ms = 10});
  module.power_on();
  type(module, R"(AT+HTTPCREATE="http://a.example/")");
  type(module, R"(AT+HTTPSEND=0,0,"/x")");
  EXPECT_TRUE(module.wait_output(10));
  EXPECT_EQ(module.now(), 10U);
  EXPECT_THAT(module.host_read(), HasSubstr(std::string("a\0b", 3)));
  const auto request = module.next_request();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/x");
  EXPECT_EQ(request->server, "a.example:80");
  EXPECT_FALSE(module.next_request());
  module.serve_nothing();
  type(module, "AT+HTTPCLOSE=0");
  type(module, R"(AT+HTTPCREATE="http://a.example/")");
  type(module, R"(AT+HTTPSEND=0,0,"/x")");
  EXPECT_TRUE(module.next_event());
}

TEST(LibraryInCpp, ARequestByHand) {
  Module module;
  module.power_on();
  type(module, R"(AT+HTTPCREATE="http://a.example/")");
  type(module, "AT+HTTPCONTENT=0,\"" + std::string(6'000, 'c') + '"');
  type(module, R"(AT+HTTPSEND=0,1,"/")");
  const auto event = module.wait_event(1'000);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, M531X_EVENT_CONNECT);
  module.accept(event->connection);
  const std::string request = module.receive(event->connection);
  EXPECT_THAT(request, HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr(std::string(3'000, 'c'))) << "more than one part";
  EXPECT_EQ(module.receive(event->connection), "");
  module.server_ready(event->connection, false);
  module.host_read();
  module.send(event->connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  EXPECT_THAT(module.host_read(), HasSubstr("hi"));
  module.end(event->connection, M531X_CLOSED);
  EXPECT_THAT(module.host_read(), HasSubstr("+HTTPDISCON:0"));
}

TEST(LibraryInCpp, RadioPowerAndStatus) {
  Module module;
  module.as_hardware();
  module.set("boot.duration_ms", "10");
  module.set("line.pace", "false");
  module.power_on();
  EXPECT_EQ(module.status().power, M531X_BOOTING);
  EXPECT_TRUE(module.step(10));
  module.advance(60'000);
  EXPECT_EQ(module.status().power, M531X_ON);
  module.host_read();
  module.set_signal({.rssi = 3, .ber = 0, .rsrq = 10, .rsrp = 20, .sinr = 1});
  EXPECT_EQ(module.status().signal.rssi, 3);
  module.set_coverage(false);
  EXPECT_EQ(module.status().coverage, 0);
  module.host_ready(false);
  module.inject("+X: 1");
  EXPECT_EQ(module.host_available(), 0U);
  module.host_ready(true);
  EXPECT_EQ(module.host_read(), "\r\n+X: 1\r\n");
  module.reset(M531X_RESET_WATCHDOG);
  EXPECT_EQ(module.status().restarts, 1U);
  module.power_off();
  EXPECT_EQ(module.status().power, M531X_OFF);
}

TEST(LibraryInCpp, ErrorsAreExceptions) {
  Module module;
  EXPECT_THAT(refused(M531X_BAD_VALUE, [&] { module.set("tcp.mss", "1"); }), HasSubstr("tcp.mss"));
  EXPECT_THAT(refused(M531X_BAD_VALUE, [&] { (void)module.setting("x"); }), HasSubstr("setting x"));
  EXPECT_THAT(refused(M531X_WRONG_STATE, [&] { module.power_off(); }), HasSubstr("off already"));
  EXPECT_THAT(refused(M531X_GONE, [&] { module.accept(7); }), HasSubstr("no connection 7"));
  EXPECT_THAT(refused(M531X_WRONG_STATE, [&] { module.resolved("1.2.3.4"); }),
              HasSubstr("no address"));
  EXPECT_THAT(refused(M531X_WRONG_STATE, [&] { module.checked(true); }), HasSubstr("asked about"));
  EXPECT_THAT(refused(M531X_BAD_VALUE, [&] { module.serve({.status = 0}); }), HasSubstr("status"));
  module.power_on();
  EXPECT_THAT(refused(M531X_BAD_VALUE, [&] { module.inject(std::string("a\0b", 3)); }),
              HasSubstr("NUL"));
  EXPECT_FALSE(module.wait_event(5));
  EXPECT_EQ(module.now(), 5U);
}

TEST(LibraryInCpp, AModuleMoves) {
  Module one;
  one.power_on();
  Module two = std::move(one);
  EXPECT_EQ(type(two, "AT"), "\r\nOK\r\n");
  one = std::move(two);
  EXPECT_EQ(type(one, "AT"), "\r\nOK\r\n");
}

}  // namespace
