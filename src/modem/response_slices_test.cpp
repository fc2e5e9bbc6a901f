// SPDX-License-Identifier: Apache-2.0
// A slice that is reported where it lies says the same as one that had to be stored first.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

const std::vector<std::string> kResponses = {
    "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 10\r\nConnection: "
    "keep-alive\r\n\r\n0123456789",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 404 Nowhere\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 \r\nX: y\r\n\r\n",
    "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;a\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length : 3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcand more",
    "nonsense\r\n\r\n",
};

// What the host hears of a response that comes in two slices, with `configuration` of its instance.
std::string reports(const std::string& response, std::size_t cut, const char* configuration,
                    bool is_stored) {
  TestModem test;
  EXPECT_NE(test.command("AT+HTTPCREATE=a"), "");
  EXPECT_EQ(test.command(configuration), "\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  const auto conn = test.wanted();
  if (!conn) return "no connection";
  test.accept(*conn);
  test.heard.clear();
  // Nothing is reported while the host is typing.
  if (is_stored) test.type("A");
  test.serve(*conn, mem::first(response, cut));
  test.serve(*conn, mem::after(response, cut));
  if (!is_stored) return test.heard;
  EXPECT_EQ(test.heard, "");
  test.type("T\r");
  constexpr std::string_view kAnswer = "\r\nOK\r\n";
  EXPECT_TRUE(test.heard.starts_with(kAnswer)) << test.heard;
  return test.heard.substr(kAnswer.size());
}

TEST(ResponseSlices, SayTheSameWhereTheyLieAndFromTheStore) {
  for (const char* const configuration :
       {"AT", "AT+HTTPCFG=0,8,1", "AT+HTTPCFG=0,6,7", "AT+HTTPCFG=0,6,1"}) {
    for (const std::string& response : kResponses) {
      for (std::size_t cut = 0; cut < response.size(); ++cut) {
        const std::string lies = reports(response, cut, configuration, false);
        ASSERT_NE(lies, "") << response << cut;
        ASSERT_EQ(lies, reports(response, cut, configuration, true))
            << response << "\ncut at " << cut << ", " << configuration;
      }
    }
  }
}

}  // namespace
}  // namespace m531x
