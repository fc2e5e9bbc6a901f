// SPDX-License-Identifier: Apache-2.0
// One thing done once, for callgrind to count: bench/count runs this program and prints the table.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "at/command.h"
#include "m531x/modem.h"

namespace {

using m531x::Bytes;
using m531x::Millis;

// The two header lines of the manual's 1.2; the short one is typed behind the long one.
constexpr Bytes kHeaderLine = "AT+HTTPHEADER=0,\"Connection: close\\r\\n\"\r";
constexpr Bytes kLongHeaderLine =
    "AT+HTTPHEADER=0,\"User-Agent: Unkown\\r\\nContent-Type: application/text\\r\\n\"\r";
constexpr Bytes kSendLine = "AT+HTTPSEND=0,0,\"/page/index/name/culture\"\r";
constexpr Bytes kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: Apache-Coyote/1.1\r\n"
    "Date: Sun, 10 Jun 2018 02:54:38 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 59\r\n"
    "Connection: keep-alive\r\n"
    "Pragma: no-cache\r\n"
    "\r\n"
    "{\"errno\":0,\"data\":{\"device_id\":\"500500178\"},\"error\":\"succ\"}";
static_assert(kResponse.size() == 236);

// A modem with an instance, whose host and server take everything at once.
class Subject {
 public:
  Subject()
      : blocks_(256), pool_(blocks_), modem_(model(), m531x::default_settings(model()), pool_) {
    type("AT+HTTPCREATE=\"http://192.0.2.1/\"\r");
  }

  void type(Bytes line) {
    modem_.dte_received(line, now_);
    take_output();
  }
  // Only up to where the answer is queued.
  void execute(Bytes line) { modem_.dte_received(line, now_); }
  void connect() {
    while (const auto action = modem_.next_action()) {
      if (action->kind == m531x::Action::Kind::connect) modem_.net_opened(action->conn, now_);
    }
    take_output();
    std::array<Bytes, 8> views;
    while (const std::size_t count = modem_.net_output(0, views)) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) size += views[i].size();
      modem_.net_sent(0, size, now_);
    }
  }
  void answer(Bytes response) {
    modem_.net_received(0, response, now_);
    take_output();
  }
  void take_output() {
    std::array<Bytes, 8> views;
    while (const std::size_t count = modem_.dte_output(views)) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) size += views[i].size();
      output_bytes_ += size;
      modem_.dte_sent(size, now_);
    }
  }
  [[nodiscard]] std::size_t output_bytes() const { return output_bytes_; }

 private:
  static const m531x::Model& model() { return m531x::models().front(); }

  std::vector<m531x::Block> blocks_;
  m531x::BlockPool pool_;
  m531x::Modem modem_;
  Millis now_{0};
  std::size_t output_bytes_ = 0;
};

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

// What callgrind counts: nothing else in this program is in a function of this name.
template <typename Function>
[[gnu::noinline]] void counted(Function&& function) {
  std::forward<Function>(function)();
  asm volatile("" ::: "memory");
}

template <std::size_t kSize>
bool count_lookup() {
  std::string name(kNames[kHeaderName]);
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
  if (what == "header-line") {
    subject.type(kLongHeaderLine);
    counted([&] { subject.execute(kHeaderLine); });
    subject.take_output();
  } else if (what == "long-header-line") {
    counted([&] { subject.execute(kLongHeaderLine); });
    subject.take_output();
  } else if (what == "send-line") {
    counted([&] { subject.execute(kSendLine); });
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
      "usage: instructions header-line|long-header-line|send-line|cycle|lookup-7|lookup-40\n",
      stderr);
  return 2;
}
