// SPDX-License-Identifier: Apache-2.0
#include "port/connector.h"

#include <gtest/gtest.h>

#include <optional>

#include "port/tcp_listener.h"

namespace m531x::port {
namespace {

class ConnectorTest : public testing::Test {
 protected:
  static constexpr Millis kTime{30'000};
  // What an attempt comes to.
  struct End {
    bool connected;
    Cause why;
  };
  End connect(const std::string& host, std::uint16_t port, const std::string& interface = "") {
    std::optional<End> end;
    const auto connector = std::make_shared<Connector>(
        loop_, NetOptions{.dns_server = {}, .interface = interface}, kTime,
        [&](const std::shared_ptr<ByteStream>& stream, Cause why, std::string_view) {
          end = End{stream != nullptr, why};
          loop_.stop();
        });
    connector->start(host, port);
    EXPECT_FALSE(end) << "called before start returned";
    loop_.context().restart();
    loop_.context().run_for(std::chrono::seconds(20));
    EXPECT_TRUE(end);
    return end.value_or(End{false, Cause::would_block});
  }

  EventLoop loop_;
  TcpListener listener_{loop_, parse_endpoint("127.0.0.1:0"), [](UniqueFd) {}};
};

TEST_F(ConnectorTest, ToAnAddress) {
  EXPECT_TRUE(connect("127.0.0.1", listener_.endpoint().port()).connected);
}

TEST_F(ConnectorTest, ToANameOfTheHostsFile) {
  EXPECT_TRUE(connect("localhost", listener_.endpoint().port()).connected);
}

TEST_F(ConnectorTest, Refused) {
  std::uint16_t closed_port = 0;
  { closed_port = TcpListener(loop_, parse_endpoint("127.0.0.1:0"), {}).endpoint().port(); }
  const End end = connect("127.0.0.1", closed_port);
  EXPECT_FALSE(end.connected);
  EXPECT_EQ(end.why, Cause::refused);
}

TEST_F(ConnectorTest, ANameThatCannotBe) {
  const std::string label(64, 'x');
  const End end = connect(label + ".invalid", 80);
  EXPECT_FALSE(end.connected);
  EXPECT_EQ(end.why, Cause::unusable_url);
}

TEST_F(ConnectorTest, AnInterfaceThatIsNotThere) {
  const End end = connect("127.0.0.1", listener_.endpoint().port(), "none0");
  EXPECT_FALSE(end.connected);
  EXPECT_EQ(end.why, Cause::interface_down);
}

TEST_F(ConnectorTest, ThroughTheInterface) {
  EXPECT_TRUE(connect("127.0.0.1", listener_.endpoint().port(), "lo").connected);
}

TEST_F(ConnectorTest, CancelledItSaysNothing) {
  for (const auto* const host : {"127.0.0.1", "localhost", "name.invalid"}) {
    bool called = false;
    const auto connector = std::make_shared<Connector>(
        loop_, NetOptions{.dns_server = "127.0.0.1:9", .interface = {}}, kTime,
        [&](const std::shared_ptr<ByteStream>&, Cause, std::string_view) { called = true; });
    connector->start(host, listener_.endpoint().port());
    connector->cancel();
    loop_.context().restart();
    loop_.context().poll();
    EXPECT_FALSE(called) << host;
  }
}

TEST(Patience, AShareOfWhatIsLeftAndFourSecondsAtMost) {
  EXPECT_EQ(patience(Millis(30'000), 2), Millis(4'000));
  EXPECT_EQ(patience(Millis(8'002), 2), Millis(4'000));
  EXPECT_EQ(patience(Millis(8'000), 2), Millis(4'000));
  EXPECT_EQ(patience(Millis(7'998), 2), Millis(3'999));
  EXPECT_EQ(patience(Millis(600), 3), Millis(200));
  EXPECT_EQ(patience(Millis(0), 2), Millis(0));
  EXPECT_EQ(patience(Millis(-5), 2), Millis(0));
}

}  // namespace
}  // namespace m531x::port
