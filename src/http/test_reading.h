// SPDX-License-Identifier: Apache-2.0
// For unit tests: reads a response through ResponseReader in given slices, as its owner does, and
// holds the reader to what its header says.
#pragma once

#include <gtest/gtest.h>

#include <array>

#include "http/response_reader.h"
#include "mem/test_memory.h"

namespace m531x::http {

inline constexpr ResponseReader::Bounds kWide = {.header_bytes = 100'000, .line_bytes = 30'000};

enum class Ending : std::uint8_t { open, end, fault };

inline std::ostream& operator<<(std::ostream& out, Ending ending) {
  constexpr std::array kEndings = {"open", "end", "fault"};
  return out << kEndings.at(static_cast<std::size_t>(ending));
}

struct Reading {
  Ending ending = Ending::open;
  std::uint16_t status = 0;
  std::string reason;
  std::string header;
  bool header_complete = false;
  std::string content;
  bool content_complete = false;
  std::uint64_t total = 0;
  bool keep_alive = false;
  std::string behind;          // bytes of the last slice behind the end
  std::size_t read_bytes = 0;  // of all slices up to and with the one that ended it

  bool operator==(const Reading&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Reading& r) {
  using testing::PrintToString;
  return out << r.ending << " after " << r.read_bytes << ", " << r.status << ' '
             << PrintToString(r.reason) << ", header " << PrintToString(r.header)
             << (r.header_complete ? "" : " ...") << ", content " << PrintToString(r.content)
             << (r.content_complete ? "" : " ...") << ", total " << r.total
             << (r.keep_alive ? ", keep alive" : "") << ", behind " << PrintToString(r.behind);
}

class ReadingTest {
 public:
  explicit ReadingTest(BlockPool& pool) : reader(pool) {}

  // Hands over one slice; false when the response has ended.
  bool slice(Bytes bytes) {
    using What = ResponseReader::What;
    reading.read_bytes += bytes.size();
    while (true) {
      const ResponseReader::Found found = reader.next(bytes);
      EXPECT_LE(found.skip + found.size, bytes.size());
      const Bytes piece = mem::first(mem::after(bytes, found.skip), found.size);
      bytes = mem::after(bytes, found.skip + found.size);
      switch (found.what) {
        case What::nothing:
          EXPECT_TRUE(bytes.empty()) << "a used up slice has nothing left";
          return true;
        case What::status:
          EXPECT_EQ(reading.status, 0) << "one status";
          reading.status = reader.status();
          reading.reason = text_of(reader.reason());
          break;
        case What::header:
          EXPECT_NE(reading.status, 0) << "the status comes first";
          EXPECT_FALSE(reading.header_complete) << "nothing of the header behind its last piece";
          reading.header.append(piece);
          reading.header_complete = found.last;
          EXPECT_TRUE(found.last || !piece.empty()) << "no empty piece but the last";
          break;
        case What::content:
          EXPECT_TRUE(reading.header_complete) << "content comes behind the header";
          EXPECT_FALSE(reading.content_complete) << "no content behind its last piece";
          EXPECT_FALSE(piece.empty()) << "no empty piece of content";
          reading.content.append(piece);
          reading.total = reader.total();
          EXPECT_GE(reading.total, reading.content.size());
          reading.content_complete = found.last;
          break;
        case What::end:
          EXPECT_TRUE(reading.header_complete);
          EXPECT_NE(reading.content_complete, found.last) << "exactly one last piece of content";
          reading.content_complete = true;
          reading.ending = Ending::end;
          reading.total = reader.total();
          reading.keep_alive = reader.keep_alive();
          reading.behind = bytes;
          return false;
        case What::fault:
          reading.ending = Ending::fault;
          EXPECT_EQ(reader.next("more").what, What::nothing) << "a dead reader finds nothing";
          return false;
      }
    }
  }

  // The server closes.
  void close() {
    if (reading.ending == Ending::open && reader.finish()) slice("");
  }

  ResponseReader reader;
  Reading reading;
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
  ReadingTest test(pool);
  test.reader.start(request.method, request.bounds);
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
  ReadingTest test(pool);
  test.reader.start(request.method, request.bounds);
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
