// SPDX-License-Identifier: Apache-2.0
#include "port/page_server.h"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace m531x::port {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ip = boost::asio::ip;

}  // namespace

// One request and its answer.
class PageServer::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(ip::tcp::socket socket, std::shared_ptr<const Page> page)
      : stream_(std::move(socket)), page_(std::move(page)), buffer_(kMaxRequestBytes) {
    parser_.header_limit(kMaxRequestBytes);
    parser_.body_limit(0);
  }

  void start() {
    stream_.expires_after(page_->patience);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const auto& request = parser_.get();
    const std::string_view target(request.target().data(), request.target().size());
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    answer_.version(request.version());
    answer_.keep_alive(false);
    if (!reads) {
      answer_.result(http::status::method_not_allowed);
      answer_.set(http::field::allow, "GET, HEAD");
    } else if (target.substr(0, target.find('?')) != page_->path) {
      answer_.result(http::status::not_found);
      answer_.body() = page_->path + "\n";
    } else {
      answer_.set(http::field::content_type, page_->type);
      answer_.body() = page_->text();
    }
    answer_.prepare_payload();
    if (request.method() == http::verb::head) answer_.body().clear();
    stream_.expires_after(page_->patience);
    http::async_write(stream_, answer_,
                      [self = shared_from_this()](beast::error_code, std::size_t) {
                        beast::error_code ignored;
                        self->stream_.socket().shutdown(ip::tcp::socket::shutdown_send, ignored);
                      });
  }

  beast::tcp_stream stream_;
  std::shared_ptr<const Page> page_;
  beast::flat_buffer buffer_;
  http::request_parser<http::string_body> parser_;
  http::response<http::string_body> answer_;
};

PageServer::PageServer(EventLoop& loop, const TcpEndpoint& at, std::string_view option, Page page)
    : acceptor_(loop.context()),
      retry_(loop.context()),
      page_(std::make_shared<const Page>(std::move(page))) {
  listen(acceptor_, at, option);
  accept_next();
}

PageServer::~PageServer() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

void PageServer::accept_next() {
  acceptor_.async_accept([this](boost::system::error_code error, ip::tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    // The page and each client hold one.
    if (!error && static_cast<std::size_t>(page_.use_count()) <= kMaxClients) {
      std::make_shared<Client>(std::move(socket), page_)->start();
    }
    if (error && error != boost::asio::error::connection_aborted) return accept_later();
    accept_next();
  });
}

// There is no descriptor, or no memory: who has called waits in the system's queue.
void PageServer::accept_later() {
  retry_.expires_after(kRetry);
  retry_.async_wait([this](boost::system::error_code error) {
    if (!error) accept_next();
  });
}

}  // namespace m531x::port
