// SPDX-License-Identifier: Apache-2.0
// The path of an object, an object instance or a resource (LwM2M 1.0 7.1): `3200/0/5500`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "m531x/bytes.h"
#include "m531x/short_text.h"

namespace m531x::lwm2m {

struct Path {
  static constexpr std::int32_t kAll = -1;  // what the path does not name

  std::int32_t object = 0;
  std::int32_t instance = kAll;
  std::int32_t resource = kAll;

  bool operator==(const Path&) const = default;
};

inline constexpr std::int32_t kMaxId = 0xffff;

// From segments with `/` between them, none before the first. Nullopt when a segment is no id
// (digits up to kMaxId, none but `0` with a zero first), or when there are none or more than three.
[[nodiscard]] std::optional<Path> parse_path(Bytes text);

inline constexpr std::size_t kMaxPathBytes = 17;  // 65535/65535/65535
[[nodiscard]] ShortText<kMaxPathBytes> text_of(const Path& path);

}  // namespace m531x::lwm2m
