// SPDX-License-Identifier: Apache-2.0
// The demo's host against a modem that says what the test lets it say.
#include "app/demo_host.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace m531x::app {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRead = "+MIPLREAD:0,<msgid>,3200,-1,-1";

TEST(DemoScript, AMessageIdStandsForAnyNumber) {
  std::string id;
  EXPECT_TRUE(matches(kRead, "+MIPLREAD:0,21345,3200,-1,-1", id));
  EXPECT_EQ(id, "21345");
  for (const auto* const other :
       {"+MIPLREAD:0,,3200,-1,-1", "+MIPLREAD:0,-1,3200,-1,-1", "+MIPLREAD:0,1,3200,-1",
        "+MIPLREAD:0,3200,-1,-1", "+MIPLREAD:0,", ""}) {
    EXPECT_FALSE(matches(kRead, other, id)) << other;
  }
  EXPECT_EQ(id, "21345");
  EXPECT_EQ(typed_with("AT+X=0,<msgid>,1", id), "AT+X=0,21345,1");
  EXPECT_EQ(typed_with("AT+X=0,1", ""), "AT+X=0,1");
  EXPECT_EQ(typed_with("AT+X=0,<msgid>,1", ""), std::nullopt);
}

class DemoHostTest : public testing::Test {
 protected:
  DemoHostTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0);
  }
  ~DemoHostTest() override { ::close(ends_[1]); }

  // Plays the steps against a modem that says `said`; returns what is wrong.
  std::string fault(std::vector<DemoStep> steps, std::string_view said) {
    EXPECT_EQ(::write(ends_[1], said.data(), said.size()), static_cast<ssize_t>(said.size()));
    std::string fault = "nothing came of it";
    DemoHost host(loop_, view_, std::move(steps),
                  std::make_shared<port::ByteStream>(loop_, port::UniqueFd(ends_[0])),
                  [&](std::string words) {
                    fault = std::move(words);
                    loop_.stop();
                  });
    host.start();
    loop_.run();
    return fault;
  }
  std::string typed() {
    std::array<char, 200> bytes{};
    const auto size = ::read(ends_[1], bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  port::EventLoop loop_;
  DemoView view_;
  std::array<int, 2> ends_{-1, -1};
};

TEST_F(DemoHostTest, FiguresInTheirOrderAreRight) {
  EXPECT_EQ(fault({{"", "AT+A", "+END", {"OK", "+HTTPNMIC:0,0,2,2,2"}, "hi"}},
                  "\r\nOK\r\n\r\n+OTHER\r\n\r\n+HTTPNMIC:0,0,2,2,2\r\nhi\r\n\r\n+END\r\n"),
            "");
  EXPECT_EQ(typed(), "AT+A\r");
}

TEST_F(DemoHostTest, AFigureThatDiffersIsTold) {
  EXPECT_EQ(fault({{"", "AT+A", "+END", {"+HTTPNMIH:0,0,158"}, ""}},
                  "\r\n+HTTPNMIH:0,0,3\r\nabc\r\n\r\n+END\r\n"),
            "+HTTPNMIH:0,0,158 did not come, or not in its place");
}

TEST_F(DemoHostTest, FiguresInAnotherOrderAreTold) {
  EXPECT_EQ(
      fault({{"", "AT+A", "+END", {"+ONE", "+TWO"}, ""}}, "\r\n+TWO\r\n\r\n+ONE\r\n\r\n+END\r\n"),
      "+TWO did not come, or not in its place");
}

TEST_F(DemoHostTest, ContentThatDiffersIsTold) {
  EXPECT_THAT(
      fault({{"", "AT+A", "+END", {}, "hi"}}, "\r\n+HTTPNMIC:0,0,2,2,2\r\nho\r\n\r\n+END\r\n"),
      HasSubstr("the content is not what was to come"));
}

TEST_F(DemoHostTest, ARefusalIsTold) {
  EXPECT_EQ(fault({{"", "AT+A", "OK", {}, ""}}, "\r\nERROR\r\n"), "AT+A was refused");
}

TEST_F(DemoHostTest, TheReportedMessageIdIsTyped) {
  EXPECT_EQ(fault({{"", "AT+A", kRead, {}, ""}, {"", "AT+R=0,<msgid>", "OK", {}, ""}},
                  "\r\n+MIPLREAD:0,7,3200,-1,-1\r\n\r\nOK\r\n"),
            "");
  EXPECT_EQ(typed(), "AT+A\rAT+R=0,7\r");
}

TEST_F(DemoHostTest, WithoutAMessageIdNothingIsTyped) {
  EXPECT_EQ(fault({{"", "AT+R=0,<msgid>", "OK", {}, ""}}, ""),
            "no message id came for AT+R=0,<msgid>");
}

}  // namespace
}  // namespace m531x::app
