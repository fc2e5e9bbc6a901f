// SPDX-License-Identifier: Apache-2.0
// The radio and the look inside; every function without a module, with null pointers, without
// power; and a machine whose memory ends at each request for it in turn.
#include <cstdlib>
#include <new>
#include <string>

#include "lib/test_desk.h"

namespace {

// From the n-th request for memory on all fail.
constexpr long kNever = -1;
long requests_left = kNever;

void* take(std::size_t bytes) noexcept {
  if (requests_left == 0) return nullptr;
  if (requests_left > 0) --requests_left;
  return std::malloc(bytes == 0 ? 1 : bytes);
}

void* take_or_throw(std::size_t bytes) {
  if (void* const memory = take(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

// Out of line, or GCC takes the one half for the program's and the other for the library's.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return take_or_throw(bytes); }
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return take_or_throw(bytes); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace m531x::lib {
namespace {

using testing::HasSubstr;

TEST(LibraryRadio, CoverageComesAndGoes) {
  Desk desk;
  desk.refused(m531x_set_coverage(desk.m, 1), M531X_WRONG_STATE, "no power");
  desk.on();
  EXPECT_THAT(desk.type("AT+CEREG=1"), HasSubstr("OK"));
  EXPECT_EQ(desk.status().registration, M531X_HOME);
  EXPECT_EQ(desk.status().coverage, 1);
  EXPECT_EQ(m531x_set_coverage(desk.m, 0), M531X_OK);
  EXPECT_EQ(desk.status().coverage, 0);
  EXPECT_NE(desk.status().registration, M531X_HOME);
  EXPECT_EQ(desk.status().signal.rssi, 99);
  EXPECT_EQ(m531x_set_coverage(desk.m, 1), M531X_OK);
  EXPECT_EQ(desk.status().registration, M531X_HOME);
  EXPECT_THAT(desk.heard(), HasSubstr("+CEREG:1"));
}

TEST(LibraryRadio, ASignalIsHeldToItsRanges) {
  Desk desk;
  const m531x_signal good = {31, 0, 34, 97, 40};
  desk.refused(m531x_set_signal(desk.m, &good), M531X_WRONG_STATE, "no power");
  desk.on();
  EXPECT_EQ(m531x_set_signal(desk.m, &good), M531X_OK);
  EXPECT_THAT(desk.type("AT+CSQ"), HasSubstr("+CSQ:31,0"));
  EXPECT_EQ(desk.status().signal.sinr, 40);
  const m531x_signal unknown = {99, 99, 255, 255, -30};
  EXPECT_EQ(m531x_set_signal(desk.m, &unknown), M531X_OK);
  struct Row {
    m531x_signal signal;
    const char* words;
  };
  for (const Row& row :
       {Row{{32, 0, 0, 0, 0}, "signal.rssi must be"}, Row{{-1, 0, 0, 0, 0}, "signal.rssi must be"},
        Row{{0, 8, 0, 0, 0}, "signal.ber must be"}, Row{{0, 0, 35, 0, 0}, "signal.rsrq must be"},
        Row{{0, 0, 0, 98, 0}, "signal.rsrp must be"}, Row{{0, 0, 0, 0, 41}, "signal.sinr must be"},
        Row{{0, 0, 0, 0, -31}, "signal.sinr must be"}}) {
    desk.refused(m531x_set_signal(desk.m, &row.signal), M531X_BAD_VALUE, row.words);
  }
  EXPECT_EQ(desk.status().signal.rssi, 99);
}

TEST(LibraryRadio, AReportIsInjected) {
  Desk desk;
  desk.refused(m531x_inject(desk.m, "X"), M531X_WRONG_STATE, "no power");
  desk.set("boot.duration_ms", "10");
  desk.on();
  desk.refused(m531x_inject(desk.m, "X"), M531X_WRONG_STATE, "boots");
  EXPECT_EQ(m531x_advance(desk.m, 10), M531X_OK);
  EXPECT_EQ(m531x_inject(desk.m, "+CMTI: \"SM\",1"), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n+CMTI: \"SM\",1\r\n");
  EXPECT_EQ(desk.status().reports, 1U);
}

TEST(LibraryRadio, AReportIsHeldToItsLimit) {
  Desk desk;
  desk.on();
  const std::string most(M531X_MAX_REPORT_BYTES, 'r');
  EXPECT_EQ(m531x_inject(desk.m, most.substr(1).c_str()), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\n" + most.substr(1) + "\r\n");
  EXPECT_EQ(m531x_inject(desk.m, most.c_str()), M531X_OK) << m531x_error(desk.m);
  EXPECT_EQ(desk.heard(), "\r\n" + most + "\r\n");
  desk.refused(m531x_inject(desk.m, (most + 'r').c_str()), M531X_TOO_LONG, "1024");
  desk.write("A");  // half a line holds reports back
  EXPECT_EQ(m531x_inject(desk.m, most.substr(1).c_str()), M531X_OK);
  desk.refused(m531x_inject(desk.m, most.c_str()), M531X_FULL, "too much waits");
}

TEST(LibraryStatus, CountsAndInstances) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  desk.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  EXPECT_THAT(desk.type("AT+NONSENSE"), HasSubstr("ERROR"));
  m531x_status status = desk.status();
  EXPECT_EQ(status.instances[0], M531X_RESPONDING);
  EXPECT_EQ(status.instances[1], M531X_NO_INSTANCE);
  EXPECT_EQ(status.instances[M531X_MAX_INSTANCES - 1], M531X_NO_INSTANCE);
  EXPECT_EQ(status.lines, 3U);
  EXPECT_EQ(status.failed_lines, 1U);
  EXPECT_EQ(status.requests, 1U);
  EXPECT_EQ(status.responses, 0U);
  EXPECT_EQ(status.functionality, 1);
  EXPECT_EQ(status.attached, 1);
  EXPECT_EQ(status.asleep, 0);
}

TEST(LibraryMisuse, WithoutAModule) {
  m531x_t* const none = nullptr;
  m531x_event event;
  m531x_request request;
  m531x_status status;
  const m531x_route route{};
  const m531x_signal signal{};
  char bytes[1];
  m531x_free(none);
  EXPECT_STREQ(m531x_error(none), "the module is a null pointer");
  EXPECT_EQ(m531x_get(none, "model"), nullptr);
  EXPECT_EQ(m531x_now(none), 0U);
  for (const int result : {m531x_set(none, "model", "M5311"),
                           m531x_as_hardware(none),
                           m531x_power_on(none),
                           m531x_power_off(none),
                           m531x_reset(none, M531X_RESET_PIN),
                           m531x_host_write(none, "A", 1),
                           m531x_host_read(none, bytes, 1),
                           m531x_host_available(none),
                           m531x_host_ready(none, 1),
                           m531x_advance(none, 1),
                           m531x_step(none, 1),
                           m531x_wait_output(none, 1),
                           m531x_serve(none, &route),
                           m531x_serve_nothing(none),
                           m531x_next_request(none, &request),
                           m531x_next_event(none, &event),
                           m531x_wait_event(none, 1, &event),
                           m531x_accept(none, 1),
                           m531x_send(none, 1, "x", 1),
                           m531x_receive(none, 1, bytes, 1),
                           m531x_server_ready(none, 1, 1),
                           m531x_end(none, 1, M531X_CLOSED),
                           m531x_resolved(none, "1.2.3.4"),
                           m531x_checked(none, 1),
                           m531x_set_coverage(none, 1),
                           m531x_set_signal(none, &signal),
                           m531x_inject(none, "x"),
                           m531x_status_of(none, &status)}) {
    EXPECT_EQ(result, M531X_NULL_POINTER);
  }
}

TEST(LibraryMisuse, NullPointers) {
  Desk desk;
  desk.on();
  const std::uint32_t connection = desk.accepted();
  for (const int result :
       {m531x_set(desk.m, nullptr, "1"), m531x_set(desk.m, "tcp.mss", nullptr),
        m531x_host_write(desk.m, nullptr, 1), m531x_host_read(desk.m, nullptr, 1),
        m531x_serve(desk.m, nullptr), m531x_next_request(desk.m, nullptr),
        m531x_next_event(desk.m, nullptr), m531x_wait_event(desk.m, 1, nullptr),
        m531x_send(desk.m, connection, nullptr, 1), m531x_receive(desk.m, connection, nullptr, 1),
        m531x_set_signal(desk.m, nullptr), m531x_inject(desk.m, nullptr),
        m531x_status_of(desk.m, nullptr)}) {
    EXPECT_EQ(result, M531X_NULL_POINTER);
    EXPECT_THAT(m531x_error(desk.m), HasSubstr("null pointer"));
  }
  EXPECT_EQ(m531x_get(desk.m, nullptr), nullptr);
  EXPECT_THAT(m531x_error(desk.m), HasSubstr("the key is a null pointer"));
  EXPECT_EQ(m531x_now(desk.m), 0U) << "no time has passed";
  EXPECT_EQ(desk.received(connection), kGet) << "nothing is lost";
}

// Settings, power, a served request, one by hand, a slow radio, reports, a status: as much of the
// library as fits in a few lines. False: memory ended, and every later call says so.
bool use_all(m531x_t* m) {
  const m531x_route route = {.server = "b.example:80", .body = "0123456789", .segment_bytes = 3};
  constexpr std::string_view kTyped =
      "AT+HTTPCREATE=\"http://a.example/\"\rAT+HTTPCREATE=\"http://b.example/\"\r"
      "AT+HTTPSEND=0,0,\"/\"\rAT+HTTPSEND=1,0,\"/\"\rAT+CMDNS=\"c.example\"\r";
  m531x_event event;
  m531x_request request;
  m531x_status status;
  char bytes[200];
  bool memory_left = true;
  for (const int result : {m531x_set(m, "tcp.mss", "100"),
                           m531x_set(m, "line.pace", "true"),
                           m531x_set(m, "air.latency_ms", "100"),
                           m531x_set(m, "no.such", "key"),
                           m531x_power_on(m),
                           m531x_serve(m, &route),
                           m531x_host_write(m, kTyped.data(), kTyped.size()),
                           m531x_wait_event(m, 5'000, &event),
                           m531x_accept(m, 1),
                           m531x_send(m, 1, "HTTP/1.1", 8),
                           m531x_advance(m, 5'000),
                           m531x_next_request(m, &request),
                           m531x_resolved(m, "1.2.3.4"),
                           m531x_inject(m, "report"),
                           m531x_receive(m, 1, bytes, sizeof bytes),
                           m531x_end(m, 1, M531X_RESET),
                           m531x_set_coverage(m, 0),
                           m531x_reset(m, M531X_RESET_PIN),
                           m531x_host_read(m, bytes, sizeof bytes),
                           m531x_status_of(m, &status),
                           m531x_power_off(m)}) {
    if (!memory_left) {
      EXPECT_EQ(result, M531X_NO_MEMORY);
    }
    if (result == M531X_NO_MEMORY) memory_left = false;
  }
  return memory_left;
}

TEST(LibraryMisuse, MemoryMayEndAtAnyMoment) {
  long failures = 0;
  for (bool memory_left = false; !memory_left; ++failures) {
    ASSERT_LT(failures, 100'000L);
    requests_left = failures;
    m531x_t* const m = m531x_make();
    if (m != nullptr) memory_left = use_all(m);
    requests_left = kNever;
    if (m == nullptr) continue;
    if (!memory_left) {
      EXPECT_STREQ(m531x_error(m), "there is no memory left; the module can only be freed");
    }
    m531x_free(m);
  }
  EXPECT_GT(failures, 50) << "it does ask for memory";
}

// A segment that is to come is not there yet.
TEST(LibraryMisuse, ManySegmentsTakeNoMoreMemoryThanOne) {
  Desk desk;
  desk.on();
  const std::string body(M531X_SERVER_BUFFER_BYTES, 'b');
  const m531x_route route = {.body = body.data(), .body_bytes = body.size(), .segment_bytes = 1};
  EXPECT_EQ(m531x_serve(desk.m, &route), 1);
  desk.type(R"(AT+HTTPCREATE="http://a.example/")");
  constexpr long kMany = 1'000'000;
  requests_left = kMany;
  std::string heard = desk.type(R"(AT+HTTPSEND=0,0,"/")");
  for (int reads = 0; reads < 3; ++reads) heard = desk.heard();
  const long used = kMany - requests_left;
  requests_left = kNever;
  EXPECT_LT(used, 2'000) << "for thousands of four million segments";
  EXPECT_THAT(heard, HasSubstr("+HTTPNMIC:0,1,4194304,6000,1\r\nb\r\n")) << "one after the other";
}

}  // namespace
}  // namespace m531x::lib
