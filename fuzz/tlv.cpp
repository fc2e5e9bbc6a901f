// SPDX-License-Identifier: Apache-2.0
// TLV from a server: every entry lies within the input, what is read is what its header says, and
// scalars come back as they are written.
#include "lwm2m/tlv.h"
#include "fuzz/fuzz.h"
#include "lwm2m/path.h"
#include "lwm2m/value.h"

namespace m531x::fuzz {
namespace {

using namespace m531x::lwm2m;  // NOLINT(google-build-using-namespace)

void check_scalars(Bytes value) {
  for (const auto type : {ValueType::integer, ValueType::floating, ValueType::boolean}) {
    const auto text = scalar_text(type, value);
    if (!text) continue;
    const auto bytes = scalar_bytes(type, *text);
    expect(bytes.has_value(), "what is shown of a scalar can be read");
    const auto again = bytes ? scalar_text(type, *bytes) : std::nullopt;
    expect(again == text, "and is shown alike again");
  }
}

void check_level(Bytes level, int depth) {
  TlvReader reader(level);
  std::size_t read = 0;
  while (const auto entry = reader.next()) {
    expect(entry->value.size() <= level.size(), "an entry is within its level");
    const bool inside = entry->value.data() >= level.data() &&
                        entry->value.data() + entry->value.size() <= level.data() + level.size();
    expect(entry->value.empty() || inside, "a value lies in the reader's bytes");
    const auto header = tlv_header(entry->type, entry->id, entry->value.size());
    expect(header.has_value(), "what was read has a header");
    read += (header ? header->view().size() : 0) + entry->value.size();
    expect(read <= level.size(), "the shortest header is no longer than the one that was read");
    if (entry->type == TlvType::resource || entry->type == TlvType::resource_instance) {
      check_scalars(entry->value);
    } else if (depth > 0) {
      check_level(entry->value, depth - 1);
    }
  }
  expect(!reader.next(), "the end stays the end");
}

void check(Source source) {
  constexpr int kDepth = 4;
  const Exact input(source.rest());
  check_level(input.bytes(), kDepth);
  if (const auto path = parse_path(input.bytes())) {
    expect(parse_path(text_of(*path)) == path, "a path comes back as it is written");
  }
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size));
  return 0;
}
