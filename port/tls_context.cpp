// SPDX-License-Identifier: Apache-2.0
#include "port/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "port/user_error.h"

namespace m531x::port {
namespace {

using X509Ptr = std::shared_ptr<X509>;
using CrlPtr = std::shared_ptr<X509_CRL>;
using KeyPtr = std::shared_ptr<EVP_PKEY>;
using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr int kSecurityLevel = 2;

// OpenSSL would ask the terminal.
int no_password(char*, int, int, void*) { return -1; }

BioPtr reader_of(Bytes bytes) {
  return {BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), BIO_free};
}

bool is_pem(Bytes bytes) { return bytes.find("-----BEGIN ") != Bytes::npos; }

// Whether each line of dashes (RFC 7468 2) begins or ends a text that can be read, of whatever
// kind: OpenSSL passes over a text whose first line is broken as if it were a comment.
bool is_whole_pem(Bytes bytes) {
  constexpr Bytes kDashes = "-----";
  std::size_t left = 0;
  for (auto at = bytes.find(kDashes); at != Bytes::npos; at = bytes.find(kDashes, at + 1)) {
    if (at == 0 || bytes[at - 1] == '\n') ++left;
  }
  const BioPtr reader = reader_of(bytes);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (left >= 2 && PEM_read_bio(reader.get(), &name, &header, &data, &size) == 1) {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    left -= 2;
  }
  ERR_clear_error();
  return left == 0;
}

// Calls `read_one` until there is no more. False: there is nothing, or something is broken.
template <typename Object, typename ReadOne>
bool read_pem(Bytes bytes, std::vector<std::shared_ptr<Object>>& objects, ReadOne read_one,
              void (*free)(Object*)) {
  if (!is_whole_pem(bytes)) return false;
  const BioPtr reader = reader_of(bytes);
  ERR_clear_error();
  while (Object* const object = read_one(reader.get(), nullptr, no_password, nullptr)) {
    objects.emplace_back(object, free);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return at_end && !objects.empty();
}

// PEM, one or several of them, or DER.
bool read_certificates(Bytes bytes, std::vector<X509Ptr>& certificates) {
  if (is_pem(bytes)) return read_pem<X509>(bytes, certificates, PEM_read_bio_X509, X509_free);
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  while (at != end) {
    X509* const certificate = d2i_X509(nullptr, &at, end - at);
    ERR_clear_error();
    if (certificate == nullptr) return false;
    certificates.emplace_back(certificate, X509_free);
  }
  return !certificates.empty();
}

KeyPtr read_key(Bytes bytes) {
  EVP_PKEY* key = nullptr;
  bool whole = true;
  if (is_pem(bytes)) {
    whole = is_whole_pem(bytes);
    key = PEM_read_bio_PrivateKey(reader_of(bytes).get(), nullptr, no_password, nullptr);
  } else {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = at + bytes.size();
    key = d2i_AutoPrivateKey(nullptr, &at, end - at);
    whole = at == end;
  }
  ERR_clear_error();
  KeyPtr read(key, EVP_PKEY_free);
  return whole ? read : nullptr;
}

// Of all that is wrong with the lists, forgives what concerns the one who is trusted by name: those
// above him, whose list would have him, need not be known.
int forgive_the_trusted(int good, X509_STORE_CTX* judged) {
  const int error = X509_STORE_CTX_get_error(judged);
  const int depth = X509_STORE_CTX_get_error_depth(judged);
  const bool is_trusted = depth > 0 && depth + 1 == sk_X509_num(X509_STORE_CTX_get0_chain(judged));
  const bool has_no_list = error == X509_V_ERR_UNABLE_TO_GET_CRL ||
                           error == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER ||
                           error == X509_V_ERR_CRL_SIGNATURE_FAILURE;
  if (good == 1 || !is_trusted || !has_no_list) return good;
  X509_STORE_CTX_set_error(judged, X509_V_OK);
  return 1;
}

std::string read_file(std::string_view setting, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  int error = file ? 0 : errno;
  if (error == 0) {
    try {
      text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    } catch (const std::ios_base::failure&) {
      error = errno;
    }
  }
  if (error == 0) return text;
  throw UserError(std::string(setting) + ": cannot read " + path + ": " + words_of(error));
}

// Shows `chain`, the first of which is the instance's own, to servers that ask. What is wrong, or
// nothing.
std::string_view use_client(SSL_CTX* context, Bytes chain, Bytes key_bytes) {
  if (chain.empty() != key_bytes.empty()) {
    return "a client certificate (type 2) and its key (type 3) go together";
  }
  if (chain.empty()) return {};
  std::vector<X509Ptr> certificates;
  if (!read_certificates(chain, certificates)) {
    return "the client certificate (type 2) is neither PEM nor DER";
  }
  const KeyPtr key = read_key(key_bytes);
  if (!key) return "the client key (type 3) is neither PEM nor DER, or has a password";
  if (X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    return "the client key (type 3) is not that of the certificate (type 2)";
  }
  bool ok = SSL_CTX_use_certificate(context, certificates.front().get()) == 1;
  for (std::size_t i = 1; ok && i < certificates.size(); ++i) {
    ok = SSL_CTX_add1_chain_cert(context, certificates[i].get()) == 1;
  }
  ok = ok && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
  return ok ? "" : "the client certificate (type 2) is too weak, or of a kind that TLS has not";
}

}  // namespace

TlsTrust::TlsTrust(TlsOptions options) : options_(std::move(options)) {
  if (const std::string& path = options_.crl_file; !path.empty()) {
    const std::string text = read_file("tls.crl_file", path);
    if (!read_pem<X509_CRL>(text, revoked_, PEM_read_bio_X509_CRL, X509_CRL_free)) {
      throw UserError("tls.crl_file: " + path + " is not a PEM file of revocation lists");
    }
  }
  if (const std::string& path = options_.ca_file; !path.empty()) {
    std::vector<X509Ptr> trusted;
    if (!read_certificates(read_file("tls.ca_file", path), trusted)) {
      throw UserError("tls.ca_file: " + path + " is not a file of certificates");
    }
    store_ = make_store(trusted);
  }
}

TlsTrust::~TlsTrust() = default;

TlsTrust::Store TlsTrust::make_store(std::span<const X509Ptr> trusted) const {
  Store store(X509_STORE_new(), X509_STORE_free);
  for (const X509Ptr& each : trusted) X509_STORE_add_cert(store.get(), each.get());
  if (!trusted.empty()) X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  if (revoked_.empty()) return store;
  for (const CrlPtr& list : revoked_) X509_STORE_add_crl(store.get(), list.get());
  X509_STORE_set_flags(store.get(), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  X509_STORE_set_verify_cb(store.get(), forgive_the_trusted);
  return store;
}

const TlsTrust::Store& TlsTrust::store() {
  if (!store_) {
    store_ = make_store({});
    X509_STORE_set_default_paths(store_.get());
    ERR_clear_error();  // a system without certificates trusts nobody
  }
  return store_;
}

std::shared_ptr<TlsContext> TlsContext::make(TlsTrust& trust, const TlsCertificates& certificates,
                                             std::string_view& why) {
  ERR_clear_error();
  auto made = std::make_shared<TlsContext>();
  made->context_.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  made->verifies_ = trust.verifies();
  SSL_CTX* const context = made->get();
  why = "no memory for TLS";
  if (context == nullptr) return nullptr;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_security_level(context, kSecurityLevel);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context, trust.verifies() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (certificates.server_ca.empty()) {
    SSL_CTX_set1_cert_store(context, trust.store().get());
  } else {
    std::vector<X509Ptr> trusted;
    why = "the server CA (type 1) is neither PEM nor DER";
    if (!read_certificates(certificates.server_ca.view(), trusted)) return nullptr;
    SSL_CTX_set1_cert_store(context, trust.make_store(trusted).get());
  }
  why = use_client(context, certificates.client.view(), certificates.client_key.view());
  ERR_clear_error();
  return why.empty() ? made : nullptr;
}

}  // namespace m531x::port
