// SPDX-License-Identifier: Apache-2.0
// What the platform does when a device says nothing. All else of it is in the end-to-end tests.
#include "onenet/platform.h"

#include <gmock/gmock.h>

#include "onenet/test_http_client.h"
#include "port/test_coap.h"

namespace m531x::onenet {
namespace {

using port::CoapWire;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr std::string_view kCreation =
    R"({"title":"a","desc":"a","protocol":"LWM2M","auth_info":{"865820030265172":"460043783403288"}})";
constexpr int kUriPath = 11;
constexpr int kUriQuery = 15;

class PlatformTest : public testing::Test {
 protected:
  static constexpr milliseconds kPatience{400};

  PlatformTest() {
    TestHttpClient client(loop_, platform_.http_endpoint());
    client.send("POST /devices HTTP/1.1\r\nHost: a\r\napi-key: k\r\nContent-Length: " +
                std::to_string(kCreation.size()) + "\r\n\r\n" + std::string(kCreation));
    EXPECT_TRUE(port::runs_until(loop_, [&] {
      return client.heard().find("\"errno\":0") != std::string::npos;
    })) << client.heard();
  }
  // The device asks for what is at that path; returns the platform's acknowledgement.
  CoapWire post(std::string path, std::string payload = {}) {
    device_.send_to(platform_.coap_endpoint().port(),
                    {.code = kCoapPost,
                     .mid = 1,
                     .token = "t",
                     .options = {{kUriPath, std::move(path)},
                                 {kUriQuery, "ep=865820030265172;460043783403288"},
                                 {kUriQuery, "lt=60"}},
                     .payload = std::move(payload)});
    return heard();
  }
  CoapWire heard() {
    std::optional<CoapWire> wire;
    EXPECT_TRUE(port::runs_until(loop_, [&] { return (wire = device_.receive()).has_value(); }));
    return wire.value_or(CoapWire());
  }
  // Runs the loop until that has been said.
  void said(std::string_view line) {
    EXPECT_TRUE(port::runs_until(loop_, [&] { return said_.find(line) != std::string::npos; }))
        << said_;
  }

  port::EventLoop loop_;
  std::string said_;
  Platform platform_{loop_,
                     {.http = {boost::asio::ip::address_v4::loopback(), 0},
                      .coap = {boost::asio::ip::address_v4::loopback(), 0},
                      .coaps = std::nullopt,
                      .api_key = "k",
                      .db = {},
                      .patience = kPatience},
                     [this](std::string_view event, std::string_view of, std::string_view more) {
                       said_ += line_of(event, of, more) + '\n';
                     }};
  port::CoapPeer device_;
};

TEST_F(PlatformTest, ABootstrapThatIsNotAnsweredFailsInTime) {
  EXPECT_EQ(post("bs").code, kCoapChanged);
  EXPECT_EQ(heard().code, kCoapDelete);
  const auto begin = steady_clock::now();
  said("bootstrap failed 865820030265172 no answer");
  EXPECT_GE(steady_clock::now() - begin, kPatience - milliseconds(50));
}

TEST_F(PlatformTest, AnObservationThatIsNotAnsweredIsGivenUpAndTheNextInquiryIsMade) {
  EXPECT_EQ(post("rd", "</3200/0>").code, kCoapCreated);
  const CoapWire observation = heard();
  EXPECT_EQ(observation.code, kCoapGet);
  EXPECT_EQ(observation.option(6), "");
  said("not observed 865820030265172 3200/0");
  said("not discovered 865820030265172 3200");
}

}  // namespace
}  // namespace m531x::onenet
