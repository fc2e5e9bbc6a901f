// SPDX-License-Identifier: Apache-2.0
// A TLS connection over a socket that is connected, never blocking: the plain text is what is read
// and written.
#pragma once

#include <string>
#include <string_view>

#include "port/byte_stream.h"
#include "port/tls_context.h"

struct ssl_st;

namespace m531x::port {

// A write that was `blocked` has kept its bytes: the next one has to begin with the same bytes, and
// goes on with those alone.
class TlsStream : public ByteStream {
 public:
  // `host` is whom the certificate has to be of: a name, which the server is told (SNI, RFC 6066
  // 3), or an address.
  TlsStream(EventLoop& loop, UniqueFd socket, const TlsContext& context, const std::string& host);

  // Calls `done` once, perhaps before this returns, with whether the connection stands: then it
  // may be read and written. There is no time limit; close() gives it up, and nobody is called.
  using Done = std::function<void(bool stands)>;
  void handshake(Done done);

  Result read(std::span<char> room) override;
  Result write(std::span<const Bytes> views) override;
  void finish_writing() override;
  void close() override;
  // Static text: why the handshake or the connection failed, or what stands.
  [[nodiscard]] std::string_view words() const override { return words_; }

 private:
  void go_on();
  void finish(bool stands);
  std::string_view words_of_failure(int ssl_error, int system_error) const;
  Result blocked(int ssl_error, bool reading);
  Result fail(int ssl_error);

  std::shared_ptr<ssl_st> ssl_;
  bool verifies_;
  Done done_;
  std::string_view words_;
  bool stands_ = false;
  bool broken_ = false;        // nothing more may be written, not even the end
  std::optional<Result> end_;  // what every further read gives
  SecretBytes record_;         // what is being written
};

}  // namespace m531x::port
