// SPDX-License-Identifier: Apache-2.0
// The settings tls.*: whom the program trusts.
#pragma once

#include <string>

namespace m531x::port {

struct TlsOptions {
  std::string ca_file;   // PEM: these alone are trusted; empty = the system's store
  std::string crl_file;  // PEM: what their owners have revoked; empty = nobody asks
  bool verify = true;
};

}  // namespace m531x::port
