// SPDX-License-Identifier: Apache-2.0
// Whom TLS connections trust and what they show of themselves: TLS 1.2 and 1.3 on OpenSSL, at its
// security level 2 (no RSA key under 2048 bits, no SHA-1).
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "port/tls_certificates.h"
#include "port/tls_options.h"

struct ssl_ctx_st;
struct x509_st;
struct x509_store_st;
struct X509_crl_st;

namespace m531x::port {

// Whom the program trusts, for all its modems.
class TlsTrust {
 public:
  // Reads the files. Throws UserError when one cannot be read, or has nothing of its kind in it.
  explicit TlsTrust(TlsOptions options);
  ~TlsTrust();
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;

  [[nodiscard]] bool verifies() const { return options_.verify; }

 private:
  friend class TlsContext;
  using Store = std::shared_ptr<x509_store_st>;
  // Whom those trust that have no server CA of their own; the system's store is read when it is
  // first asked for.
  const Store& store();
  // One of these, roots or not, with the lists of what is revoked.
  [[nodiscard]] Store make_store(std::span<const std::shared_ptr<x509_st>> trusted) const;

  TlsOptions options_;
  std::vector<std::shared_ptr<X509_crl_st>> revoked_;
  Store store_;
};

// What the connections of one instance have in common.
class TlsContext {
 public:
  // Null when `certificates` cannot be used; `why`, a static text, then says what is wrong.
  [[nodiscard]] static std::shared_ptr<TlsContext> make(TlsTrust& trust,
                                                        const TlsCertificates& certificates,
                                                        std::string_view& why);
  [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }
  [[nodiscard]] bool verifies() const { return verifies_; }

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  bool verifies_ = true;
};

}  // namespace m531x::port
