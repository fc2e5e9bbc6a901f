// SPDX-License-Identifier: Apache-2.0
// For unit tests: reads a response in given slices.
#pragma once

#include <gtest/gtest.h>

#include "http/test_slice_reader.h"
#include "mem/test_memory.h"

namespace m531x::http {

inline constexpr ResponseReader::Bounds kWide = {.header_bytes = 100'000, .line_bytes = 30'000};

inline std::ostream& operator<<(std::ostream& out, Ending ending) {
  return out << kEndings.at(static_cast<std::size_t>(ending));
}

inline std::ostream& operator<<(std::ostream& out, const Reading& r) {
  using testing::PrintToString;
  return out << r.ending << " after " << r.read_bytes << ", " << r.status << ' '
             << PrintToString(r.reason) << ", header " << PrintToString(r.header)
             << (r.header_complete ? "" : " ...") << ", content " << PrintToString(r.content)
             << (r.content_complete ? "" : " ...") << ", total " << r.total
             << (r.keep_alive ? ", keep alive" : "") << ", behind " << PrintToString(r.behind);
}

inline constexpr auto kExpectInTest = [](bool holds, const char* rule) {
  EXPECT_TRUE(holds) << rule;
};
struct ReadingTest : SliceReader<decltype(kExpectInTest)> {
  explicit ReadingTest(BlockPool& pool, const ResponseReader::Bounds& bounds = kWide)
      : SliceReader(pool, bounds, kExpectInTest) {}
};

struct Request {
  Method method = Method::get;
  bool closes = false;  // the server, behind the response
  ResponseReader::Bounds bounds = kWide;
};

// Reads slices of the given sizes and then the rest, until the response ends.
inline Reading read(Bytes response, std::initializer_list<std::size_t> sizes,
                    const Request& request = {}) {
  mem::TestPool pool;
  ReadingTest test(pool, request.bounds);
  test.start(request.method);
  bool more = true;
  for (const std::size_t size : sizes) {
    if (!more) return test.reading;
    more = test.slice(mem::first(response, size));
    response = mem::after(response, size);
  }
  if (more && !response.empty()) more = test.slice(response);
  if (more && request.closes) test.close();
  return test.reading;
}

inline Reading read_bytewise(Bytes response, const Request& request = {}) {
  mem::TestPool pool;
  ReadingTest test(pool, request.bounds);
  test.start(request.method);
  for (const char& byte : response) {
    if (!test.slice(Bytes(&byte, 1))) return test.reading;
  }
  if (request.closes) test.close();
  return test.reading;
}

inline int failure_count() {
  return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count();
}

// Calls `check(reading)` for the response in two slices, cut at every place, and byte by byte.
// Stops where a check fails: the others would say the same.
template <typename Check>
void for_each_split(Bytes response, const Request& request, Check&& check) {
  const int failures = failure_count();
  for (std::size_t cut = 1; cut < response.size() && failure_count() == failures; ++cut) {
    SCOPED_TRACE(testing::Message() << "cut at " << cut);
    check(read(response, {cut}, request));
  }
  SCOPED_TRACE("byte by byte");
  check(read_bytewise(response, request));
}

}  // namespace m531x::http
