// SPDX-License-Identifier: Apache-2.0
// Responses that are well formed: what is found in them, however they are cut into slices
// (RFC 9112 6, 7).
#include <gtest/gtest.h>

#include <vector>

#include "http/test_reading.h"

namespace m531x::http {
namespace {

using namespace std::string_literals;

struct FramingCase {
  const char* name;
  std::string response;
  Reading expected;  // read_bytes is the response's size
  Request request = {};
};

Reading whole(std::uint16_t status, const std::string& reason, const std::string& header,
              const std::string& content, bool keep_alive = true, const std::string& behind = "") {
  return {.ending = Ending::end,
          .status = status,
          .reason = status / 100 == 2 ? "" : reason,  // nobody is told that of a success
          .header = header,
          .header_complete = true,
          .content = content,
          .content_complete = true,
          .total = content.size(),
          .keep_alive = keep_alive,
          .behind = behind};
}

constexpr Request kHead = {.method = Method::head};
constexpr Request kClosing = {.closes = true};

const std::string kFramedOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunkedField = "Transfer-Encoding: chunked\r\n";

const std::vector<FramingCase> kContentLength = {
    {"Content-Length", kFramedOk + "A: b\r\nContent-Length: 5\r\n\r\nhello",
     whole(200, "OK", "A: b\r\nContent-Length: 5\r\n", "hello")},
    {"0", kFramedOk + "Content-Length: 0\r\n\r\n", whole(200, "OK", "Content-Length: 0\r\n", "")},
    {"1", kFramedOk + "content-length:1\r\n\r\n\n", whole(200, "OK", "content-length:1\r\n", "\n")},
    {"leading zeros", kFramedOk + "Content-Length: 0005\r\n\r\nhello",
     whole(200, "OK", "Content-Length: 0005\r\n", "hello")},
    {"spaces around", kFramedOk + "Content-Length: \t 5 \r\n\r\nhello",
     whole(200, "OK", "Content-Length: \t 5 \r\n", "hello")},
    {"twice the same", kFramedOk + "Content-Length: 5\r\nA: b\r\nContent-Length: 5\r\n\r\nhello",
     whole(200, "OK", "Content-Length: 5\r\nA: b\r\nContent-Length: 5\r\n", "hello")},
    {"content that looks like a response",
     kFramedOk + "Content-Length: 38\r\n\r\n" + kFramedOk + "Content-Length: 0\r\n\r\n",
     whole(200, "OK", "Content-Length: 38\r\n", kFramedOk + "Content-Length: 0\r\n\r\n")},
    {"binary content", kFramedOk + "Content-Length: 6\r\n\r\n\0\r\n\xff\n\r"s,
     whole(200, "OK", "Content-Length: 6\r\n", "\0\r\n\xff\n\r"s)},
    {"an error status has content too", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
     whole(404, "Not Found", "Content-Length: 2\r\n", "no")},
    {"Connection: close", kFramedOk + "Connection: close\r\nContent-Length: 2\r\n\r\nab",
     whole(200, "OK", "Connection: close\r\nContent-Length: 2\r\n", "ab", false)},
    {"a server that closes behind it", kFramedOk + "Content-Length: 2\r\n\r\nab",
     whole(200, "OK", "Content-Length: 2\r\n", "ab"), kClosing},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab",
     whole(200, "OK", "Content-Length: 2\r\n", "ab", false)},
    {"HTTP/1.0 that is kept",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
     whole(200, "OK", "Connection: keep-alive\r\nContent-Length: 2\r\n", "ab")},
    {"HTTP/1.0, keep-alive and close",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nab",
     whole(200, "OK", "Connection: keep-alive, close\r\nContent-Length: 2\r\n", "ab", false)},
    {"HTTP/1.0, close and keep-alive",
     "HTTP/1.0 200 OK\r\nConnection: close, keep-alive\r\nContent-Length: 2\r\n\r\nab",
     whole(200, "OK", "Connection: close, keep-alive\r\nContent-Length: 2\r\n", "ab", false)},
};

const std::vector<FramingCase> kChunks = {
    {"one chunk", kFramedOk + kChunkedField + "\r\n5\r\nhello\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField, "hello")},
    {"no chunk", kFramedOk + kChunkedField + "\r\n0\r\n\r\n", whole(200, "OK", kChunkedField, "")},
    {"many chunks", kFramedOk + kChunkedField + "\r\n1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField, "abcdef")},
    {"hex of either case",
     kFramedOk + kChunkedField + "\r\na\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField, "01234567890123456789a")},
    {"leading zeros", kFramedOk + kChunkedField + "\r\n0002\r\nab\r\n000\r\n\r\n",
     whole(200, "OK", kChunkedField, "ab")},
    {"extensions", kFramedOk + kChunkedField + "\r\n2;a=b;c\r\nab\r\n0;last\r\n\r\n",
     whole(200, "OK", kChunkedField, "ab")},
    {"extensions with spaces", kFramedOk + kChunkedField + "\r\n2 ; a = b\r\nab\r\n0 ;\tc\r\n\r\n",
     whole(200, "OK", kChunkedField, "ab")},
    {"a quoted extension", kFramedOk + kChunkedField + "\r\n2;a=\"b;c\"\r\nab\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField, "ab")},
    {"trailers", kFramedOk + kChunkedField + "\r\n2\r\nab\r\n0\r\nA: b\r\nC: d\r\n\r\n",
     whole(200, "OK", kChunkedField, "ab")},
    {"chunk data that looks like chunks",
     kFramedOk + kChunkedField + "\r\n7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField, "0\r\n\r\n\r\n")},
    {"Connection: close",
     kFramedOk + kChunkedField + "Connection: close\r\n\r\n1\r\na\r\n0\r\n\r\n",
     whole(200, "OK", kChunkedField + "Connection: close\r\n", "a", false)},
    {"the last of several codings",
     kFramedOk + "Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
     whole(200, "OK", "Transfer-Encoding: gzip, chunked\r\n", "a")},
};

const std::vector<FramingCase> kUntilClose = {
    {"until close", kFramedOk + "A: b\r\n\r\nhello", whole(200, "OK", "A: b\r\n", "hello", false),
     kClosing},
    {"nothing until close", kFramedOk + "A: b\r\n\r\n", whole(200, "OK", "A: b\r\n", "", false),
     kClosing},
    {"no header at all", kFramedOk + "\r\nhello", whole(200, "OK", "", "hello", false), kClosing},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello", whole(200, "OK", "", "hello", false), kClosing},
    {"a coding that is not chunked", kFramedOk + "Transfer-Encoding: gzip\r\n\r\nhello",
     whole(200, "OK", "Transfer-Encoding: gzip\r\n", "hello", false), kClosing},
};

const std::vector<FramingCase> kNoContent = {
    {"HEAD", kFramedOk + "Content-Length: 5\r\n\r\n", whole(200, "OK", "Content-Length: 5\r\n", ""),
     kHead},
    {"HEAD, chunked", kFramedOk + kChunkedField + "\r\n", whole(200, "OK", kChunkedField, ""),
     kHead},
    {"HEAD, until close", kFramedOk + "A: b\r\n\r\n", whole(200, "OK", "A: b\r\n", ""), kHead},
    {"HEAD, 404", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n",
     whole(404, "Not Found", "Content-Length: 5\r\n", ""), kHead},
    {"204", "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", whole(204, "No Content", "A: b\r\n", "")},
    {"204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
     whole(204, "No Content", "Content-Length: 5\r\n", "")},
    {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
     whole(304, "Not Modified", "Content-Length: 5\r\n", "")},
    {"304, chunked", "HTTP/1.1 304 Not Modified\r\n" + kChunkedField + "\r\n",
     whole(304, "Not Modified", kChunkedField, "")},
    {"304, closing", "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
     whole(304, "Not Modified", "Connection: close\r\n", "", false)},
};

const std::vector<FramingCase> kInterim = {
    {"100", "HTTP/1.1 100 Continue\r\n\r\n" + kFramedOk + "Content-Length: 1\r\n\r\na",
     whole(200, "OK", "Content-Length: 1\r\n", "a")},
    {"several",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\nA: b\r\n\r\nHTTP/1.1 103 E\r\n"
     "Content-Length: 7\r\n\r\n" +
         kFramedOk + "Content-Length: 1\r\n\r\na",
     whole(200, "OK", "Content-Length: 1\r\n", "a")},
    {"100 and 204", "HTTP/1.1 100 C\r\nConnection: close\r\n\r\nHTTP/1.1 204 N\r\n\r\n",
     whole(204, "N", "", "")},
    {"a bare LF in it", "HTTP/1.1 100 Continue\n\n" + kFramedOk + "Content-Length: 1\r\n\r\na",
     whole(200, "OK", "Content-Length: 1\r\n", "a")},
};

const std::vector<FramingCase> kLines = {
    {"bare LF everywhere", "HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\nab",
     whole(200, "OK", "A: b\nContent-Length: 2\n", "ab")},
    {"bare LF in the status line", "HTTP/1.1 200 OK\nContent-Length: 1\r\n\r\na",
     whole(200, "OK", "Content-Length: 1\r\n", "a")},
    {"bare LF at the header's end", kFramedOk + "Content-Length: 1\r\n\na",
     whole(200, "OK", "Content-Length: 1\r\n", "a")},
    {"bare LF in chunk lines", kFramedOk + kChunkedField + "\n2\nab\n1;x\nc\n0\nA: b\n\n",
     whole(200, "OK", kChunkedField, "abc")},
    {"no reason", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
     whole(404, "", "Content-Length: 0\r\n", "")},
    {"an empty reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
     whole(200, "", "Content-Length: 0\r\n", "")},
    {"a long reason", "HTTP/1.1 404 All's well, a b\tc\r\nContent-Length: 0\r\n\r\n",
     whole(404, "All's well, a b\tc", "Content-Length: 0\r\n", "")},
    {"a reason beyond ASCII", "HTTP/1.1 500 \xe5\xa5\xbd\r\nContent-Length: 0\r\n\r\n",
     whole(500, "\xe5\xa5\xbd", "Content-Length: 0\r\n", "")},
    {"values beyond ASCII", kFramedOk + "A: \xe5\xa5\xbd\xff\r\nContent-Length: 0\r\n\r\n",
     whole(200, "OK", "A: \xe5\xa5\xbd\xff\r\nContent-Length: 0\r\n", "")},
    {"empty values", kFramedOk + "A:\r\nB: \r\nContent-Length: 0\r\n\r\n",
     whole(200, "OK", "A:\r\nB: \r\nContent-Length: 0\r\n", "")},
    {"a status beyond the list", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
     whole(999, "X", "Content-Length: 0\r\n", "")},
};

void expect_read(const std::vector<FramingCase>& cases) {
  for (FramingCase c : cases) {
    SCOPED_TRACE(c.name);
    c.expected.read_bytes = c.response.size();
    const Reading reading = read(c.response, {}, c.request);
    EXPECT_EQ(reading, c.expected);
    for_each_split(c.response, c.request,
                   [&c](const Reading& split) { EXPECT_EQ(split, c.expected); });
  }
}

TEST(ResponseReader, ContentLength) { expect_read(kContentLength); }
TEST(ResponseReader, Chunked) { expect_read(kChunks); }
TEST(ResponseReader, UntilClose) { expect_read(kUntilClose); }
TEST(ResponseReader, NoContent) { expect_read(kNoContent); }
TEST(ResponseReader, InterimResponsesAreSwallowed) { expect_read(kInterim); }
TEST(ResponseReader, Lines) { expect_read(kLines); }

TEST(ResponseReader, LeavesWhatIsBehindTheResponse) {
  for (const auto* const cases : {&kContentLength, &kChunks, &kNoContent}) {
    for (const FramingCase& c : *cases) {
      SCOPED_TRACE(c.name);
      const Reading reading = read(c.response + "HTTP/1.1", {}, c.request);
      EXPECT_EQ(reading.behind, "HTTP/1.1");
      EXPECT_EQ(reading.content, c.expected.content);
    }
  }
}

TEST(ResponseReader, IsUsedAgain) {
  mem::TestPool pool;
  ReadingTest test(pool);
  for (const auto* const cases :
       {&kContentLength, &kChunks, &kUntilClose, &kNoContent, &kInterim}) {
    for (const FramingCase& c : *cases) {
      SCOPED_TRACE(c.name);
      test.start(c.request.method);
      if (test.slice(c.response) && c.request.closes) test.close();
      EXPECT_EQ(test.reading.content, c.expected.content);
      EXPECT_EQ(test.reading.total, c.expected.total);
      EXPECT_EQ(test.reading.ending, Ending::end);
    }
  }
}

// <total> is told with each piece: of a Content-Length from the first on, else of what was read.
TEST(ResponseReader, TotalsOnTheWay) {
  const auto totals = [](const std::string& response) {
    mem::TestPool pool;
    ResponseReader reader(pool);
    reader.start(Method::get, kWide);
    std::vector<std::uint64_t> sums;
    Bytes rest = response;
    while (true) {
      const auto found = reader.next(rest);
      rest = mem::after(rest, found.skip + found.size);
      if (found.what == ResponseReader::What::content) sums.push_back(reader.total());
      if (found.what == ResponseReader::What::nothing || found.what == ResponseReader::What::end) {
        return sums;
      }
    }
  };
  using Sums = std::vector<std::uint64_t>;
  EXPECT_EQ(totals(kFramedOk + "Content-Length: 100\r\n\r\nabc"), (Sums{100}));
  EXPECT_EQ(totals(kFramedOk + kChunkedField + "\r\n2\r\nab\r\n3\r\nabc\r\n64\r\na"),
            (Sums{2, 5, 105}));
  EXPECT_EQ(totals(kFramedOk + "\r\nabcde"), (Sums{5}));
}

TEST(ResponseReader, EndsOnlyWhatMayEndByAClose) {
  struct Closed {
    const char* name;
    std::string response;
    Ending ending;
  };
  for (const Closed& c : std::vector<Closed>{
           {"nothing", "", Ending::open},
           {"in the status line", "HTTP/1.1 20", Ending::open},
           {"behind the status line", kFramedOk, Ending::open},
           {"in the header", kFramedOk + "A: b\r\n", Ending::open},
           {"at the header's last CR", kFramedOk + "A: b\r\n\r", Ending::open},
           {"behind an interim response", "HTTP/1.1 100 C\r\n\r\n", Ending::open},
           {"without content of a length", kFramedOk + "Content-Length: 2\r\n\r\n", Ending::open},
           {"in content of a length", kFramedOk + "Content-Length: 2\r\n\r\na", Ending::open},
           {"in a chunk line", kFramedOk + kChunkedField + "\r\n2", Ending::open},
           {"in a chunk", kFramedOk + kChunkedField + "\r\n2\r\na", Ending::open},
           {"behind a chunk", kFramedOk + kChunkedField + "\r\n2\r\nab\r\n", Ending::open},
           {"before the last line", kFramedOk + kChunkedField + "\r\n2\r\nab\r\n0\r\n",
            Ending::open},
           {"until close", kFramedOk + "\r\n", Ending::end},
           {"until close", kFramedOk + "\r\nabc", Ending::end},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read(c.response, {}, kClosing).ending, c.ending);
    EXPECT_EQ(read_bytewise(c.response, kClosing).ending, c.ending);
  }
}

}  // namespace
}  // namespace m531x::http
