// SPDX-License-Identifier: Apache-2.0
#include "port/coap_address.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <cstring>
#include <memory>

namespace m531x::port {
namespace {

coap_address_t copy_of(const sockaddr* address, socklen_t size) {
  coap_address_t copy;
  coap_address_init(&copy);
  copy.size = size;
  std::memcpy(&copy.addr, address, size);
  return copy;
}

}  // namespace

coap_address_t coap_address_of(const Address& address) {
  return copy_of(address.get(), address.size);
}

std::optional<coap_address_t> address_of_interface(const std::string& interface,
                                                   sa_family_t family) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, ::freeifaddrs);
  for (const ifaddrs* one = first; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != family) continue;
    if (interface != one->ifa_name || (one->ifa_flags & IFF_UP) == 0) continue;
    return copy_of(one->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  }
  return std::nullopt;
}

}  // namespace m531x::port
