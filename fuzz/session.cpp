// SPDX-License-Identifier: Apache-2.0
// A whole session: host, servers, network, memory and clock do what the input says, the modem does
// the rest (fuzz/session). The same calls with other splits give the same bytes.
// Input: a script, docs/fuzzing.md has its form.
#include "fuzz/fuzz.h"
#include "fuzz/session/player.h"
#include "stand/bench.h"

namespace m531x::fuzz {
namespace {

void expect_same(const std::string& got, const std::string& want, const char* rule) {
  if (got != want) {
    show("first", want);
    show("then", got);
  }
  expect(got == want, rule);
}

void check(Source source) {
  constexpr std::size_t kAll = stand::Bench::kAll;
  const Script script = parse_script(source.rest());
  const Played played = play(script, {.host_reads = kAll});
  if (played.scarce || played.held_up) return;

  const Played in_pieces = play(script, {.pieces = &played.pieces, .host_reads = kAll});
  expect_same(in_pieces.heard, played.heard, "the host hears the same however it types");
  expect(in_pieces.by_servers == played.by_servers, "so do the servers");
  expect_same(in_pieces.to_lwm2m, played.to_lwm2m, "and the LwM2M server");

  // Where reports are dropped or wait for room, the host's pace has its say.
  if (played.crowded || script.settings.overflow == Overflow::drop) return;
  const std::size_t room = 1 + source.rest().size() * 97 % 4'000;
  const Played at_once =
      play(script, {.pieces = &played.pieces, .host_reads = kAll, .host_room = room});
  expect_same(at_once.heard, played.heard, "the host hears the same with room of its own");
  expect(at_once.by_servers == played.by_servers, "and the servers, too");
  expect_same(at_once.to_lwm2m, played.to_lwm2m, "and the LwM2M server, too");

  const std::size_t pace = 1 + source.rest().size() % 7;
  const Played slowly = play(script, {.pieces = &played.pieces, .host_reads = pace});
  expect_same(slowly.heard, played.heard, "the host hears the same however it reads");
  expect(slowly.by_servers == played.by_servers, "and the servers, too");
  expect_same(slowly.to_lwm2m, played.to_lwm2m, "and the LwM2M server, too");
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size));
  return 0;
}
