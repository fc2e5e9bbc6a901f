// SPDX-License-Identifier: Apache-2.0
// CoRE link format (RFC 6690 2), as far as a LwM2M client uses it: what it registers, and what it
// answers to a discovery.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "lwm2m/path.h"
#include "m531x/bytes.h"

namespace m531x::onenet {

struct Link {
  Bytes target;      // between < and >
  Bytes attributes;  // from the first semicolon on; views into the reader's bytes
};

class LinkReader {
 public:
  // The bytes outlive the reader and its links.
  explicit LinkReader(Bytes bytes) : rest_(bytes) {}

  // The next link; none at the end, or from where the text is none on.
  [[nodiscard]] std::optional<Link> next();
  // Whether the text is no link format. Says something once next() has given none.
  [[nodiscard]] bool malformed() const { return malformed_; }

 private:
  std::optional<Link> fail();

  Bytes rest_;
  bool malformed_ = false;
};

inline constexpr std::size_t kMaxLinks = 256;

// The paths of objects, instances and resources in `text`; links to anything else, such as </>, are
// passed over. Nullopt: no link format, or more than kMaxLinks links.
[[nodiscard]] std::optional<std::vector<lwm2m::Path>> paths_of(Bytes text);

}  // namespace m531x::onenet
