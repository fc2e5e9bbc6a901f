// SPDX-License-Identifier: Apache-2.0
// The response reader: the same pieces at any split of what the server sends (RFC 9112), a fault at
// the same byte, and for a plain response those that a model finds.
// Input: the method and how the connection ends, the bounds, a seed for the splits, then what the
// server sends.
#include <algorithm>
#include <optional>

#include "fuzz/fuzz.h"
#include "http/test_slice_reader.h"
#include "m531x/settings.h"

namespace m531x::fuzz {
namespace {

using http::Ending;
using http::Method;
using http::Reading;
using http::ResponseReader;

constexpr std::size_t kBlockCount = 4;

struct Server {
  Bytes sends;
  Method method;
  bool closes;
  ResponseReader::Bounds bounds;
};

// The whole of `bytes` in slices.
Reading read(const Server& server, Bytes bytes, Cuts cuts) {
  Pool memory(kBlockCount);
  http::SliceReader reader(memory.pool, server.bounds, expect);
  reader.start(server.method);
  bool more = true;
  while (more && !bytes.empty()) {
    const Exact slice(cuts.take(bytes));
    more = reader.slice(slice.bytes());
  }
  if (more && server.closes) reader.close();
  if (reader.reading.ending == Ending::end) reader.reading.behind += bytes;
  return reader.reading;
}

// What does not depend on the splits. Of a header that turns out to be faulty the earlier slices
// have been reported, and with them more or less of it; so too the place where the reader noticed.
// A CR at the start of a line is held for the empty line's, so of a line that has not ended and
// will be faulty it may be missing.
Reading comparable(Reading reading) {
  if (reading.ending == Ending::end) {
    reading.read_bytes = 0;
    return reading;
  }
  reading.read_bytes = 0;
  if (reading.header_complete) return reading;
  const std::size_t lines = reading.ending == Ending::fault ? 0 : reading.header.rfind('\n') + 1;
  reading.header.resize(lines);
  return reading;
}

void show_reading(const char* what, const Reading& r) {
  std::fprintf(stderr, "%s: %s, status %u, %s, total %llu, read %zu, behind %zu, keep alive %d\n",
               what, http::kEndings.at(static_cast<std::size_t>(r.ending)), r.status,
               r.content_complete ? "told last" : "not told last",
               static_cast<unsigned long long>(r.total), r.read_bytes, r.behind.size(),
               r.keep_alive);
  show("  reason", r.reason);
  show(r.header_complete ? "  whole header" : "  header", r.header);
  show("  content", r.content);
}

void expect_same(const Reading& got, const Reading& want, const char* rule) {
  if (got != want) {
    show_reading("want", want);
    show_reading("got", got);
  }
  expect(got == want, rule);
}

// With one split at each of a few places, and with all.
void compare_splits(const Server& server, std::uint32_t seed) {
  const Reading bytewise = read(server, server.sends, Cuts::of(1));
  const Reading expected = comparable(bytewise);
  for (const std::size_t size : {kWhole, kMaxMssBytes, std::size_t{2}, std::size_t{7}}) {
    expect_same(comparable(read(server, server.sends, Cuts::of(size))), expected,
                "it is the same in slices of one size");
  }
  expect_same(comparable(read(server, server.sends, Cuts::random(seed))), expected,
              "it is the same in slices of any size");
  if (bytewise.ending != Ending::fault) return;
  const Bytes before = mem::first(server.sends, bytewise.read_bytes - 1);
  Server stays_open = server;
  stays_open.closes = false;
  expect(read(stays_open, before, Cuts::of(kWhole)).ending == Ending::open,
         "a fault is not found before its byte");
  expect(read(stays_open, mem::first(server.sends, bytewise.read_bytes), Cuts::of(kWhole)).ending ==
             Ending::fault,
         "a fault is found at its byte");
}

// A plain response: every line ends in CR LF, no 1xx, no field twice, a token and a colon and text
// without control bytes; nullopt for any other, of which the model says nothing.
class PlainModel {
 public:
  explicit PlainModel(const Server& server) : server_(server), rest_(server.sends) {}

  std::optional<Reading> read() {
    if (!read_status() || !read_fields()) return std::nullopt;
    found_.header_complete = true;
    const bool none =
        server_.method == Method::head || found_.status == 204 || found_.status == 304;
    if (none) return end();
    if (chunked_) return read_chunks();
    if (length_) return read_length();
    found_.content = rest_;
    found_.total = rest_.size();
    rest_ = {};
    return server_.closes ? end() : found_;
  }

 private:
  static bool is_digits(Bytes text, Bytes digits, std::size_t most) {
    return !text.empty() && text.size() <= most && text.find_first_not_of(digits) == Bytes::npos;
  }

  bool line(Bytes& text) {
    const std::size_t end = rest_.find("\r\n");
    if (end == Bytes::npos) return false;
    text = mem::first(rest_, end);
    rest_ = mem::after(rest_, end + 2);
    header_bytes_ += end + 2;
    const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
    return is_plain && end + 2 <= server_.bounds.line_bytes &&
           header_bytes_ <= server_.bounds.header_bytes;
  }

  bool read_status() {
    Bytes text;
    if (!line(text)) return false;
    const bool is_plain = text.size() > 13 && text.starts_with("HTTP/1.1 ") && text[12] == ' ' &&
                          text[13] != ' ' && !text.ends_with(' ') && text[9] >= '2' &&
                          is_digits(text.substr(9, 3), "0123456789", 3);
    if (!is_plain) return false;
    found_.status = static_cast<std::uint16_t>(std::strtoul(text.data() + 9, nullptr, 10));
    if (found_.status / 100 != 2) {
      found_.reason = mem::first(text.substr(13), ResponseReader::kMaxReasonBytes);
    }
    return true;
  }

  bool read_fields() {
    const Bytes begin = rest_;
    while (true) {
      const std::size_t at = begin.size() - rest_.size();
      Bytes text;
      if (!line(text)) return false;
      if (text.empty()) {
        found_.header = mem::first(begin, at);
        return true;
      }
      if (!read_field(text)) return false;
    }
  }

  bool read_field(Bytes text) {
    constexpr Bytes kLetters = "abcdefghijklmnopqrstuvwxyz-";
    const std::size_t colon = text.find(": ");
    if (colon == Bytes::npos) return false;
    std::string name(mem::first(text, colon));
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    if (name.empty() || name.find_first_not_of(kLetters) != std::string::npos) return false;
    const Bytes value = text.substr(colon + 2);
    if (value.empty() || value.front() == ' ' || value.back() == ' ') return false;
    if (name == "content-length") {
      if (length_ || chunked_ || !is_digits(value, "0123456789", 6)) return false;
      length_ = std::strtoul(std::string(value).c_str(), nullptr, 10);
    } else if (name == "transfer-encoding") {
      if (length_ || chunked_ || value != "chunked") return false;
      chunked_ = true;
    } else if (name == "connection" || name == "proxy-connection" || name == "upgrade") {
      return false;
    }
    return true;
  }

  std::optional<Reading> read_length() {
    const std::size_t length = length_.value_or(0);
    found_.content = mem::first(rest_, length);
    rest_ = mem::after(rest_, length);
    found_.total = found_.content.empty() ? 0 : length;
    if (found_.content.size() < length) return found_;
    return end();
  }

  std::optional<Reading> read_chunks() {
    while (true) {
      Bytes text;
      header_bytes_ = 0;
      if (!line(text) || !is_digits(text, "0123456789abcdefABCDEF", 4)) return std::nullopt;
      const auto size = std::strtoul(std::string(text).c_str(), nullptr, 16);
      if (size == 0) return line(text) && text.empty() ? end() : std::nullopt;
      if (rest_.size() < size + 2 || rest_.substr(size, 2) != "\r\n") return std::nullopt;
      found_.content += mem::first(rest_, size);
      rest_ = mem::after(rest_, size + 2);
      found_.total += size;
    }
  }

  std::optional<Reading> end() {
    found_.content_complete = true;
    found_.ending = Ending::end;
    found_.behind = rest_;
    const bool until_close = !length_ && !chunked_ && server_.method != Method::head &&
                             found_.status != 204 && found_.status != 304;
    found_.keep_alive = !until_close;
    return found_;
  }

  const Server& server_;
  Bytes rest_;
  Reading found_;
  std::size_t header_bytes_ = 0;
  std::optional<std::size_t> length_;
  bool chunked_ = false;
};

void compare_with_model(const Server& server) {
  std::optional<Reading> model = PlainModel(server).read();
  if (!model) return;
  if (model->ending != Ending::end) model->content_complete = false;
  expect_same(comparable(read(server, server.sends, Cuts::of(kWhole))), comparable(*model),
              "a plain response is what the model finds");
}

void check(Source source) {
  const std::uint8_t first = source.byte();
  const std::uint8_t bounds = source.byte();
  const std::uint32_t seed = source.byte();
  Server server{};
  server.method = static_cast<Method>(first % http::kMethodCount);
  server.closes = (first & 0x80) != 0;
  server.bounds = {.header_bytes = 100'000, .line_bytes = 30'000};
  if (bounds != 0) {
    server.bounds = {.header_bytes = 64U + (bounds & 0x0fU) * 16U, .line_bytes = 64U + bounds / 4U};
  }
  server.sends = source.rest();
  compare_splits(server, seed);
  compare_with_model(server);
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size));
  return 0;
}
