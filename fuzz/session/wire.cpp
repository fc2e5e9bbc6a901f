// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/wire.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "fuzz/fuzz.h"

namespace m531x::fuzz {
namespace {

constexpr auto kMethods = std::to_array<Bytes>({"GET", "POST", "PUT", "DELETE", "HEAD"});
constexpr Bytes kTokenBytes =
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

// Takes a line off the front; false when its end has not come.
bool take_line(Bytes& rest, Bytes& line) {
  const std::size_t end = rest.find("\r\n");
  if (end == Bytes::npos) return false;
  line = mem::first(rest, end);
  rest = mem::after(rest, end + 2);
  expect(line.find_first_of(Bytes("\r\n\0", 3)) == Bytes::npos, "no bare CR, LF or NUL is sent");
  return true;
}

void check_request_line(Bytes line) {
  const std::size_t space = line.find(' ');
  expect(std::ranges::find(kMethods, mem::first(line, space)) != kMethods.end(),
         "a request begins with one of five methods");
  const Bytes rest = mem::after(line, space + 1);
  const std::size_t end = rest.find(' ');
  const Bytes path = mem::first(rest, end);
  expect(path.starts_with('/') && std::ranges::none_of(path, is_control), "a path has no control");
  expect(mem::after(rest, end) == " HTTP/1.1", "a request line has three parts");
}

std::string lower(Bytes text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return result;
}

// One request; false when it is not all there.
bool take_request(Bytes& rest) {
  Bytes line;
  if (!take_line(rest, line)) return false;
  check_request_line(line);
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t length = 0;
  while (true) {
    if (!take_line(rest, line)) return false;
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    expect(colon != Bytes::npos && colon > 0, "a field line has a name and a colon");
    expect(mem::first(line, colon).find_first_not_of(kTokenBytes) == Bytes::npos,
           "a field's name is a token");
    const std::string name = lower(mem::first(line, colon));
    hosts += name == "host" ? 1 : 0;
    expect(name != "transfer-encoding", "no transfer encoding is sent");
    if (name != "content-length") continue;
    ++lengths;
    length = std::strtoul(std::string(mem::after(line, colon + 1)).c_str(), nullptr, 10);
  }
  expect(hosts >= 1, "a request names its host");
  expect(lengths <= 1, "a request has one length");
  if (rest.size() < length) return false;
  rest = mem::after(rest, length);
  return true;
}

}  // namespace

std::size_t count_requests(Bytes heard) {
  std::size_t count = 0;
  while (!heard.empty() && take_request(heard)) ++count;
  return count;
}

}  // namespace m531x::fuzz
