// SPDX-License-Identifier: Apache-2.0
#include "fleet/capacity.h"

#include <fmt/format.h>

#include <algorithm>

#include "m531x/pool.h"

namespace m531x::fleet {

std::vector<Bound> bounds_of(const Supply& supply) {
  const std::size_t taken = supply.descriptors_in_use + kSpareDescriptors;
  const std::size_t left =
      supply.descriptor_limit > taken ? supply.descriptor_limit - taken : std::size_t{0};
  const std::size_t modem_bytes = kBlocksPerModem * kBlockBytes;
  std::vector<Bound> bounds = {
      {"descriptors", left / supply.descriptors_per_modem,
       fmt::format("a limit of {}, {} in use or spare, {} for each modem; see ulimit -Hn",
                   supply.descriptor_limit, taken, supply.descriptors_per_modem)},
      {"local ports", supply.local_ports,
       fmt::format("{} for connections to one server; see ip_local_port_range",
                   supply.local_ports)},
      {"memory of the pool", static_cast<std::size_t>(supply.pool_bytes) / modem_bytes,
       fmt::format("{} bytes for each busy modem; see pool.bytes", modem_bytes)},
  };
  std::ranges::stable_sort(bounds, {}, &Bound::modems);
  return bounds;
}

std::string sentence_about(const Bound& first) {
  return fmt::format("{} bind first: {} modems ({})", first.name, first.modems, first.how);
}

}  // namespace m531x::fleet
