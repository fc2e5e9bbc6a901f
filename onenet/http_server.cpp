// SPDX-License-Identifier: Apache-2.0
#include "onenet/http_server.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <utility>

#include "port/tcp_listener.h"

namespace m531x::onenet {
// What of the request decides how it is answered.
struct Asker {
  bool wants_content = true;  // else HEAD
  bool knows_chunks = true;   // else HTTP/1.0
};

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kDrainBytes = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";  // RFC 9110 10.1.1

// IMF-fixdate (RFC 9110 5.6.7), in English whatever the locale is.
std::string date_now() {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[parts.tm_wday],
                parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text;
}

Method method_of(http::verb verb) {
  if (verb == http::verb::get || verb == http::verb::head) return Method::get;
  if (verb == http::verb::post) return Method::post;
  if (verb == http::verb::delete_) return Method::del;
  return Method::other;
}

using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

// The fields in the order of the manual's answers, and no other.
Response response_of(const ApiAnswer& answer, const Asker& asker) {
  Response response;
  response.version(11);
  response.result(answer.status);
  response.set("Date", date_now());
  if (answer.form == Form::chunked) {
    response.set("Content-Type", "application/json;charset=UTF-8");
    if (asker.knows_chunks) response.set("Transfer-Encoding", "chunked");
    response.set("Connection", "close");
  } else {
    response.set("Content-Type", "application/json");
    response.set("Content-Length", std::to_string(answer.body.size()));
    response.set("Connection", "keep-alive");
    response.set("Server", "Apache-Coyote/1.1");
  }
  response.set("Pragma", "no-cache");
  if (asker.wants_content) response.body() = answer.body;
  return response;
}

ApiAnswer refusal(std::string_view words, unsigned status) {
  ApiAnswer answer = answer_of(ApiError::bad_parameter, Form::counted, words);
  answer.status = status;
  return answer;
}

// With one space where there may be more. Beast's own limit leaves out some bytes of each line.
std::size_t header_bytes_of(const http::request<http::string_body>& request) {
  constexpr std::string_view kRestOfFirstLine = "  HTTP/1.1\r\n";
  constexpr std::string_view kRestOfField = ": \r\n";
  constexpr std::string_view kEnd = "\r\n";
  std::size_t size = request.method_string().size() + request.target().size() +
                     kRestOfFirstLine.size() + kEnd.size();
  for (const auto& field : request) {
    size += field.name_string().size() + field.value().size() + kRestOfField.size();
  }
  return size;
}

// What a request that cannot be read is answered.
ApiAnswer refusal_of(const error_code& error) {
  if (error == http::error::body_limit) return refusal("the body is too long", 413);
  if (error == http::error::header_limit) return refusal("the header is too long", 431);
  return refusal("the request is no HTTP", 400);
}

bool is_of_syntax(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

// One client: a request, its answer, the next request.
class HttpServer::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(HttpServer& server, tcp::socket socket)
      : server_(server.alive_), times_(server.times_), stream_(std::move(socket)) {}
  // What may be thrown is for want of memory.
  ~Connection() {  // NOLINT(bugprone-exception-escape)
    if (const auto server = server_.lock()) (*server)->ended();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(kMaxHttpHeaderBytes);
    parser_->body_limit(kMaxHttpBodyBytes);
    keeps_ = false;
    asker_ = {};
    stream_.expires_after(times_.silence);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error) return self->failed(error);
                              self->has_header();
                            });
  }

 private:
  void failed(const error_code& error) {
    stream_.expires_never();
    if (is_of_syntax(error)) write(refusal_of(error));
  }

  void has_header() {
    const auto& request = parser_->get();
    asker_ = {.wants_content = request.method() != http::verb::head,
              .knows_chunks = request.version() > 10};
    if (header_bytes_of(request) > kMaxHttpHeaderBytes) {
      return write(refusal_of(http::make_error_code(http::error::header_limit)));
    }
    if (request.version() > 10 && request.count(http::field::host) != 1) {
      return write(refusal("the request has not one Host", 400));
    }
    const bool waits = request.version() > 10 &&
                       beast::iequals(request[http::field::expect], "100-continue") &&
                       !parser_->is_done();
    if (!waits) return read_body();
    boost::asio::async_write(stream_, boost::asio::buffer(kContinue),
                             [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (!error) self->read_body();
                             });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (error) return self->failed(error);
                       self->received();
                     });
  }

  void received() {
    stream_.expires_never();
    const auto server = server_.lock();
    if (!server) return;
    const auto& request = parser_->get();
    keeps_ = request.keep_alive();
    ++(*server)->open_count_;
    is_open_ = true;
    (*server)->asked_(
        {.method = method_of(request.method()),
         .target = request.target(),
         .key = request["api-key"],
         .body = request.body()},
        [self = shared_from_this()](const ApiAnswer& answer) { self->write(answer); });
  }

  void write(const ApiAnswer& answer) {
    response_ = response_of(answer, asker_);
    keeps_ = keeps_ && answer.form == Form::counted;
    stream_.expires_after(times_.silence);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        self->answered();
                        if (!error && self->keeps_) return self->read();
                        self->close();
                      });
  }

  void answered() {
    if (!std::exchange(is_open_, false)) return;
    if (const auto server = server_.lock()) (*server)->answered();
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    drain(std::chrono::steady_clock::now() + times_.farewell);
  }
  // While the client is still sending, closing would reset the connection, and the answer would be
  // lost. The stream's own time does not come while there is always something to read.
  void drain(std::chrono::steady_clock::time_point until) {
    stream_.expires_at(until);
    buffer_.clear();
    stream_.async_read_some(
        buffer_.prepare(kDrainBytes),
        [self = shared_from_this(), until](const error_code& error, std::size_t) {
          if (!error && std::chrono::steady_clock::now() < until) self->drain(until);
        });
  }

  std::weak_ptr<HttpServer*> server_;
  const HttpTimes times_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kMaxHttpHeaderBytes + kMaxHttpBodyBytes};
  std::unique_ptr<Parser> parser_;  // of the present request
  Response response_;
  Asker asker_;
  bool keeps_ = false;
  bool is_open_ = false;  // asked, and not answered
};

HttpServer::HttpServer(port::EventLoop& loop, const tcp::endpoint& at, Asked asked, HttpTimes times)
    : acceptor_(loop.context()),
      asked_(std::move(asked)),
      times_(times),
      end_timer_(loop.context()) {
  port::listen(acceptor_, at, "--http");
  accept_next();
}

void HttpServer::accept_next() {
  accepting_ = connection_count_ < kMaxHttpConnections;
  if (!accepting_) return;
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error == boost::asio::error::no_descriptors) {
      accepting_ = false;
      return;
    }
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      ++connection_count_;
      std::make_shared<Connection>(*this, std::move(socket))->read();
    }
    accept_next();
  });
}

void HttpServer::ended() {
  --connection_count_;
  if (!accepting_ && acceptor_.is_open()) accept_next();
}

void HttpServer::answered() {
  if (--open_count_ == 0 && when_answered_) when_answered_();
}

void HttpServer::end(std::chrono::milliseconds within, std::function<void()> ended) {
  error_code ignored;
  acceptor_.close(ignored);
  if (open_count_ == 0) return ended();
  when_answered_ = ended;
  end_timer_.expires_after(within);
  end_timer_.async_wait([ended = std::move(ended)](const error_code& error) {
    if (!error) ended();
  });
}

}  // namespace m531x::onenet
