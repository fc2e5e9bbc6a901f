// SPDX-License-Identifier: Apache-2.0
// The same cases as instructions.cpp by the clock. Wall times on shared machines vary: compare them
// within one run only.
#include <benchmark/benchmark.h>

#include "subject.h"

namespace m531x::bench {
namespace {

void header_line(benchmark::State& state) {
  Subject subject;
  for (auto _ : state) {
    subject.type(kLongHeaderLine);
    subject.type("AT+HTTPHEADER=0,\"\"\r");
  }
  state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(header_line);

void cycle(benchmark::State& state) {
  Subject subject;
  for (auto _ : state) {
    subject.type(kSendLine);
    subject.connect();
    subject.answer(kResponse);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(kResponse.size()) * state.iterations());
}
BENCHMARK(cycle);

}  // namespace
}  // namespace m531x::bench

BENCHMARK_MAIN();
