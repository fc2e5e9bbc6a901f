// SPDX-License-Identifier: Apache-2.0
#include "port/page_server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <list>

#include "port/test_loop.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

constexpr std::size_t kMostRequestBytes = PageServer::kMaxRequestBytes;

// Requests whose first line, or whose fields, have so many bytes with the empty line behind them.
std::string request_with_line_of(std::size_t bytes) {
  const std::string begin = "GET /page?";
  const std::string end = " HTTP/1.1\r\n\r\n";
  return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
}
std::string request_with_fields_of(std::size_t bytes) {
  const std::string begin = "X: ";
  const std::string end = "\r\n\r\n";
  return "GET /page HTTP/1.1\r\n" + begin + std::string(bytes - begin.size() - end.size(), 'x') +
         end;
}

class PageServerTest : public testing::Test {
 protected:
  explicit PageServerTest(std::chrono::milliseconds patience = PageServer::kPatience)
      : server_(loop_, parse_endpoint("127.0.0.1:0"), "--page",
                {.path = "/page",
                 .type = "text/plain",
                 .text = [this] { return "page " + std::to_string(++page_count_) + "\n"; },
                 .patience = patience}) {}

  class Client {
   public:
    explicit Client(PageServerTest& test)
        : loop_(test.loop_), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
      const TcpEndpoint at = test.server_.endpoint();
      EXPECT_EQ(::connect(fd_.get(), at.data(), static_cast<socklen_t>(at.size())), 0);
      loop_.context().restart();
      loop_.context().run_for(std::chrono::milliseconds(1));
    }
    Client& says(Bytes bytes) {
      EXPECT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(bytes.size()));
      return *this;
    }
    // All up to the end of the connection.
    std::string hears() {
      EXPECT_TRUE(runs_until(loop_, [this] { return is_over(); }));
      return heard_;
    }
    bool is_over() {
      std::array<char, 4096> room{};
      ssize_t got = 0;
      while ((got = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT)) > 0) {
        heard_.append(room.data(), static_cast<std::size_t>(got));
      }
      return got == 0 || errno != EAGAIN;
    }

   private:
    EventLoop& loop_;
    UniqueFd fd_;
    std::string heard_;
  };

  std::string answer_to(Bytes request) { return Client(*this).says(request).hears(); }
  std::string status_of(Bytes request) {
    const std::string answer = answer_to(request);
    return answer.substr(0, answer.find("\r\n"));
  }

  EventLoop loop_;
  int page_count_ = 0;
  PageServer server_;
};

TEST_F(PageServerTest, GivesThePageAsItIsNow) {
  for (const std::string page : {"page 1\n", "page 2\n"}) {
    const std::string answer = answer_to("GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nContent-Type: text/plain\r\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\r\nContent-Length: 7\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + page)) << answer;
  }
}

TEST_F(PageServerTest, AQueryIsNoPartOfThePath) {
  EXPECT_EQ(status_of("GET /page?a=/b HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK");
  EXPECT_EQ(status_of("GET /page/?a HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 Not Found");
}

TEST_F(PageServerTest, ToHeadItSaysHowLongThePageIs) {
  const std::string answer = answer_to("HEAD /page HTTP/1.0\r\n\r\n");
  EXPECT_NE(answer.find("\r\nContent-Length: 7\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(PageServerTest, OtherPathsAndMethods) {
  const std::string answer = answer_to("GET /pag HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n/page\n")) << "it says where the page is: " << answer;
  const std::string post = answer_to("POST /page HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(post.starts_with("HTTP/1.1 405 Method Not Allowed\r\n")) << post;
  EXPECT_NE(post.find("\r\nAllow: GET, HEAD\r\n"), std::string::npos) << post;
  EXPECT_EQ(page_count_, 0) << "nobody has asked for it";
}

TEST_F(PageServerTest, WhatIsNoRequestHasNoAnswer) {
  EXPECT_EQ(answer_to("page, please\r\n\r\n"), "");
  EXPECT_EQ(answer_to("GET /page HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"), "") << "no content";
}

TEST_F(PageServerTest, ARequestIsNoLongerThanTheBound) {
  for (const auto request : {request_with_line_of, request_with_fields_of}) {
    EXPECT_EQ(status_of(request(kMostRequestBytes - 1)), "HTTP/1.1 200 OK");
    EXPECT_EQ(status_of(request(kMostRequestBytes)), "HTTP/1.1 200 OK");
    EXPECT_EQ(status_of(request(kMostRequestBytes + 1)), "");
  }
}

TEST_F(PageServerTest, ARequestMayComeInPieces) {
  Client client(*this);
  for (const char& byte : Bytes("GET /page HTTP/1.1\r\n\r\n")) {
    EXPECT_FALSE(client.is_over());
    client.says({&byte, 1});
    loop_.context().restart();
    loop_.context().poll();
  }
  EXPECT_TRUE(client.hears().ends_with("page 1\n"));
}

TEST_F(PageServerTest, SoManyClientsAtATimeAndNoMore) {
  std::list<Client> clients;
  while (clients.size() < PageServer::kMaxClients) clients.emplace_back(*this);
  EXPECT_EQ(Client(*this).hears(), "") << "closed at once";
  for (Client& client : clients) EXPECT_FALSE(client.is_over());
  clients.pop_front();
  EXPECT_EQ(status_of("GET /page HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK") << "there is room again";
  for (Client& client : clients) {
    EXPECT_TRUE(client.says("GET /page HTTP/1.1\r\n\r\n").hears().starts_with("HTTP/1.1 200 OK"));
  }
}

TEST_F(PageServerTest, APortInUseIsTheUsersError) {
  try {
    const PageServer second(loop_, server_.endpoint(), "--page", {});
    ADD_FAILURE() << "it is in use";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("--page"), std::string::npos) << error.what();
  }
}

constexpr std::chrono::milliseconds kHasty{60};

class HastyPageServerTest : public PageServerTest {
 protected:
  HastyPageServerTest() : PageServerTest(kHasty) {}
};

TEST_F(HastyPageServerTest, WhoDoesNotAskIsNotWaitedForLong) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(answer_to("GET /page HTTP/1.1\r\n"), "");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kHasty);
}

TEST_F(PageServerTest, ADescriptorThatIsMissingIsWaitedFor) {
  UniqueFd of_client(::dup(STDERR_FILENO));
  const UniqueFd of_server(::dup(STDERR_FILENO));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit tight{static_cast<rlim_t>(of_server.get()), before.rlim_max};
  ASSERT_GT(of_server.get(), of_client.get());
  of_client.reset();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  Client client(*this);
  client.says("GET /page HTTP/1.1\r\n\r\n");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(client.hears().starts_with("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace m531x::port
