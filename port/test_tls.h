// SPDX-License-Identifier: Apache-2.0
// For unit tests: a self-signed certificate of "localhost", and a TLS server on a socket pair that
// moves bytes only when told to.
#pragma once

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include "m531x/ascii.h"
#include "m531x/bytes.h"
#include "port/unique_fd.h"

namespace m531x::port {

struct TestIdentity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;

  explicit TestIdentity(std::shared_ptr<EVP_PKEY> made = {EVP_EC_gen("P-256"), EVP_PKEY_free})
      : key(std::move(made)), certificate(X509_new(), X509_free) {
    X509* const x = certificate.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    const auto* const name = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_sign(x, key.get(), EVP_sha256());
  }

  [[nodiscard]] std::string certificate_pem() const {
    return text([this](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  }
  [[nodiscard]] std::string key_pem() const {
    return text([this](BIO* out) {
      PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  [[nodiscard]] std::string certificate_der() const {
    return text([this](BIO* out) { i2d_X509_bio(out, certificate.get()); });
  }
  [[nodiscard]] std::string key_der() const {
    return text([this](BIO* out) { i2d_PrivateKey_bio(out, key.get()); });
  }

 private:
  template <typename Write>
  static std::string text(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }
};

class TestTlsServer {
 public:
  TestTlsServer(const TestIdentity& identity, UniqueFd socket)
      : socket_(std::move(socket)), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    ssl_.reset(SSL_new(context_.get()), SSL_free);
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_accept_state(ssl_.get());
    SSL_set_app_data(ssl_.get(), this);
    SSL_CTX_set_keylog_callback(context_.get(), [](const SSL* ssl, const char* line) {
      static_cast<TestTlsServer*>(SSL_get_app_data(ssl))->keep_secret(line);
    });
  }
  TestTlsServer(const TestTlsServer&) = delete;
  TestTlsServer& operator=(const TestTlsServer&) = delete;

  [[nodiscard]] SSL* get() { return ssl_.get(); }
  // Takes at most `most` bytes from the socket; what plain text is there goes to `heard`.
  void receive(std::size_t most = 65536) {
    std::array<char, 65536> room;
    const ssize_t got =
        ::recv(socket_.get(), room.data(), std::min(most, room.size()), MSG_DONTWAIT);
    if (got > 0) BIO_write(in_, room.data(), static_cast<int>(got));
    ended = ended || got == 0;
    if (!SSL_is_init_finished(ssl_.get())) SSL_do_handshake(ssl_.get());
    int count = 0;
    while ((count = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()))) > 0) {
      heard.append(room.data(), static_cast<std::size_t>(count));
    }
  }
  // Each in a record of its own.
  void say(const std::string& text) {
    ASSERT_EQ(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
  }
  // Sends at most `most` bytes of what is to be sent.
  void send(std::size_t most = 1 << 20) {
    char* data = nullptr;
    const auto size = std::min(most, static_cast<std::size_t>(BIO_get_mem_data(out_, &data)));
    if (size == 0) return;
    std::string bytes(data, size);
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) BIO_read(out_, bytes.data(), static_cast<int>(sent));
  }
  // All that is to be sent, which then is not.
  std::string take() {
    char* data = nullptr;
    std::string bytes(static_cast<std::size_t>(BIO_get_mem_data(out_, &data)), '\0');
    BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }
  // Sends these bytes, whatever TLS has to say.
  void push(const std::string& bytes) {
    ASSERT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void close() { socket_ = UniqueFd(); }

  std::string heard;
  bool ended = false;  // the client's TCP connection
  std::string secret;  // of what it sends during a TLS 1.3 handshake

 private:
  void keep_secret(Bytes line) {
    if (!line.starts_with("SERVER_HANDSHAKE_TRAFFIC_SECRET ")) return;
    const Bytes digits = line.substr(line.rfind(' ') + 1);
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
      secret += static_cast<char>(hex_value(digits[at]) * 16 + hex_value(digits[at + 1]));
    }
  }

  UniqueFd socket_;
  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL> ssl_;
  BIO* in_ = BIO_new(BIO_s_mem());  // of ssl_
  BIO* out_ = BIO_new(BIO_s_mem());
};

}  // namespace m531x::port
