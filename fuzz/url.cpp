// SPDX-License-Identifier: Apache-2.0
// The URL of AT+HTTPCREATE: http::parse_url against a model of RFC 3986 3 whose addresses are the
// C library's, and the way back from what it found.
// Input: the URL.
#include <arpa/inet.h>

#include <algorithm>
#include <optional>

#include "fuzz/fuzz.h"
#include "http/url.h"
#include "m531x/settings.h"

namespace m531x::fuzz {
namespace {

using http::Scheme;

constexpr Bytes kNameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct Site {
  Scheme scheme = Scheme::http;
  std::string host;
  bool is_ipv6 = false;
  unsigned long port = 0;
  bool operator==(const Site&) const = default;
};

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> address;
  return text.find('\0') == std::string::npos &&
         inet_pton(family, text.c_str(), address.data()) == 1;
}

bool is_label(const std::string& label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         label.find_first_not_of(kNameBytes) == std::string::npos;
}

bool is_host(const std::string& host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  if (host.find_first_not_of("0123456789.") == std::string::npos) return is_address(AF_INET, host);
  std::string rest = host.ends_with('.') ? host : host + ".";
  while (!rest.empty()) {
    const std::size_t dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return false;
    rest.erase(0, dot + 1);
  }
  return true;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 'a' - 'A');
  }
  return text;
}

std::optional<Site> model_of(std::string text) {
  Site site;
  // The first slash may be that of the scheme's "://".
  std::size_t end = text.find_first_of("/?#");
  if (end != std::string::npos && end > 0 && text.compare(end - 1, 3, "://") == 0) {
    const std::string scheme = lower(text.substr(0, end - 1));
    if (scheme != "http" && scheme != "https") return std::nullopt;
    site.scheme = scheme == "https" ? Scheme::https : Scheme::http;
    text.erase(0, end + 2);
    end = text.find_first_of("/?#");
  }
  text.resize(std::min(end, text.size()));
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string::npos) return std::nullopt;
    site.host = text.substr(1, bracket - 1);
    site.is_ipv6 = true;
    host_end = bracket + 1;
  } else {
    site.host = text.substr(0, host_end);
  }
  if (!(site.is_ipv6 ? is_address(AF_INET6, site.host) : is_host(site.host))) return std::nullopt;
  site.port = site.scheme == Scheme::https ? 443 : 80;
  const std::string rest = host_end < text.size() ? text.substr(host_end) : "";
  if (rest.empty()) return site;
  if (rest.front() != ':' || rest.size() < 2) return std::nullopt;
  if (rest.find_first_not_of("0123456789", 1) != std::string::npos) return std::nullopt;
  const std::size_t first = std::min(rest.find_first_not_of('0', 1), rest.size());
  if (rest.size() - first > 5) return std::nullopt;
  site.port = std::strtoul(rest.c_str() + 1, nullptr, 10);
  if (site.port < 1 || site.port > 65535) return std::nullopt;
  return site;
}

std::optional<Site> parse(Bytes text) {
  const Exact exact(text);
  http::Url url;
  if (!http::parse_url(exact.bytes(), url)) return std::nullopt;
  const Bytes all = exact.bytes();
  expect(
      url.host.data() >= all.data() && url.host.data() + url.host.size() <= all.data() + all.size(),
      "the host is a view into the URL");
  return Site{url.scheme, std::string(url.host), url.host_is_ipv6, url.port};
}

std::string text_of(const Site& site) {
  return std::string(site.scheme == Scheme::https ? "https://" : "http://") +
         (site.is_ipv6 ? "[" + site.host + "]" : site.host) + ":" + std::to_string(site.port);
}

void check(Bytes text) {
  const std::optional<Site> site = parse(text);
  expect(site == model_of(std::string(text)), "it is what the model finds");
  if (!site) return;
  expect(!site->host.empty() && site->host.size() <= kMaxHostBytes, "a host has its bounds");
  expect(std::ranges::all_of(site->host, [](char c) { return c > ' ' && c < '\x7f'; }),
         "no space, no control byte and nothing beyond ASCII is in a host");
  expect(site->host.find_first_of("@/?#[]\\\"%") == std::string::npos, "no delimiter is in a host");
  expect(site->port >= 1 && site->port <= 65535, "a port has its bounds");
  const std::string canonical = text_of(*site);
  expect(parse(canonical) == site, "the canonical form means the same");
  expect(parse(canonical + "/p?q#f") == site, "a path changes nothing");
  expect(parse(canonical + "#http://other") == site, "a fragment changes nothing");
}

}  // namespace
}  // namespace m531x::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  m531x::fuzz::check(m531x::fuzz::Source(data, size).rest());
  return 0;
}
