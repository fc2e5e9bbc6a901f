// SPDX-License-Identifier: Apache-2.0
#include "port/net_options.h"

#include <net/if.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace m531x::port {
namespace {

constexpr unsigned kMaxPort = 65'535;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= kMaxPort;
}

}  // namespace

bool is_dns_server(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = std::min(text.find(bracketed ? ']' : ':'), text.size());
  const std::string host(text.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0)));
  std::string_view rest = text.substr(end);
  if (bracketed) {
    if (rest.empty()) return false;
    rest.remove_prefix(1);
  }
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) return false;
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

bool is_interface_name(std::string_view text) {
  return !text.empty() && text.size() < IFNAMSIZ && text != "." && text != ".." &&
         std::ranges::none_of(text,
                              [](char c) { return c <= ' ' || c > '~' || c == '/' || c == ':'; });
}

}  // namespace m531x::port
