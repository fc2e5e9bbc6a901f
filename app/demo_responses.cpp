// SPDX-License-Identifier: Apache-2.0
// What the demo's server answers: the sizes are the manual's (2.1, 2.2), the bytes are made up.
#include <fmt/format.h>

#include <algorithm>

#include "app/demo_server.h"

namespace m531x::app {
namespace {

using End = DemoResponse::End;
using Lines = std::vector<std::string>;

constexpr std::size_t kSegmentBytes = 1460;
constexpr std::string_view kDate = "Date: Thu, 01 Jan 2026 00:00:00 GMT";

// The header lines, filled up to exactly `byte_count` bytes by one more.
std::string header_of(const Lines& lines, std::size_t byte_count) {
  constexpr std::string_view kFiller = "X-Filler: ";
  std::string block;
  for (const std::string& line : lines) block += line + "\r\n";
  const std::size_t end_bytes = 2;
  const std::size_t room = byte_count - block.size() - kFiller.size() - end_bytes;
  return block + std::string(kFiller) + std::string(room, '-') + "\r\n";
}

// A page of numbered lines.
std::string page_of(std::size_t byte_count) {
  std::string page = "<!DOCTYPE html>\n<title>m531x demo</title>\n";
  for (int line = 1; page.size() < byte_count; ++line) {
    page += fmt::format("<p>Line {} of a page that comes in many segments.</p>\n", line);
  }
  page.resize(byte_count);
  return page;
}

// Bytes of every value, as in a picture; `start` is what it begins with.
std::string binary_of(std::string start, std::size_t byte_count) {
  std::uint32_t state = 1;
  while (start.size() < byte_count) {
    state = state * 1664525 + 1013904223;
    start += static_cast<char>(state >> 24);
  }
  return start;
}

std::string chunked(std::string_view content, const std::vector<std::size_t>& sizes) {
  std::string out;
  for (const std::size_t size : sizes) {
    out += fmt::format("{:x}\r\n{}\r\n", size, content.substr(0, size));
    content.remove_prefix(size);
  }
  return out + "0\r\n\r\n";
}

std::vector<std::string> segments_of(std::string_view bytes) {
  std::vector<std::string> segments;
  while (!bytes.empty()) {
    segments.emplace_back(bytes.substr(0, kSegmentBytes));
    bytes.remove_prefix(segments.back().size());
  }
  return segments;
}

std::string status_and_header(std::string_view status, const std::string& header) {
  return fmt::format("HTTP/1.1 {}\r\n{}\r\n", status, header);
}

DemoResponse page() {
  constexpr std::size_t kPageBytes = 37539;
  const std::string header =
      header_of({"Server: demo", std::string(kDate), "Content-Type: text/html; charset=utf-8",
                 "Transfer-Encoding: chunked", "Connection: close", "Cache-Control: private"},
                313);
  std::string content = page_of(kPageBytes);
  const std::string body = chunked(content, {7960, 8192, 8192, 8192, 4096, 907});
  return {"GET /page", segments_of(status_and_header("200 OK", header) + body), End::waits,
          std::move(content)};
}

DemoResponse picture() {
  constexpr std::size_t kPictureBytes = 7862;
  const std::string header =
      header_of({"Server: demo", std::string(kDate), "Content-Type: image/png",
                 fmt::format("Content-Length: {}", kPictureBytes), "Connection: close",
                 "Accept-Ranges: bytes"},
                209);
  std::string content = binary_of("\x89PNG\r\n\x1a\n", kPictureBytes);
  std::vector<std::string> pieces = segments_of(content);
  pieces.insert(pieces.begin(), status_and_header("200 OK", header));
  return {"GET /picture.png", std::move(pieces), End::waits, std::move(content)};
}

DemoResponse missing() {
  const std::string header = header_of(
      {"Server: demo", std::string(kDate), "Transfer-Encoding: chunked", "Connection: close"}, 139);
  return {"GET /nowhere.png",
          {status_and_header("404 Not Found", header) + chunked("", {})},
          End::waits,
          ""};
}

DemoResponse post_answer() {
  constexpr std::size_t kAnswerBytes = 63;
  const std::string header =
      header_of({"Server: demo", std::string(kDate), "Content-Type: text/html; charset=UTF-8",
                 "Transfer-Encoding: chunked", "Connection: keep-alive",
                 "Cache-Control: no-store, no-cache, must-revalidate", "Pragma: no-cache",
                 "Content-Encoding: gzip"},
                468);
  std::string content = binary_of("\x1f\x8b\x08", kAnswerBytes);
  std::string whole = status_and_header("200 OK", header) + chunked(content, {kAnswerBytes});
  return {"POST /readings", {std::move(whole)}, End::resets, std::move(content)};
}

}  // namespace

const std::vector<DemoResponse>& demo_responses() {
  static const std::vector<DemoResponse> responses = {page(), picture(), missing(), post_answer()};
  return responses;
}

}  // namespace m531x::app
