// SPDX-License-Identifier: Apache-2.0
#include "onenet/http_server.h"

#include <gmock/gmock.h>

#include <boost/asio/buffer.hpp>

#include "onenet/test_http_client.h"

namespace m531x::onenet {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kWhole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class HttpServerTest : public testing::Test {
 protected:
  static constexpr milliseconds kSilence{300};
  static constexpr milliseconds kFarewell{150};

  // Runs the loop until the server has ended the client's connection; returns how long that took.
  steady_clock::duration ended() {
    const auto begin = steady_clock::now();
    EXPECT_TRUE(port::runs_until(loop_, [this] { return client_.has_ended(); }));
    return steady_clock::now() - begin;
  }
  // Asks, and waits for the answer.
  void ask() {
    const std::size_t before = client_.heard().size();
    client_.send(kWhole);
    EXPECT_TRUE(port::runs_until(
        loop_, [&] { return client_.heard().size() > before && client_.heard().ends_with("{}"); }));
  }

  port::EventLoop loop_;
  HttpServer server_{loop_,
                     {boost::asio::ip::address_v4::loopback(), 0},
                     [](const ApiRequest&, const HttpServer::Reply& reply) {
                       ApiAnswer answer;
                       answer.body = "{}";
                       reply(answer);
                     },
                     {.silence = kSilence, .farewell = kFarewell}};
  TestHttpClient client_{loop_, server_.endpoint()};
};

TEST_F(HttpServerTest, WhoSaysNothingIsClosed) {
  EXPECT_GE(ended(), kSilence);
  EXPECT_EQ(client_.heard(), "");
}

TEST_F(HttpServerTest, HalfARequestIsNotWaitedForWithoutEnd) {
  client_.send(kWhole.substr(0, 20));
  EXPECT_GE(ended(), kSilence - milliseconds(1));
  EXPECT_EQ(client_.heard(), "");
}

TEST_F(HttpServerTest, BetweenRequestsSilenceBeginsAnew) {
  ask();
  const auto begin = steady_clock::now();
  ASSERT_TRUE(
      port::runs_until(loop_, [&] { return steady_clock::now() > begin + kSilence * 2 / 3; }));
  ask();
  EXPECT_GE(ended(), kSilence - milliseconds(1));
}

// It may still be sending what is wanted no longer.
TEST_F(HttpServerTest, AClientHasSomeTimeToHearAFarewell) {
  client_.send("no HTTP\r\n\r\n");
  ASSERT_TRUE(port::runs_until(loop_, [this] { return client_.has_ended(); }));
  EXPECT_THAT(client_.heard(), StartsWith("HTTP/1.1 400 "));
  const auto begin = steady_clock::now();
  EXPECT_TRUE(port::runs_until(loop_, [this] { return !client_.send("more"); }));
  EXPECT_GE(steady_clock::now() - begin, kFarewell - milliseconds(1));
}

}  // namespace
}  // namespace m531x::onenet
