// SPDX-License-Identifier: Apache-2.0
#include "port/tcp_listener.h"

#include <netinet/tcp.h>
#include <boost/asio/ip/v6_only.hpp>
#include <charconv>
#include <sstream>

#include "port/user_error.h"

namespace m531x::port {
namespace {

namespace ip = boost::asio::ip;

[[noreturn]] void fail(std::string_view option, std::string_view text, const std::string& why) {
  throw UserError(std::string(option) + " " + std::string(text) + ": " + why);
}

}  // namespace

TcpEndpoint parse_endpoint(std::string_view text, std::string_view option) {
  std::string_view host = "127.0.0.1";
  std::string_view port = text;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    if (colon > 0) host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);

  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) {
    fail(option, text, "the port must be a number from 0 to 65535");
  }
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code not_an_address;
  const auto address = ip::make_address(std::string(host), not_an_address);
  if (not_an_address || address.is_v6() != bracketed) {
    fail(option, text, "the address must be an IPv4 address or an IPv6 address in brackets");
  }
  return {address, number};
}

void listen(ip::tcp::acceptor& acceptor, const TcpEndpoint& at, std::string_view option) {
  boost::system::error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error && at.address().is_v6()) acceptor.set_option(ip::v6_only(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) return;
  std::ostringstream place;
  place << at;
  fail(option, place.str(), "cannot listen there: " + words_of(error.value()));
}

TcpListener::TcpListener(EventLoop& loop, const TcpEndpoint& at, Accepted accepted)
    : acceptor_(loop.context()), accepted_(std::move(accepted)) {
  listen(acceptor_, at, "--tcp");
  accept_next();
}

void TcpListener::resume() {
  if (std::exchange(paused_, false)) accept_next();
}

void TcpListener::accept_next() {
  acceptor_.async_accept([this](boost::system::error_code error, ip::tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error == boost::asio::error::no_descriptors) {
      paused_ = true;
      return;
    }
    if (!error) {
      boost::system::error_code ignored;
      socket.set_option(ip::tcp::no_delay(true), ignored);
      accepted_(UniqueFd(socket.release(ignored)));
    }
    accept_next();
  });
}

}  // namespace m531x::port
