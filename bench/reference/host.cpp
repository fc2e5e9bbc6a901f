// SPDX-License-Identifier: Apache-2.0
#include "host.h"

#include <algorithm>
#include <charconv>

namespace m531x::reference {
namespace {

constexpr std::string_view kHeader = "+HTTPNMIH:";
constexpr std::string_view kContent = "+HTTPNMIC:";
constexpr std::size_t kLineEndSize = 2;

std::uint64_t last_number(std::string_view line) {
  const std::string_view digits = line.substr(line.rfind(',') + 1);
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

Host::Host(std::string url, std::string path)
    : create_("AT+HTTPCREATE=\"" + url + "\"\r"), send_("AT+HTTPSEND=0,0,\"" + path + "\"\r") {}

std::string_view Host::next_line() {
  if (leaving_) return "AT+HTTPCLOSE=0\r";
  return created_ ? send_ : create_;
}

bool Host::hears(std::string_view bytes) {
  bool done = false;
  while (!bytes.empty()) {
    if (to_skip_ > 0) {
      const auto size = std::min<std::uint64_t>(to_skip_, bytes.size());
      bytes.remove_prefix(size);
      to_skip_ -= size;
      if (to_skip_ == 0 && last_record_) {
        last_record_ = false;
        done = true;
      }
      continue;
    }
    const std::size_t line_feed = bytes.find('\n');
    if (line_feed == std::string_view::npos) {
      line_ += bytes;
      return done;
    }
    line_ += bytes.substr(0, line_feed);
    bytes.remove_prefix(line_feed + 1);
    done = end_line() || done;
    line_.clear();
  }
  return done;
}

// True when nothing more is to come for the line that was typed.
bool Host::end_line() {
  std::string_view line = line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(kHeader)) {
    to_skip_ = last_number(line) + kLineEndSize;
  } else if (line.starts_with(kContent)) {
    const std::uint64_t size = last_number(line);
    content_bytes_ += size;
    to_skip_ = size + kLineEndSize;
    last_record_ = line.substr(kContent.size()).starts_with("0,0,");
  } else if (line == "OK" && (!created_ || leaving_)) {
    created_ = true;
    return true;
  } else if (line == "ERROR" || line.starts_with("+HTTPERR") || line.starts_with("+HTTPDIS")) {
    failed_ = true;
  }
  return false;
}

}  // namespace m531x::reference
