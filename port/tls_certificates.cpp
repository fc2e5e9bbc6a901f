// SPDX-License-Identifier: Apache-2.0
#include "port/tls_certificates.h"

#include <cstring>
#include <utility>

#include "sim/views.h"

namespace m531x::port {
namespace {

SecretBytes certificate_of(const sim::Modem& modem, const Action& action, Certificate which) {
  return SecretBytes(sim::all_views(
      [&](std::span<Bytes> views) { return modem.net_certificate(action, which, views); }));
}

}  // namespace

SecretBytes::SecretBytes(std::span<const Bytes> views) {
  std::size_t size = 0;
  for (const Bytes view : views) size += view.size();
  bytes_.reserve(size);  // what grows leaves copies behind
  for (const Bytes view : views) bytes_.insert(bytes_.end(), view.begin(), view.end());
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = std::move(other.bytes_);
  return *this;
}

void SecretBytes::wipe() {
  if (!bytes_.empty()) ::explicit_bzero(bytes_.data(), bytes_.size());
  bytes_.clear();
}

TlsCertificates certificates_of(const sim::Modem& modem, const Action& action) {
  return {.server_ca = certificate_of(modem, action, Certificate::server_ca),
          .client = certificate_of(modem, action, Certificate::client),
          .client_key = certificate_of(modem, action, Certificate::client_key)};
}

}  // namespace m531x::port
