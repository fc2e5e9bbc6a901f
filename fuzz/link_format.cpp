// SPDX-License-Identifier: Apache-2.0
// The reader of CoRE link format that the stand-in of OneNET has for what devices send.
// Input: the text.
#include "onenet/link_format.h"
#include "fuzz/fuzz.h"

namespace m531x::fuzz {
namespace {

void check(Bytes text) {
  const Exact exact(text);
  const Bytes all = exact.bytes();
  onenet::LinkReader reader(all);
  std::string again;
  std::size_t count = 0;
  while (const auto link = reader.next()) {
    expect(link->target.data() > all.data() &&
               link->target.data() + link->target.size() < all.data() + all.size(),
           "a target lies inside of the text");
    expect(link->target.find('>') == Bytes::npos, "a target ends at the first bracket");
    expect(link->attributes.empty() || link->attributes.front() == ';',
           "attributes begin with a semicolon");
    if (count++ > 0) again += ',';
    again.append("<").append(link->target).append(">").append(link->attributes);
  }
  expect(count <= all.size() / 2, "a link has two bytes at least");
  const auto paths = onenet::paths_of(all);
  if (!reader.malformed()) expect(again == all, "the links are the whole text");
  expect(paths.has_value() == (!reader.malformed() && count <= onenet::kMaxLinks),
         "the paths are of a whole text with not too many links");
  if (paths) expect(paths->size() <= count, "a link has one path");
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size).rest());
  return 0;
}
