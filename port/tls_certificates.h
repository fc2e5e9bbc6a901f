// SPDX-License-Identifier: Apache-2.0
// What an https instance has of its own (HTTPCFG types 1-3), in one piece each and wiped after use.
#pragma once

#include <vector>

#include "sim/modem.h"

namespace m531x::port {

// Bytes that are wiped when they go. Move-only.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::span<const Bytes> views);
  explicit SecretBytes(Bytes bytes) : SecretBytes(std::span(&bytes, 1)) {}
  SecretBytes(SecretBytes&&) noexcept = default;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes() { wipe(); }

  [[nodiscard]] Bytes view() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  void wipe();

 private:
  std::vector<char> bytes_;
};

// Empty = the instance has none.
struct TlsCertificates {
  SecretBytes server_ca;
  SecretBytes client;
  SecretBytes client_key;
};

// What `action` of the modem, a connect or a check, comes with. To be called when it is taken.
[[nodiscard]] TlsCertificates certificates_of(const sim::Modem& modem, const Action& action);

}  // namespace m531x::port
