// SPDX-License-Identifier: Apache-2.0
#include "port/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace m531x::port {
namespace {

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

// Whom the certificate has to be of. False: no certificate can be of that.
bool expect_host(SSL* ssl, std::string host) {
  if (is_address(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  // The dot of an absolute name is not in certificates.
  if (host.ends_with('.')) host.pop_back();
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

std::string_view words_of_version(int version, bool verified) {
  if (version == TLS1_3_VERSION) {
    return verified ? "TLS 1.3" : "TLS 1.3, certificate not verified";
  }
  return verified ? "TLS 1.2" : "TLS 1.2, certificate not verified";
}

// The first bytes of `views`, as many as one record takes.
SecretBytes first_record(std::span<const Bytes> views) {
  std::vector<Bytes> parts;
  std::size_t room = SSL3_RT_MAX_PLAIN_LENGTH;
  for (const Bytes view : views) {
    parts.push_back(view.substr(0, room));
    room -= parts.back().size();
  }
  return SecretBytes(parts);
}

}  // namespace

TlsStream::TlsStream(EventLoop& loop, UniqueFd socket, const TlsContext& context,
                     const std::string& host)
    : ByteStream(loop, std::move(socket)),
      ssl_(SSL_new(context.get()), SSL_free),
      verifies_(context.verifies()) {
  if (ssl_ && (SSL_set_fd(ssl_.get(), input_fd()) != 1 || !expect_host(ssl_.get(), host))) {
    ssl_.reset();
  }
}

void TlsStream::handshake(Done done) {
  done_ = std::move(done);
  words_ = "no memory for TLS, or no certificate can be of that host";
  if (!ssl_) return finish(false);
  go_on();
}

void TlsStream::go_on() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_connect(ssl_.get());
  if (result == 1) {
    words_ = words_of_version(SSL_version(ssl_.get()), verifies_);
    return finish(true);
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) {
    wait_readable([this] { go_on(); });
  } else if (error == SSL_ERROR_WANT_WRITE) {
    wait_writable([this] { go_on(); });
  } else {
    fail(error);
    finish(false);
  }
}

void TlsStream::finish(bool stands) {
  stands_ = stands;
  set_may_read(stands);
  if (const Done done = std::exchange(done_, nullptr)) done(stands);
}

// Reads on as a socket does: until `room` is full or no more is there.
ByteStream::Result TlsStream::read(std::span<char> room) {
  if (end_) return *end_;
  std::size_t total = 0;
  while (total < room.size()) {
    ERR_clear_error();
    errno = 0;
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), room.data() + total, room.size() - total, &count);
    total += count;
    if (result == 1) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      const Result nothing = blocked(error, true);
      return total > 0 ? Result{.byte_count = total} : nothing;
    }
    end_ = error == SSL_ERROR_ZERO_RETURN ? Result{.ended = true} : fail(error);
    set_may_read(true);
    if (total == 0) return *end_;
    break;
  }
  return {.byte_count = total};
}

ByteStream::Result TlsStream::write(std::span<const Bytes> views) {
  if (broken_) return {.error = EPIPE};
  if (record_.empty()) record_ = first_record(views.first(std::min(views.size(), kMostViews)));
  if (record_.empty()) return {};
  ERR_clear_error();
  errno = 0;
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), record_.view().data(), record_.view().size(), &count);
  if (result != 1) {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return blocked(error, false);
    record_.wipe();
    return fail(error);
  }
  record_.wipe();
  return {.byte_count = count};
}

ByteStream::Result TlsStream::blocked(int ssl_error, bool reading) {
  const bool wants_write = ssl_error == SSL_ERROR_WANT_WRITE;
  if (reading) {
    set_may_read(false, wants_write);
  } else {
    set_may_write(false, wants_write);
  }
  return {.blocked = true};
}

// Nothing passes any more: the end of a TCP connection without the end of TLS before it is a
// truncation (RFC 8446 6.1), an alert ends the connection.
ByteStream::Result TlsStream::fail(int ssl_error) {
  const int system_error = errno;
  broken_ = true;
  words_ = words_of_failure(ssl_error, system_error);
  const bool is_system = ssl_error == SSL_ERROR_SYSCALL && system_error != 0;
  return {.error = is_system ? system_error : ECONNRESET};
}

std::string_view TlsStream::words_of_failure(int ssl_error, int system_error) const {
  const long verified = SSL_get_verify_result(ssl_.get());
  if (!stands_ && verifies_ && verified != X509_V_OK) {
    return X509_verify_cert_error_string(verified);
  }
  const unsigned long error = ERR_peek_error();
  if (ssl_error == SSL_ERROR_SYSCALL) {
    const bool was_reset = system_error == ECONNRESET || system_error == EPIPE;
    return was_reset ? "the TCP connection was reset" : "the TCP connection failed";
  }
  if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return "the TCP connection ended before TLS did";
  }
  const char* const words = ERR_reason_error_string(error);
  return words == nullptr ? "TLS failed" : words;
}

// One attempt: where it does not go at once, the far end does not read.
void TlsStream::finish_writing() {
  if (!stands_ || broken_ || closed() || !record_.empty()) return;
  broken_ = true;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsStream::close() {
  finish_writing();
  done_ = nullptr;
  record_.wipe();
  ByteStream::close();
}

}  // namespace m531x::port
