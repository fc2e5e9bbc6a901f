// SPDX-License-Identifier: Apache-2.0
// One attempt to connect to a server: looks the name up, tries its addresses in turn, and brings
// TLS up on the first that answers.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "port/byte_stream.h"
#include "port/lookup.h"
#include "port/tls_context.h"

namespace m531x::port {

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  // `stream` is the connection, or null: then `why` says what went wrong with the last address.
  // `words`, static text, is what TLS says of either.
  using Done =
      std::function<void(std::shared_ptr<ByteStream> stream, Cause why, std::string_view words)>;

  Connector(EventLoop& loop, Done done);
  // Calls `done` once, never before this returns. There is no time limit but the system's own for
  // the last address; the modem has one.
  void start(const std::string& host, std::uint16_t port,
             std::shared_ptr<TlsContext> tls = nullptr);
  // Gives the attempt up; `done` is not called any more.
  void cancel();

 private:
  void try_next();
  // Opens a socket to `address`; the errno value when that fails at once, or 0.
  int open_socket(const Address& address);
  void attempt_ended();
  void failed(Cause why);
  void handshake(UniqueFd socket);
  void finish(std::shared_ptr<ByteStream> stream, Cause why, std::string_view words = {});

  EventLoop& loop_;
  Done done_;
  std::string host_;
  std::shared_ptr<TlsContext> tls_;
  std::optional<Lookup> lookup_;
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  std::shared_ptr<ByteStream> stream_;
  boost::asio::steady_timer patience_;
  Cause why_ = Cause::no_route;
};

}  // namespace m531x::port
