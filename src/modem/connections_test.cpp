// SPDX-License-Identifier: Apache-2.0
// Several instances at once, and the bound of the connections.
#include <gtest/gtest.h>

#include <array>

#include "modem/test_modem.h"

namespace m531x {
namespace {

std::string response_of(int id) {
  const std::string content(1000, static_cast<char>('a' + id));
  return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + content;
}

// All content of an instance's records in what the host heard, in order.
std::string content_of(Bytes heard, int id) {
  const std::string start = "\r\n+HTTPNMIC:" + std::to_string(id) + ",";
  std::string content;
  for (std::size_t at = heard.find(start); at != Bytes::npos; at = heard.find(start, at)) {
    const std::size_t line_end = heard.find("\r\n", at + 2);
    const Bytes line = heard.substr(at + 2, line_end - at - 2);
    const auto size = std::stoul(std::string(line.substr(line.rfind(',') + 1)));
    content.append(heard.substr(line_end + 2, size));
    at = line_end + 2 + size;
  }
  return content;
}

std::string with_id(const std::string& before, int id, const std::string& behind = "") {
  return before + std::to_string(id) + behind;
}

TEST(Connections, FiveInstancesAtOnce) {
  TestModem test("M5311");
  for (int id = 0; id < 5; ++id) {
    EXPECT_EQ(test.command(with_id("AT+HTTPCREATE=host", id)),
              with_id("\r\n+HTTPCREATE:", id, "\r\n\r\nOK\r\n"));
    EXPECT_EQ(test.command(with_id("AT+HTTPSEND=", id, ",0,/")), "\r\nOK\r\n");
  }
  EXPECT_EQ(test.command("AT+HTTPCREATE=host5"), "\r\nERROR\r\n");
  test.heard.clear();
  for (ConnId conn = 5; conn-- > 0;) test.accept(conn);
  EXPECT_EQ(count_of(test.heard, "\r\nCONNECT OK\r\n"), 5U);
  std::array<std::string, 5> left;
  for (int id = 0; id < 5; ++id) {
    const auto conn = static_cast<std::size_t>(id);
    EXPECT_EQ(test.hosts[conn], with_id("host", id, ":80"));
    EXPECT_EQ(test.sent[conn], with_id("GET / HTTP/1.1\r\nHost: host", id, "\r\n\r\n"));
    left[conn] = response_of(id);
  }
  test.heard.clear();
  for (std::size_t at = 0; at < left[0].size(); at += 100) {
    for (ConnId conn = 0; conn < 5; ++conn) test.serve(conn, Bytes(left[conn]).substr(at, 100));
  }
  for (int id = 0; id < 5; ++id) {
    EXPECT_EQ(content_of(test.heard, id), std::string(1000, static_cast<char>('a' + id)));
    EXPECT_EQ(count_of(test.heard, with_id("+HTTPNMIC:", id, ",0,1000,")), 1U);
  }
}

TEST(Connections, OneThatSpeaksAlwaysStarvesNoOther) {
  TestModem test("M5311");
  for (int id = 0; id < 2; ++id) {
    test.command(with_id("AT+HTTPCREATE=host", id));
    test.command(with_id("AT+HTTPSEND=", id, ",0,/"));
    test.accept(static_cast<ConnId>(id));
  }
  test.serve(0, "HTTP/1.1 200 OK\r\n\r\n");
  test.serve(1, "HTTP/1.1 200 OK\r\n\r\n");
  test.host_reads = false;
  for (int i = 0; i < 100 && test.modem.net_window(0) > 0; ++i) {
    test.modem.net_received(0, std::string(1460, 'a'), test.now);
  }
  test.modem.net_received(1, "b", test.now);
  test.heard.clear();
  for (int i = 0; i < 20 && content_of(test.heard, 1).empty(); ++i) {
    const std::string taken(test.modem.dte_output());
    test.heard += taken;
    test.modem.dte_sent(taken.size(), test.now);
    if (test.modem.net_window(0) > 0) {
      test.modem.net_received(0, std::string(1460, 'a'), test.now);
    }
  }
  EXPECT_EQ(content_of(test.heard, 1), "b");
}

TEST(Connections, TheLowestFreeIdIsUsedAgain) {
  TestModem test("M5311");
  for (int id = 0; id < 5; ++id) test.command("AT+HTTPCREATE=a");
  EXPECT_EQ(test.command("AT+HTTPCLOSE=3;+HTTPCLOSE=1"), "\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:1\r\n\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:3\r\n\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCREATE=a"), "\r\nERROR\r\n");
}

class ManyClosed : public testing::TestWithParam<const char*> {
 protected:
  // Closes an instance in mid-connect, again and again; each attempt goes on by itself.
  void fill() {
    for (std::size_t i = 0; i < kMaxConnections; ++i) {
      ASSERT_EQ(test.command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
      ASSERT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
      ASSERT_EQ(test.command("AT+HTTPCLOSE=0"), "\r\nOK\r\n");
    }
    ASSERT_EQ(test.command("AT+HTTPCREATE=b"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  }

  TestModem test{GetParam()};
};

TEST_P(ManyClosed, ThenThereIsNoneForTheNext) {
  fill();
  const std::string report = std::string(GetParam()) == "M5310-A"
                                 ? "\r\n+HTTPERR:0,-1\r\n"
                                 : "\r\nCONNECT ERROR\r\n\r\n+HTTPDISCONN:0,-3\r\n";
  EXPECT_EQ(test.command("AT+HTTPHEADER=0,\"A: b\""), "\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n" + report);
  EXPECT_EQ(count_of(test.command("AT+HTTPHEADER=0"), "A: b"), 1U) << "kept for the next try";
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n" + report);
  test.accept(3);
  EXPECT_EQ(test.sent[3], "GET / HTTP/1.1\r\nHost: a\r\n\r\n") << "accepted means sent";
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  EXPECT_EQ(test.hosts[3], "b:80");
}

TEST_P(ManyClosed, TheyGoWhenTheyTimeOut) {
  fill();
  test.heard.clear();
  test.advance(Millis(30'000));
  EXPECT_EQ(test.heard, "") << "nobody hears of them";
  EXPECT_EQ(test.wanted(), std::nullopt);
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  EXPECT_NE(test.wanted(), std::nullopt);
  test.command("AT+HTTPCLOSE=0");
  test.advance(Millis(30'000));
  test.command("AT");
  EXPECT_LE(test.pool.used_count(), 2U);
}

TEST_P(ManyClosed, TheyGoWhenTheyFail) {
  fill();
  test.heard.clear();
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) test.end(conn, Cause::refused);
  EXPECT_EQ(test.heard, "");
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  test.accept(test.wanted().value());
  EXPECT_EQ(test.heard, "\r\nOK\r\n\r\nCONNECT OK\r\n");
}

INSTANTIATE_TEST_SUITE_P(Models, ManyClosed, testing::Values("M5310-A", "M5311"),
                         [](const auto& param_info) {
                           return std::string("M531") + param_info.param[4];
                         });

TEST(Connections, StrayCallsAreHarmless) {
  TestModem test;
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    test.modem.net_opened(conn, test.now);
    test.modem.net_received(conn, "HTTP/1.1 200 OK\r\n\r\n", test.now);
    test.modem.net_closed(conn, Cause::reset, test.now);
    EXPECT_EQ(test.modem.net_window(conn), 0U);
    std::array<Bytes, 2> views;
    EXPECT_EQ(test.modem.net_output(conn, views), 0U);
  }
  test.settle();
  EXPECT_EQ(test.heard, "");
  EXPECT_EQ(test.modem.next_action(), std::nullopt);
  EXPECT_EQ(test.modem.next_deadline(), std::nullopt);
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
}

}  // namespace
}  // namespace m531x
