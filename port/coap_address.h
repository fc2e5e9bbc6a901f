// SPDX-License-Identifier: Apache-2.0
// Addresses as libcoap writes them.
#pragma once

#include <coap3/coap.h>

#include <optional>
#include <string>

#include "port/lookup.h"

namespace m531x::port {

[[nodiscard]] coap_address_t coap_address_of(const Address& address);
// An address of that network interface of this machine, with any port; nullopt when it has none of
// that family, or is down.
[[nodiscard]] std::optional<coap_address_t> address_of_interface(const std::string& interface,
                                                                 sa_family_t family);

}  // namespace m531x::port
