// SPDX-License-Identifier: Apache-2.0
// A server that gives up at each step of a TLS 1.3 handshake, as RFC 8446 has it: its alert is
// encrypted like the messages before it.
#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <chrono>
#include <cstring>
#include <vector>

#include "port/test_tls.h"
#include "port/tls_stream.h"

namespace m531x::port {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kTagBytes = 16;
constexpr char kEncrypted = 23;

// HKDF-Expand-Label (RFC 8446 7.1) with SHA-256 and an empty context.
std::string expanded(const std::string& secret, const char* label, std::size_t size) {
  EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "TLS13-KDF", nullptr);
  EVP_KDF_CTX* const context = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  const auto text = [](const char* name, const void* data, std::size_t length) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(data), length);
  };
  const std::array<OSSL_PARAM, 6> parameters = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
      text(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
      text(OSSL_KDF_PARAM_PREFIX, "tls13 ", 6),
      text(OSSL_KDF_PARAM_LABEL, label, std::strlen(label)),
      OSSL_PARAM_construct_end()};
  std::string out(size, '\0');
  EXPECT_EQ(EVP_KDF_derive(context, reinterpret_cast<unsigned char*>(out.data()), size,
                           parameters.data()),
            1);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
  return out;
}

// A fatal alert as the record of that number (RFC 8446 5.2, 5.3), with TLS_AES_128_GCM_SHA256.
std::string encrypted_alert(const std::string& secret, char description, std::size_t number) {
  const std::string plain = {2, description, 21};
  std::string record = {kEncrypted, 3, 3, 0, static_cast<char>(plain.size() + kTagBytes)};
  const std::string key = expanded(secret, "key", 16);
  std::string nonce = expanded(secret, "iv", 12);
  nonce.back() = static_cast<char>(nonce.back() ^ static_cast<char>(number));
  std::string sealed(plain.size() + kTagBytes, '\0');
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
  int size = 0;
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nullptr, bytes(key), bytes(nonce));
  EVP_EncryptUpdate(context, nullptr, &size, bytes(record), static_cast<int>(record.size()));
  EVP_EncryptUpdate(context, out, &size, bytes(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context, out + size, &size);
  EXPECT_EQ(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTagBytes, out + plain.size()), 1);
  EVP_CIPHER_CTX_free(context);
  return record + sealed;
}

std::vector<std::string> records_of(Bytes flight) {
  std::vector<std::string> records;
  while (flight.size() >= kHeadBytes) {
    const std::size_t size = kHeadBytes + std::size_t{256} * static_cast<unsigned char>(flight[3]) +
                             static_cast<unsigned char>(flight[4]);
    records.emplace_back(flight.substr(0, size));
    flight.remove_prefix(std::min(size, flight.size()));
  }
  return records;
}

// How many encrypted records come before the alert: EncryptedExtensions, Certificate,
// CertificateVerify, Finished.
class TlsAlertTest : public testing::TestWithParam<std::size_t> {};

TEST_P(TlsAlertTest, EndsTheHandshake) {
  EventLoop loop;
  const TestIdentity identity;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  TestTlsServer server(identity, UniqueFd(ends[1]));
  ASSERT_EQ(SSL_set_ciphersuites(server.get(), "TLS_AES_128_GCM_SHA256"), 1);
  TlsTrust trust{{}};
  TlsCertificates certificates;
  certificates.server_ca = SecretBytes(identity.certificate_pem());
  std::string_view why;
  const auto context = TlsContext::make(trust, certificates, why);
  ASSERT_TRUE(context) << why;
  const auto stream = std::make_shared<TlsStream>(loop, UniqueFd(ends[0]), *context, "localhost");

  std::optional<bool> stands;
  stream->handshake([&](bool end) { stands = end; });
  server.receive();
  const auto records = records_of(server.take());
  ASSERT_FALSE(server.secret.empty());
  std::size_t encrypted_count = 0;
  for (const std::string& record : records) {
    if (record.front() == kEncrypted && encrypted_count++ == GetParam()) break;
    server.push(record);
    EXPECT_FALSE(stands);
  }
  ASSERT_EQ(encrypted_count, GetParam() + 1) << "the server's flight has other records";
  server.push(encrypted_alert(server.secret, SSL_AD_INTERNAL_ERROR, GetParam()));
  loop.context().run_for(std::chrono::seconds(20));
  EXPECT_EQ(stands, false);
  EXPECT_EQ(stream->words(), "tlsv1 alert internal error");
  stream->close();
}

INSTANTIATE_TEST_SUITE_P(EachStep, TlsAlertTest, testing::Range(std::size_t{0}, std::size_t{4}));

}  // namespace
}  // namespace m531x::port
