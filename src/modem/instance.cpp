// SPDX-License-Identifier: Apache-2.0
#include "modem/instance.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace m531x::modem {

bool Address::store(const Block* in, std::span<const Bytes> parts) {
  home = in;
  std::size_t total = 0;
  for (const Bytes part : parts) total += part.size();
  if (total > kShortBytes) {
    return std::ranges::all_of(parts, [this](Bytes part) { return long_bytes.append(part); });
  }
  for (const Bytes part : parts) {
    std::ranges::copy(part, short_bytes.begin() + short_size);
    short_size = static_cast<std::uint8_t>(short_size + part.size());
  }
  return true;
}

void Address::take(Address& other, const Block* in) {
  *this = std::move(other);
  home = in;
}

mem::ChainView Address::bytes() const {
  if (short_size == 0) return long_bytes.view();
  return {home, static_cast<std::uint32_t>(short_bytes.data() - home->data), short_size};
}

bool Response::store(Bytes slice) {
  const auto size = static_cast<std::uint16_t>(slice.size());
  std::array<char, sizeof size> size_bytes;
  std::memcpy(size_bytes.data(), &size, sizeof size);
  mem::Rollback rollback(received);
  if (!received.append(size_bytes) || !received.append(slice)) return false;
  rollback.keep();
  return true;
}

bool Response::store_fresh(std::size_t slice_bytes) {
  Bytes rest = std::exchange(fresh, {});
  if (in_slice) {
    if (!received.append(mem::first(rest, slice_left))) return false;
    rest.remove_prefix(slice_left);
  }
  while (!rest.empty()) {
    const Bytes slice = mem::first(rest, slice_bytes);
    if (!store(slice)) return false;
    rest.remove_prefix(slice.size());
  }
  return true;
}

}  // namespace m531x::modem
