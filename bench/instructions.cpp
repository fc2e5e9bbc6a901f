// SPDX-License-Identifier: Apache-2.0
// One thing done once, for callgrind to count: bench/count runs this program and prints the table.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "at/command.h"
#include "counted.h"
#include "subject.h"

namespace {

using m531x::Bytes;
using m531x::bench::counted;
using m531x::bench::kHeaderLine;
using m531x::bench::kLongHeaderLine;
using m531x::bench::kResponse;
using m531x::bench::kSendLine;
using m531x::bench::Subject;

// Tables of a made-up dialect, to see what the number of commands costs.
struct Nobody {};
m531x::at::Final nothing(Nobody&, const m531x::at::Call&) { return m531x::at::Final::ok; }

using Row = m531x::at::Command<Nobody>;
constexpr Bytes kNames[] = {
    "+CCLK",    "+CEDRXS",  "+CEREG",     "+CESQ",        "+CFUN",       "+CGACT",      "+CGATT",
    "+CGDCONT", "+CGMI",    "+CGMM",      "+CGMR",        "+CGPADDR",    "+CGSN",       "+CIMI",
    "+CMEE",    "+COPS",    "+CPIN",      "+CPSMS",       "+CSCON",      "+CSQ",        "+CTZR",
    "+GSN",     "+HTTPCFG", "+HTTPCLOSE", "+HTTPCONTENT", "+HTTPCREATE", "+HTTPHEADER", "+HTTPSEND",
    "+ICCID",   "+ICF",     "+IFC",       "+IPR",         "+NBAND",      "+NCCID",      "+NCONFIG",
    "+NEARFCN", "+NPING",   "+NPSMR",     "+NRB",         "+NUESTATS"};
constexpr std::size_t kHeaderName = 26;
static_assert(kNames[kHeaderName] == "+HTTPHEADER" && std::size(kNames) == 40);

template <std::size_t kSize>
constexpr auto kTable = [] {
  std::array<Row, kSize> rows{};
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::size_t name = (kHeaderName + i) % std::size(kNames);
    rows[i] = {kNames[name], 1, m531x::at::Style::own, 1, nothing, "", ""};
  }
  return rows;
}();
template <std::size_t kSize>
constexpr m531x::at::Index kTableIndex(kTable<kSize>);

template <std::size_t kSize>
bool count_lookup() {
  m531x::at::Name name(kNames[kHeaderName]);
  asm volatile("" : "+m"(name));
  const Row* found = nullptr;
  counted([&] { found = kTableIndex<kSize>.find(kTable<kSize>, name); });
  return found != nullptr;
}

bool count(std::string_view what) {
  if (what == "lookup-7") return count_lookup<7>();
  if (what == "lookup-40") return count_lookup<40>();
  Subject subject;
  // Once without counting, so that nothing is done for the first time.
  subject.type(kLongHeaderLine);
  subject.type(kSendLine);
  subject.connect();
  subject.answer(kResponse);
  const std::size_t before = subject.output_bytes();
  if (what == "at-line") {
    counted([&] { subject.execute("AT\r"); });
    subject.take_output();
  } else if (what == "header-line") {
    subject.type(kLongHeaderLine);
    counted([&] { subject.execute(kHeaderLine); });
    subject.take_output();
  } else if (what == "long-header-line") {
    counted([&] { subject.execute(kLongHeaderLine); });
    subject.take_output();
  } else if (what == "send-line") {
    counted([&] { subject.execute(kSendLine); });
    subject.take_output();
  } else if (what == "response") {
    subject.type(kSendLine);
    subject.connect();
    counted([&] { subject.receive(kResponse); });
    subject.take_output();
  } else if (what == "cycle") {
    counted([&] {
      subject.type(kSendLine);
      subject.connect();
      subject.answer(kResponse);
    });
  } else {
    return false;
  }
  return subject.output_bytes() > before;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && count(argv[1])) return 0;
  std::fputs(
      "usage: instructions "
      "at-line|header-line|long-header-line|send-line|response|cycle|lookup-7|lookup-40\n",
      stderr);
  return 2;
}
