// SPDX-License-Identifier: Apache-2.0
// A module with a test's hands on it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "m531x.h"

namespace m531x::lib {

class Desk {
 public:
  Desk() : m(m531x_make()) { EXPECT_NE(m, nullptr); }
  ~Desk() { m531x_free(m); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void set(const char* key, const char* value) {
    ASSERT_EQ(m531x_set(m, key, value), M531X_OK) << m531x_error(m);
  }
  void on() { ASSERT_EQ(m531x_power_on(m), M531X_OK) << m531x_error(m); }

  [[nodiscard]] std::size_t waiting() const {
    return static_cast<std::size_t>(m531x_host_available(m));
  }
  // All that the host has received.
  std::string heard() {
    std::string bytes(waiting(), '\0');
    EXPECT_EQ(m531x_host_read(m, bytes.data(), bytes.size()), static_cast<int>(bytes.size()));
    return bytes;
  }
  void write(std::string_view bytes) {
    EXPECT_EQ(m531x_host_write(m, bytes.data(), bytes.size()), static_cast<int>(bytes.size()));
  }
  // Types a line; what the host hears at this moment.
  std::string type(std::string_view line) {
    write(std::string(line) + '\r');
    return heard();
  }
  // An instance for http://a.example that has sent GET / and wants a connection.
  void get() {
    EXPECT_EQ(type(R"(AT+HTTPCREATE="http://a.example/")"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
    EXPECT_EQ(type(R"(AT+HTTPSEND=0,0,"/")"), "\r\nOK\r\n");
  }
  // That connection, accepted.
  std::uint32_t accepted() {
    get();
    const std::uint32_t connection = event(M531X_EVENT_CONNECT).connection;
    EXPECT_EQ(m531x_accept(m, connection), M531X_OK) << m531x_error(m);
    EXPECT_EQ(heard(), "\r\nCONNECT OK\r\n");
    return connection;
  }
  m531x_event event(m531x_event_kind kind) {
    m531x_event event;
    EXPECT_EQ(m531x_next_event(m, &event), 1);
    EXPECT_EQ(event.kind, kind);
    return event;
  }
  bool no_event() {
    m531x_event event;
    return m531x_next_event(m, &event) == 0 && event.kind == M531X_EVENT_NONE;
  }
  void send(std::uint32_t connection, std::string_view bytes) {
    ASSERT_EQ(m531x_send(m, connection, bytes.data(), bytes.size()), M531X_OK) << m531x_error(m);
  }
  std::string received(std::uint32_t connection, std::size_t most = 65'536) {
    std::string bytes(most, '\0');
    const int count = m531x_receive(m, connection, bytes.data(), bytes.size());
    EXPECT_GE(count, 0) << m531x_error(m);
    bytes.resize(static_cast<std::size_t>(std::max(count, 0)));
    return bytes;
  }
  m531x_status status() {
    m531x_status status;
    EXPECT_EQ(m531x_status_of(m, &status), M531X_OK);
    return status;
  }
  // That the call was refused so, with a sentence that has this in it.
  void refused(int result, m531x_result code, std::string_view words) {
    EXPECT_EQ(result, code) << m531x_error(m);
    EXPECT_THAT(m531x_error(m), testing::HasSubstr(std::string(words)));
  }

  m531x_t* m;
};

inline constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

}  // namespace m531x::lib
