// SPDX-License-Identifier: Apache-2.0
// What a modem of a fleet costs in memory: its parts, and what a thousand with one instance each
// take of the heap and of the pool when they are idle.
#include <fmt/format.h>
#include <malloc.h>

#include <vector>

#include "fleet/fleet.h"

namespace {

constexpr std::size_t kModems = 1'000;
// With its host, which is a part of the program.
constexpr double kMostBytes = 4'450;

constexpr std::string_view kIdle = R"(# Cycle
```m531x
> ATE0
< ...
< OK
> AT+HTTPCREATE="http://192.0.2.1/"
< ...
< OK
```
)";

std::size_t heap_bytes() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

int main() {
  using namespace m531x;
  fmt::print("sizeof  sim::Modem {}  Driver {}  LocalLine {}  ByteStream {}  Host {}\n",
             sizeof(sim::Modem), sizeof(port::Driver), sizeof(port::LocalLine),
             sizeof(port::ByteStream), sizeof(fleet::Host));
  std::vector<Block> blocks(kModems * 16);
  BlockPool pool(blocks);
  port::EventLoop loop;
  fleet::Plan plan;
  plan.modem_count = kModems;
  plan.cycles = 1;
  const auto settings = settings::settings_of(models().front());
  const std::size_t before = heap_bytes();
  fleet::Fleet fleet(loop, settings, pool, nullptr, {}, plan, fleet::parse_script(kIdle, "idle"),
                     [&loop] { loop.stop(); });
  fleet.start();
  loop.run();
  const double heap = static_cast<double>(heap_bytes() - before) / kModems;
  const double lent = static_cast<double>(pool.used_count() * kBlockBytes) / kModems;
  fmt::print("idle, one instance  heap {:.0f}  pool {:.0f}  together {:.0f} bytes a modem\n", heap,
             lent, heap + lent);
  if (heap + lent > kMostBytes) {
    fmt::print("more than the limit, {:.0f}\n", kMostBytes);
    return 1;
  }
  return fleet.tally().cycles == kModems ? 0 : 1;
}
