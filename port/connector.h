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
#include "port/net_options.h"
#include "port/tls_context.h"

namespace m531x::port {

// How long one address may keep the others waiting, when so much time is left for so many.
[[nodiscard]] Millis patience(Millis left, std::size_t address_count);

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  // `stream` is the connection, or null: then `why` says what went wrong with the name or the last
  // address. `words`, static text, is what TLS says of either, or c-ares of the name.
  using Done =
      std::function<void(std::shared_ptr<ByteStream> stream, Cause why, std::string_view words)>;

  // An address did not do.
  using Tried = std::function<void(const Address& address, Cause why)>;

  // The attempt will be given up after `time`; that is the modem's to do. The name has the first
  // half of it, each address a share of what is left.
  Connector(EventLoop& loop, NetOptions options, Millis time, Done done, Tried tried = nullptr);
  // Calls `done` once, never before this returns.
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
  NetOptions options_;
  Millis ends_;
  Tried tried_;
  std::optional<Lookup> lookup_;
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  std::shared_ptr<ByteStream> stream_;
  boost::asio::steady_timer patience_;
  Cause why_ = Cause::no_route;
};

}  // namespace m531x::port
