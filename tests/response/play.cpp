// SPDX-License-Identifier: Apache-2.0
#include "tests/response/play.h"

#include <algorithm>

#include "port/fake/bench.h"

namespace m531x::response {

namespace {

constexpr std::size_t kBlockCount = 96;

}  // namespace

Outcome play(const Case& c, const std::vector<std::size_t>& cuts) {
  fake::Bench bench(*c.settings.model, c.settings.modem, kBlockCount, c.settings.conditions);
  bench.host_sends("AT+HTTPCREATE=\"a.example\"\r");
  bench.host_sends("AT+HTTPSEND=0," + std::to_string(c.method) + ",\"/\"\r");
  // Each modem's first connection is number 0. The bench aborts when it has not been asked for.
  constexpr ConnId kConn = 0;
  bench.server_accepts(kConn);
  bench.host_heard().clear();
  bench.actions().clear();
  std::size_t at = 0;
  const auto send_up_to = [&](std::size_t end) {
    if (bench.open(kConn)) bench.server_sends(kConn, Bytes(c.sent).substr(at, end - at));
    at = end;
  };
  for (const std::size_t cut : cuts) send_up_to(cut);
  send_up_to(c.sent.size());
  if (c.end != End::open && bench.open(kConn)) {
    bench.server_ends(kConn, c.end == End::closed ? Cause::closed : Cause::reset);
  }
  return {.heard = bench.host_heard(), .closes = !bench.actions().empty()};
}

}  // namespace m531x::response
