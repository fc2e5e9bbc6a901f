// SPDX-License-Identifier: Apache-2.0
#include "app/mask_lwm2m.h"

#include <algorithm>
#include <array>

#include "app/mask.h"
#include "lwm2m/configuration.h"
#include "lwm2m/path.h"
#include "lwm2m/tlv.h"
#include "m531x/bytes.h"

namespace m531x::app {
namespace {

using Chars = std::span<char>;

Bytes view(Chars bytes) { return {bytes.data(), bytes.size()}; }

void hide(Chars bytes) { std::ranges::fill(bytes, kMask); }

// The part of `all` that `part`, a view into it, is.
Chars within(Chars all, Bytes part) {
  if (part.empty()) return {};
  return all.subspan(static_cast<std::size_t>(part.data() - all.data()), part.size());
}

}  // namespace

void hide_configuration(Chars bytes) {
  constexpr std::size_t kHeadBytes = 3;
  constexpr std::size_t kInitBytes = 3;
  constexpr std::size_t kFixedBytes = 4;
  const auto config = lwm2m::parse_configuration(view(bytes));
  // No modem takes it, whatever stands behind its first byte.
  if (!config) return hide(bytes.subspan(std::min<std::size_t>(1, bytes.size())));
  hide(within(bytes, config->auth_code));
  hide(within(bytes, config->key));
  // APN, user and password stand before the server.
  const Chars init = bytes.subspan(kHeadBytes);
  const std::size_t init_bytes =
      static_cast<unsigned char>(init[1]) * 256U + static_cast<unsigned char>(init[2]);
  Chars rest = init.subspan(init_bytes + kInitBytes + kFixedBytes);
  for (int text = 0; text < 3; ++text) {
    const std::size_t size =
        static_cast<unsigned char>(rest[0]) * 256U + static_cast<unsigned char>(rest[1]);
    hide(rest.subspan(2, size));
    rest = rest.subspan(2 + size);
  }
}

void hide_account(Chars tlv) {
  constexpr auto kShown = std::to_array<std::uint16_t>({0, 1, 2});  // URI, bootstrap, mode
  lwm2m::TlvReader reader(view(tlv));
  std::size_t end = 0;
  while (const auto entry = reader.next()) {
    const Chars value = within(tlv, entry->value);
    if (!value.empty()) end = static_cast<std::size_t>(value.data() - tlv.data()) + value.size();
    if (entry->type == lwm2m::TlvType::object_instance) {
      hide_account(value);
    } else if (entry->type != lwm2m::TlvType::resource ||
               std::ranges::find(kShown, entry->id) == kShown.end()) {
      hide(value);
    }
  }
  if (reader.malformed()) hide(tlv.subspan(end));
}

// What the modem does not read as an account shows nothing.
void hide_security(const CoapMessage& head, Chars query, Chars payload) {
  const auto path = lwm2m::parse_path(head.path);
  const bool is_tlv = head.format == ContentFormat::tlv || head.format == ContentFormat::none;
  const bool is_account = path && path->resource == lwm2m::Path::kAll && is_tlv;
  hide(query);
  is_account ? hide_account(payload) : hide(payload);
}

}  // namespace m531x::app
