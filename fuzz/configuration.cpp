// SPDX-License-Identifier: Apache-2.0
// The configuration of AT+MIPLCREATE: what is read lies in it, and nothing that is cut is taken.
// Input: its bytes.
#include "lwm2m/configuration.h"
#include "fuzz/fuzz.h"

namespace m531x::fuzz {
namespace {

void check(Bytes text) {
  const Exact exact(text);
  const Bytes all = exact.bytes();
  const auto config = lwm2m::parse_configuration(all);
  if (!config) return;
  for (const Bytes field : {config->server, config->auth_code, config->key}) {
    const bool inside =
        field.data() >= all.data() && field.data() + field.size() <= all.data() + all.size();
    expect(field.empty() || inside, "a field lies in the configuration");
  }
  expect(config->key.find(';') == Bytes::npos, "a value ends at the first semicolon");
  for (std::size_t size = 0; size < all.size(); ++size) {
    const Exact cut(all.substr(0, size));
    expect(!lwm2m::parse_configuration(cut.bytes()), "a part of one is none");
  }
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size).rest());
  return 0;
}
