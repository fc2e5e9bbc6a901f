// SPDX-License-Identifier: Apache-2.0
// Servers that answer by routes.
#include <algorithm>
#include <string>

#include "lib/test_desk.h"

namespace m531x::lib {
namespace {

using testing::HasSubstr;
using testing::Not;

class LibraryServers : public testing::Test {
 protected:
  LibraryServers() {
    desk.on();
    desk.type(R"(AT+HTTPCREATE="http://a.example/")");
  }
  void serve(const m531x_route& route) {
    EXPECT_GT(m531x_serve(desk.m, &route), 0) << m531x_error(desk.m);
  }
  void refuses(const m531x_route& route, m531x_result code, const char* words) {
    desk.refused(m531x_serve(desk.m, &route), code, words);
  }
  // The path of a GET; what the host hears of it at once.
  std::string get(const std::string& path) {
    return desk.type(R"(AT+HTTPSEND=0,0,")" + path + '"');
  }
  m531x_request request() {
    m531x_request request;
    EXPECT_EQ(m531x_next_request(desk.m, &request), 1);
    return request;
  }

  Desk desk;
};

TEST_F(LibraryServers, AWholeRouteIsAPathAndABody) {
  serve({.path = "/hello", .body = "hello"});
  EXPECT_EQ(get("/hello"),
            "\r\nOK\r\n\r\nCONNECT OK\r\n\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 5\r\n\r\n\r\n"
            "+HTTPNMIC:0,0,5,5,5\r\nhello\r\n");
  EXPECT_TRUE(desk.no_event());
  const m531x_request got = request();
  EXPECT_STREQ(got.server, "a.example:80");
  EXPECT_STREQ(got.method, "GET");
  EXPECT_STREQ(got.target, "/hello");
  EXPECT_STREQ(got.headers, "Host: a.example\r\n");
  EXPECT_STREQ(got.body, "");
  EXPECT_EQ(got.body_bytes, 0U);
  EXPECT_EQ(got.tls, 0);
  m531x_request none;
  EXPECT_EQ(m531x_next_request(desk.m, &none), 0);
  EXPECT_EQ(none.server, nullptr);
}

TEST_F(LibraryServers, APostIsHeardWhole) {
  serve({.method = "POST", .status = 204});
  EXPECT_THAT(desk.type(R"(AT+HTTPHEADER=0,"X-Kind: a\r\n")"), HasSubstr("OK"));
  EXPECT_THAT(desk.type(R"(AT+HTTPCONTENT=0,"a\00b")"), HasSubstr("OK"));
  EXPECT_THAT(desk.type(R"(AT+HTTPSEND=0,1,"/p?q=1")"), HasSubstr("CONNECT OK"));
  const m531x_request got = request();
  EXPECT_STREQ(got.method, "POST");
  EXPECT_STREQ(got.target, "/p?q=1");
  EXPECT_THAT(got.headers, HasSubstr("X-Kind: a\r\n"));
  EXPECT_EQ(std::to_string(got.body_bytes),
            std::string(got.headers).substr(std::string(got.headers).find("Length: ") + 8, 1));
  EXPECT_EQ(desk.status().responses, 1U);
}

TEST_F(LibraryServers, TheLatestRouteThatMatchesHasIt) {
  serve({.path = "/x", .body = "first"});
  serve({.path = "/x", .body = "second", .times = 1});
  serve({.method = "DELETE", .path = "/x", .body = "third"});
  serve({.server = "b.example:80", .body = "fourth"});
  EXPECT_THAT(get("/x"), HasSubstr("second"));
  EXPECT_THAT(get("/x"), HasSubstr("first")) << "the second one answers once";
  EXPECT_THAT(get("/x?y=1"), HasSubstr("first")) << "without its query";
  EXPECT_THAT(get("/y"), HasSubstr("404 Not Found"));
}

TEST_F(LibraryServers, APathWithAQueryIsThatOneOnly) {
  serve({.path = "/x?a=1", .body = "one"});
  EXPECT_THAT(get("/x?a=1"), HasSubstr("one"));
  EXPECT_THAT(get("/x?a=2"), HasSubstr("404"));
}

TEST_F(LibraryServers, OtherServersAreForTheTest) {
  serve({.server = "b.example:80", .body = "b"});
  get("/");
  EXPECT_STREQ(desk.event(M531X_EVENT_CONNECT).host, "a.example");
  desk.type(R"(AT+HTTPCREATE="http://b.example/")");
  EXPECT_THAT(desk.type(R"(AT+HTTPSEND=1,0,"/")"), HasSubstr("\r\nb\r\n"));
}

TEST_F(LibraryServers, AnIPv6AddressStandsInBrackets) {
  serve({.server = "[::1]:8080", .body = "six"});
  desk.type(R"(AT+HTTPCREATE="http://[::1]:8080/")");
  EXPECT_THAT(desk.type(R"(AT+HTTPSEND=1,0,"/")"), HasSubstr("\r\nsix\r\n"));
  EXPECT_STREQ(request().server, "[::1]:8080");
}

TEST_F(LibraryServers, AnAnswerMayBeLateAndInParts) {
  serve({.body = "0123456789", .delay_ms = 500, .segment_bytes = 4, .gap_ms = 100});
  EXPECT_THAT(get("/"), Not(HasSubstr("NMIH")));
  EXPECT_EQ(m531x_step(desk.m, 499), 0);
  EXPECT_EQ(desk.heard(), "");
  EXPECT_EQ(m531x_step(desk.m, 1), 1);
  EXPECT_THAT(desk.heard(), HasSubstr("+HTTPNMIH:0,0,20"));
  EXPECT_EQ(m531x_advance(desk.m, 100), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n+HTTPNMIC:0,1,10,4,4\r\n0123\r\n");
  EXPECT_EQ(m531x_advance(desk.m, 200), M531X_OK);
  EXPECT_EQ(desk.heard(),
            "\r\n+HTTPNMIC:0,1,10,8,4\r\n4567\r\n\r\n+HTTPNMIC:0,0,10,10,2\r\n89\r\n");
}

TEST_F(LibraryServers, AnAnswerThatHasBegunGoesOnWithoutItsRoute) {
  serve({.body = "0123456789", .segment_bytes = 5, .gap_ms = 100, .close = 1});
  get("/");
  EXPECT_EQ(m531x_serve_nothing(desk.m), M531X_OK);
  EXPECT_EQ(m531x_advance(desk.m, 199), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n+HTTPNMIC:0,1,10,5,5\r\n01234\r\n");
  EXPECT_EQ(m531x_advance(desk.m, 1), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n+HTTPNMIC:0,0,10,10,5\r\n56789\r\n\r\n+HTTPDISCON:0\r\n")
      << "and ends as the route had it";
}

TEST_F(LibraryServers, SegmentsWaitForAHostThatDoesNotRead) {
  const std::string body(20'000, 'b');
  serve({.body = body.c_str(), .segment_bytes = 1, .close = 1});
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK);
  get("/");
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  std::string all;
  for (std::string part = desk.heard(); !part.empty(); part = desk.heard()) all += part;
  EXPECT_THAT(all, testing::EndsWith("+HTTPNMIC:0,0,20000,20000,1\r\nb\r\n\r\n+HTTPDISCON:0\r\n"));
  EXPECT_EQ(std::count(all.begin(), all.end(), 'b'), 20'000);
}

TEST_F(LibraryServers, AServerMayCloseBehindItsAnswer) {
  serve({.headers = "Connection: close\r\n", .body = "x", .close = 1});
  EXPECT_THAT(get("/"), HasSubstr("+HTTPDISCON:0"));
  EXPECT_THAT(get("/"), HasSubstr("CONNECT OK")) << "a new connection";
  EXPECT_TRUE(desk.no_event());
}

TEST_F(LibraryServers, HeadersAndStatusAreTheRoutes) {
  serve({.path = "/a", .status = 503, .headers = "Retry-After: 7\r\n"});
  const std::string heard = get("/a");
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,503"));
  EXPECT_THAT(heard, HasSubstr("Retry-After: 7\r\n"));
  serve({.path = "/b", .headers = "transfer-encoding: chunked\r\n", .body = "1\r\nx\r\n0\r\n\r\n"});
  EXPECT_THAT(get("/b"), HasSubstr("\r\nx\r\n")) << "framed by the route itself";
}

TEST_F(LibraryServers, HeadHasNoBody) {
  serve({.body = "12345"});
  EXPECT_THAT(desk.type(R"(AT+HTTPSEND=0,4,"/")"), HasSubstr("Content-Length: 5"));
  EXPECT_THAT(get("/"), HasSubstr("+HTTPNMIC:0,0,5,5,5")) << "the next one is in step";
}

TEST_F(LibraryServers, CertificatesAreGood) {
  serve({.body = "secure"});
  Desk other;
  other.set("model", "M5311");
  other.set("variant.echo", "false");
  other.on();
  const m531x_route route = {.body = "secure"};
  EXPECT_EQ(m531x_serve(other.m, &route), 1);
  other.type(R"(AT+HTTPCREATE="https://b.example/")");
  other.type(R"(AT+HTTPCFG=0,1,"x")");
  EXPECT_THAT(other.type(R"(AT+HTTPSEND=0,0,"/")"), HasSubstr("secure"));
  m531x_request got;
  EXPECT_EQ(m531x_next_request(other.m, &got), 1);
  EXPECT_EQ(got.tls, 1);
}

TEST_F(LibraryServers, NothingIsServedAnyMore) {
  serve({.path = "/", .body = "x"});
  EXPECT_THAT(get("/"), HasSubstr("\r\nx\r\n"));
  EXPECT_EQ(m531x_serve_nothing(desk.m), M531X_OK);
  EXPECT_THAT(get("/"), HasSubstr("404")) << "the connection stands";
  desk.type("AT+HTTPCLOSE=0");
  desk.get();
  desk.event(M531X_EVENT_CONNECT);
}

TEST_F(LibraryServers, ThereMayBeSoManyRoutes) {
  for (int count = 1; count <= M531X_MAX_ROUTES; ++count) {
    const m531x_route route = {.body = "x"};
    ASSERT_EQ(m531x_serve(desk.m, &route), count);
  }
  refuses({}, M531X_FULL, "m531x_serve_nothing() makes room");
  EXPECT_EQ(m531x_serve_nothing(desk.m), M531X_OK);
  serve({});
}

TEST_F(LibraryServers, TheNewestRequestsAreKept) {
  serve({.status = 204});
  for (int i = 0; i <= M531X_MAX_REQUESTS; ++i) get("/" + std::to_string(i));
  for (int i = 1; i <= M531X_MAX_REQUESTS; ++i) {
    ASSERT_EQ(request().target, "/" + std::to_string(i));
  }
  m531x_request none;
  EXPECT_EQ(m531x_next_request(desk.m, &none), 0);
}

TEST_F(LibraryServers, ARouteIsHeldToItsLimits) {
  refuses({.status = 99}, M531X_BAD_VALUE, "100 to 999");
  refuses({.status = 1'000}, M531X_BAD_VALUE, "100 to 999");
  serve({.status = 999});
  refuses({.headers = "A: b"}, M531X_BAD_VALUE, "CR LF");
  refuses({.status = 204, .body = "x"}, M531X_BAD_VALUE, "no body");
  refuses({.body_bytes = 1}, M531X_NULL_POINTER, "the route's body");
  const std::string most = "A: " + std::string(M531X_MAX_TEXT_BYTES - 5, 'b') + "\r\n";
  serve({.headers = most.c_str()});
  serve({.headers = most.substr(1).c_str()});
  refuses({.headers = ("A" + most).c_str()}, M531X_TOO_LONG, "the route's headers");
  refuses({.server = ("A" + most).c_str()}, M531X_TOO_LONG, "the route's server");
  refuses({.method = ("A" + most).c_str()}, M531X_TOO_LONG, "the route's method");
  refuses({.path = ("A" + most).c_str()}, M531X_TOO_LONG, "the route's path");
  const std::string body(M531X_SERVER_BUFFER_BYTES + 1, 'b');
  refuses({.body = body.data(), .body_bytes = body.size()}, M531X_TOO_LONG, "the route's body");
  serve({.body = body.data(), .body_bytes = body.size() - 2});
  serve({.body = body.data(), .body_bytes = body.size() - 1});
  std::string heard = get("/");
  std::ptrdiff_t count = 0;
  while (!heard.empty()) {
    count += std::count(heard.begin(), heard.end(), 'b');
    heard = desk.heard();
  }
  EXPECT_EQ(count, M531X_SERVER_BUFFER_BYTES) << "the largest one arrives";
}

TEST_F(LibraryServers, PowerOffEndsAnAnswer) {
  serve({.body = "late", .delay_ms = 1'000});
  get("/");
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  EXPECT_EQ(m531x_advance(desk.m, 2'000), M531X_OK);
  desk.on();
  EXPECT_EQ(desk.heard(), "");
  desk.type(R"(AT+HTTPCREATE="http://a.example/")");
  get("/");
  EXPECT_EQ(m531x_advance(desk.m, 1'000), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("late"));
}

}  // namespace
}  // namespace m531x::lib
