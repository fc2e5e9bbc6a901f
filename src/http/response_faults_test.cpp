// SPDX-License-Identifier: Apache-2.0
// Responses that must not be trusted, and the bounds of a header.
#include <gtest/gtest.h>

#include <vector>

#include "http/test_reading.h"

namespace m531x::http {
namespace {

using namespace std::string_literals;

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
const std::string kMore = "Content-Length: 0\r\n\r\n";

struct FaultCase {
  const char* name;
  std::string good;  // up to where the fault is known,
  std::string rest;  // and what follows
  std::string content = {};
};

// The fault is found, and found with the last byte of `good`, however the response is cut. No
// content but that before it is reported, and of the header at most what came in good slices.
void expect_faults(const std::vector<FaultCase>& cases) {
  for (const FaultCase& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string response = c.good + c.rest;
    const Reading reading = read(response, {}, {.closes = true});
    EXPECT_EQ(reading.ending, Ending::fault);
    EXPECT_EQ(reading.content, c.content);
    EXPECT_FALSE(reading.content_complete);
    EXPECT_TRUE(reading.header.empty() || reading.header_complete);
    EXPECT_EQ(read(c.good.substr(0, c.good.size() - 1), {}).ending, Ending::open);
    EXPECT_EQ(read(c.good, {}).ending, Ending::fault);
    for_each_split(response, {}, [&](const Reading& split) {
      EXPECT_EQ(split.ending, Ending::fault);
      EXPECT_EQ(split.content, c.content);
      EXPECT_FALSE(split.content_complete);
      EXPECT_NE(response.find(split.header), std::string::npos);
    });
    EXPECT_EQ(read_bytewise(response).read_bytes, c.good.size());
  }
}

TEST(ResponseReader, FaultsOfTheStatusLine) {
  expect_faults({
      {"not HTTP", "hello\r\n", kMore},
      {"not HTTP, bare LF", "hello\n", kMore},
      {"another protocol", "ICY 200 OK\r\n", kMore},
      {"RTSP", "RTSP/1.0 200 OK\r\n", kMore},
      {"a request", "GET / HTTP/1.1\r\n", kMore},
      {"HTTP/2", "HTTP/2.0 200 OK\r\n", kMore},
      {"HTTP/0.9", "HTTP/0.9 200 OK\r\n", kMore},
      {"no version", "HTTP 200 OK\r\n", kMore},
      {"half a version", "HTTP/1 200 OK\r\n", kMore},
      {"a version of letters", "HTTP/x.y 200 OK\r\n", kMore},
      {"no status", "HTTP/1.1\r\n", kMore},
      {"no status, space", "HTTP/1.1 \r\n", kMore},
      {"a short status", "HTTP/1.1 20 OK\r\n", kMore},
      {"a long status", "HTTP/1.1 2000 OK\r\n", kMore},
      {"a status below 100", "HTTP/1.1 099 OK\r\n", kMore},
      {"a status of letters", "HTTP/1.1 2x0 OK\r\n", kMore},
      {"a negative status", "HTTP/1.1 -20 OK\r\n", kMore},
      {"an empty line", "\r\n", kOk + kMore},
      {"an empty line, bare LF", "\n", kOk + kMore},
      {"spaces before", " HTTP/1.1 200 OK\r\n", kMore},
      {"NUL in the reason", "HTTP/1.1 200 O\0K\r\n"s, kMore},
      {"a bare CR in the reason", "HTTP/1.1 200 O\rK\r\n", kMore},
      {"two CRs", "HTTP/1.1 200 OK\r\r\n", kMore},
      {"a bare CR before it", "\rHTTP/1.1 200 OK\r\n", kMore},
      {"a fault behind an interim response", "HTTP/1.1 100 C\r\n\r\nhello\r\n", kMore},
      {"a faulty interim response", "HTTP/1.1 100 C\r\nA\r\n", "\r\n" + kOk + kMore},
  });
}

TEST(ResponseReader, FaultsOfHeaderLines) {
  expect_faults({
      {"no colon", kOk + "A\r\n", kMore},
      {"a bare CR", kOk + "A: b\rC: d\r\n", kMore},
      {"a bare CR in the name", kOk + "A\rB: d\r\n", kMore},
      {"two CRs", kOk + "A: b\r\r\n", kMore},
      {"NUL in the value", kOk + "A: b\0c\r\n"s, kMore},
      {"NUL in the name", kOk + "A\0: b\r\n"s, kMore},
      {"NUL alone", kOk + "\0\r\n"s, kMore},
      {"a second line with a fault", kOk + "A: b\r\nC\r\n", kMore},
      {"a CR before the empty line", kOk + "A: b\r\n\r\r\n", ""},
      {"bare LF and no colon", kOk + "A\n", kMore},
      {"a name of control characters without a colon", kOk + "\x01\r\n", kMore},
      {"a folded line before the first field", kOk + " A: b\r\n", kMore},
      {"a space behind the name of Content-Length", kOk + "Content-Length : 5\r\n", "\r\nhello"},
      {"a control character in that name", kOk + "Content\x01-Length: 5\r\n", "\r\nhello"},
      {"a space in the name of Transfer-Encoding", kOk + "Transfer- Encoding: a\r\n", kMore},
      {"Content-Length that is folded", kOk + "Content-Length: 5\r\n 5\r\n", "\r\nhello"},
      {"Transfer-Encoding that is folded", kOk + "Transfer-Encoding:\r\n chunked\r\n", "\r\n"},
  });
}

TEST(ResponseReader, ABareCrInAChunkExtension) {
  expect_faults({
      {"in its middle", kChunked + "1;a\rb\r\n", "x\r\n0\r\n\r\n"},
      {"before it", kChunked + "1\r;a\r\n", "x\r\n0\r\n\r\n"},
      {"at its end", kChunked + "1;a\r\r\n", "x\r\n0\r\n\r\n"},
      {"of the last chunk", kChunked + "1\r\nx\r\n0;a\rb\r\n", "\r\n", "x"},
  });
}

TEST(ResponseReader, FaultsOfFraming) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  expect_faults({
      {"Content-Length and chunked", kOk + "Content-Length: 5\r\n" + chunked + "\r\n",
       "5\r\nhello\r\n0\r\n\r\n"},
      {"chunked and Content-Length", kOk + chunked + "Content-Length: 5\r\n\r\n",
       "5\r\nhello\r\n0\r\n\r\n"},
      {"with another field between",
       kOk + "Content-Length: 5\r\nA: b\r\n" + chunked + "C: d\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
      {"Content-Length 0 and chunked", kOk + "Content-Length: 0\r\n" + chunked + "\r\n",
       "0\r\n\r\n"},
      {"Content-Length and another coding",
       kOk + "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n", "hello"},
      {"Content-Length twice and chunked",
       kOk + "Content-Length: 5\r\nContent-Length: 5\r\n" + chunked + "\r\n", "hello"},
      {"two Content-Lengths", kOk + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "hello"},
      {"two, the second 0", kOk + "Content-Length: 5\r\nContent-Length: 0\r\n\r\n", "hello"},
      {"two, the first 0", kOk + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n", "hello"},
      {"two with a field between", kOk + "Content-Length: 5\r\nA: b\r\nContent-Length: 6\r\n\r\n",
       "hello"},
      {"the third differs",
       kOk + "Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "hello"},
      {"a list", kOk + "Content-Length: 5, 6\r\n\r\n", "hello"},
      {"a list with an empty member", kOk + "Content-Length: 5,\r\n", "\r\nhello"},
      {"no number", kOk + "Content-Length: x\r\n", "\r\nhello"},
      {"nothing", kOk + "Content-Length:\r\n", "\r\nhello"},
      {"a space", kOk + "Content-Length: \r\n", "\r\nhello"},
      {"a second one that is empty", kOk + "Content-Length: 5\r\nContent-Length:\r\n", "\r\nhello"},
      {"negative", kOk + "Content-Length: -5\r\n", "\r\nhello"},
      {"a sign", kOk + "Content-Length: +5\r\n", "\r\nhello"},
      {"hex", kOk + "Content-Length: 0x5\r\n", "\r\nhello"},
      {"a number and a letter", kOk + "Content-Length: 5x\r\n", "\r\nhello"},
      {"two numbers", kOk + "Content-Length: 5 5\r\n", "\r\nhello"},
      {"2^63", kOk + "Content-Length: 9223372036854775808\r\n", "\r\nhello"},
      {"2^64", kOk + "Content-Length: 18446744073709551616\r\n", "\r\nhello"},
      {"2^64 + 5", kOk + "Content-Length: 18446744073709551621\r\n", "\r\nhello"},
      {"far more", kOk + "Content-Length: " + std::string(400, '9') + "\r\n", "\r\nhello"},
      {"an unknown coding", kOk + "Transfer-Encoding: foo\r\n\r\n", "hello"},
      {"a long unknown coding", kOk + "Transfer-Encoding: chunkedchunked\r\n\r\n", "hello"},
      {"a coding with a parameter", kOk + "Transfer-Encoding: chunked;a=b\r\n\r\n", "0\r\n\r\n"},
      {"two words", kOk + "Transfer-Encoding: gzip chunked\r\n\r\n", "0\r\n\r\n"},
      {"chunked is not the last coding", kOk + "Transfer-Encoding: chunked, gzip\r\n\r\n",
       "0\r\n\r\n"},
  });
}

TEST(ResponseReader, FaultsOfChunks) {
  expect_faults({
      {"no size", kChunked + "\r\n", "0\r\n\r\n"},
      {"no size, bare LF", kChunked + "\n", "0\r\n\r\n"},
      {"no number", kChunked + "x\r\n", "0\r\n\r\n"},
      {"a prefix", kChunked + "0x5\r\n", "hello\r\n0\r\n\r\n"},
      {"negative", kChunked + "-5\r\n", "hello\r\n0\r\n\r\n"},
      {"a space before", kChunked + " 5\r\n", "hello\r\n0\r\n\r\n"},
      {"an extension without a size", kChunked + ";a\r\n", "0\r\n\r\n"},
      {"2^63", kChunked + "8000000000000000\r\n", "hello"},
      {"16^16", kChunked + "10000000000000000\r\n", "hello"},
      {"seventeen digits", kChunked + "00000000000000005\r\n", "hello\r\n0\r\n\r\n"},
      {"a bare CR in an extension", kChunked + "5;a\rb\r\n", "hello\r\n0\r\n\r\n"},
      {"far more", kChunked + std::string(400, 'f') + "\r\n", "hello"},
      {"NUL", kChunked + "5\0\r\n"s, "hello\r\n0\r\n\r\n"},
      {"a bare CR", kChunked + "5\r;a\r\n", "hello\r\n0\r\n\r\n"},
      {"two CRs", kChunked + "5\r\r\n", "hello\r\n0\r\n\r\n"},
      {"more data than the size", kChunked + "5\r\nhelloX\r\n", "0\r\n\r\n", "hello"},
      {"a faulty second size", kChunked + "5\r\nhello\r\nX\r\n", "0\r\n\r\n", "hello"},
      {"a trailer without a colon", kChunked + "1\r\na\r\n0\r\nA\r\n", "\r\n", "a"},
      {"NUL in a trailer", kChunked + "1\r\na\r\n0\r\nA: \0\r\n"s, "\r\n", "a"},
      {"the sum overflows", kChunked + "1\r\na\r\n7fffffffffffffff\r\n", "abc", "a"},
  });
}

TEST(ResponseReader, ALengthInTheTrailersAnnouncesNoContent) {
  for (const auto* const trailer :
       {"Content-Length: 5\r\n", "Content-Length: 5\r\nA: b\r\n",
        "A: b\r\nContent-Length: 5\r\nC: d\r\n", "Transfer-Encoding: chunked\r\n"}) {
    SCOPED_TRACE(trailer);
    const std::string response = kChunked + "1\r\na\r\n0\r\n" + trailer + "\r\n";
    const auto check = [](const Reading& reading) {
      EXPECT_EQ(reading.ending, Ending::end);
      EXPECT_EQ(reading.content, "a");
      EXPECT_EQ(reading.behind, "");
    };
    check(read(response, {}));
    for_each_split(response, {}, check);
  }
}

TEST(ResponseReader, HugeSizesThatAreAllowed) {
  const Reading length = read(kOk + "Content-Length: 9223372036854775807\r\n\r\nabc", {});
  EXPECT_EQ(length.ending, Ending::open);
  EXPECT_EQ(length.total, 9223372036854775807U);
  EXPECT_EQ(length.content, "abc");
  const Reading chunk = read(kChunked + "7fffffffffffffff\r\nabc", {});
  EXPECT_EQ(chunk.ending, Ending::open);
  EXPECT_EQ(chunk.total, 9223372036854775807U);
  EXPECT_EQ(chunk.content, "abc");
  const Reading reset =
      read(kOk + "Content-Length: 4294967296\r\n\r\n" + std::string(3000, 'x'), {});
  EXPECT_EQ(reset.ending, Ending::open);
  EXPECT_EQ(reset.content.size(), 3000U);
}

// What the header's slice had before a fault in another slice has gone out already; what is in the
// fault's own slice does not.
TEST(ResponseReader, ASliceWithAFaultyHeaderReportsNone) {
  const std::string good = kOk + "A: b\r\n";
  const Reading one = read(good + "C\r\nD: e\r\n\r\n", {});
  EXPECT_EQ(one.ending, Ending::fault);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.header, "");
  const Reading two = read(good + "C\r\nD: e\r\n\r\n", {good.size()});
  EXPECT_EQ(two.header, "A: b\r\n");
}

struct Limit {
  const char* name;
  std::string response;
  ResponseReader::Bounds bounds;  // it just fits
};

TEST(ResponseReader, Bounds) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
  const std::string interim = "HTTP/1.1 100 C\r\nA: b\r\n\r\n";
  constexpr std::uint32_t kFar = 10'000;
  for (const Limit& c : std::vector<Limit>{
           {"the header", kOk + "A: b\r\n" + kMore, {17 + 6 + 19 + 2, kFar}},
           {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", {16 + 18 + 1, kFar}},
           {"the status line", "HTTP/1.1 200 " + std::string(80, 'x') + "\r\n" + kMore, {kFar, 95}},
           {"a header line", kOk + "A: " + std::string(80, 'x') + "\r\n" + kMore, {kFar, 85}},
           {"interim responses", interim + interim + kOk + kMore, {48 + 17 + 19 + 2, kFar}},
           {"a line of an interim response",
            "HTTP/1.1 100 " + std::string(80, 'x') + "\r\n\r\n" + kOk + kMore,
            {kFar, 95}},
           {"a chunk's extension",
            kOk + chunked + "1;" + std::string(80, 'x') + "\r\na\r\n0\r\n\r\n",
            {kFar, 84}},
           {"trailers", kOk + chunked + "0\r\nA: b\r\nC: d\r\n\r\n", {17 + 28 + 2 + 14, kFar}},
           {"a trailer",
            kOk + chunked + "0\r\nA: " + std::string(80, 'x') + "\r\n\r\n",
            {kFar, 85}},
       }) {
    SCOPED_TRACE(c.name);
    const Request fits = {.bounds = c.bounds};
    Request too_long = fits;
    too_long.bounds.header_bytes -= c.bounds.header_bytes == kFar ? 0 : 1;
    too_long.bounds.line_bytes -= c.bounds.line_bytes == kFar ? 0 : 1;
    EXPECT_EQ(read(c.response, {}, fits).ending, Ending::end);
    EXPECT_EQ(read(c.response, {}, too_long).ending, Ending::fault);
    for_each_split(c.response, fits, [](const Reading& r) { EXPECT_EQ(r.ending, Ending::end); });
    for_each_split(c.response, too_long,
                   [](const Reading& r) { EXPECT_EQ(r.ending, Ending::fault); });
  }
}

TEST(ResponseReader, EndlessLinesAreCutOff) {
  const Request request = {.bounds = {.header_bytes = 1000, .line_bytes = 200}};
  for (const std::string& start : {""s, "HTTP/1.1 200 "s, kOk, kOk + "A: "s, kChunked + "1;"}) {
    SCOPED_TRACE(start);
    const Reading reading = read_bytewise(start + std::string(300, 'x'), request);
    EXPECT_EQ(reading.ending, Ending::fault);
    EXPECT_LE(reading.read_bytes, start.size() + 201);
  }
  std::string lines = kOk;
  while (lines.size() < 2000) lines += "A: b\r\n";
  EXPECT_EQ(read_bytewise(lines, request).ending, Ending::fault);
  std::string interim;
  while (interim.size() < 2000) interim += "HTTP/1.1 100 C\r\n\r\n";
  EXPECT_EQ(read_bytewise(interim, request).ending, Ending::fault);
}

TEST(ResponseReader, ContentHasNoBounds) {
  const Request request = {.closes = true, .bounds = {.header_bytes = 100, .line_bytes = 60}};
  const std::string content(5000, 'x');
  EXPECT_EQ(read(kOk + "\r\n" + content, {}, request).content, content);
  EXPECT_EQ(read(kOk + "Content-Length: 5000\r\n\r\n" + content, {}, request).content, content);
  EXPECT_EQ(read(kChunked + "1388\r\n" + content + "\r\n0\r\n\r\n", {}, request).content, content);
}

TEST(ResponseReader, LongReasonsAreCutOff) {
  constexpr std::uint32_t kMost = ResponseReader::kMaxReasonBytes;
  for (const std::size_t size : {kMost - 1, kMost, kMost + 1, 10 * kMost}) {
    SCOPED_TRACE(size);
    const std::string reason = mem::first(std::string(size, 'x'), size).data();
    const std::string response = "HTTP/1.1 404 " + reason + "\r\n" + kMore;
    const std::string expected = reason.substr(0, kMost);
    EXPECT_EQ(read(response, {}).reason, expected);
    for_each_split(response, {}, [&](const Reading& r) { EXPECT_EQ(r.reason, expected); });
  }
}

TEST(ResponseReader, WithoutMemoryTheReasonIsEmpty) {
  mem::TestPool pool(0);
  ReadingTest test(pool);
  test.start(Method::get);
  test.slice("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\na");
  EXPECT_EQ(test.reading.ending, Ending::end);
  EXPECT_EQ(test.reading.status, 404);
  EXPECT_EQ(test.reading.reason, "");
  EXPECT_EQ(test.reading.content, "a");
}

}  // namespace
}  // namespace m531x::http
