// SPDX-License-Identifier: Apache-2.0
#include "app/redact_url.h"

#include "app/redact.h"

#include <algorithm>
#include <array>

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

// Anywhere in a name, and names that are nothing else.
constexpr auto kTelling = std::to_array<std::string_view>(
    {"auth", "bearer", "cred", "key", "pass", "pwd", "secret", "session", "sign", "token"});
constexpr auto kTellingNames = std::to_array<std::string_view>(
    {"ak", "code", "hmac", "jwt", "nonce", "otp", "pin", "psk", "pw", "sas", "sid", "sig", "sk"});

bool tells(Bytes name) {
  return std::ranges::any_of(kTelling,
                             [name](std::string_view word) {
                               return !std::ranges::search(name, word, {}, to_lower).empty();
                             }) ||
         std::ranges::any_of(kTellingNames, [name](std::string_view word) {
           return equal_ignoring_case(name, word);
         });
}

std::string hide(Bytes text, const std::vector<Part>& parts) {
  std::string shown;
  std::size_t at = 0;
  for (const Part& part : parts) {
    shown += text.substr(at, part.begin - at);
    shown += kHidden;
    at = part.begin + part.size;
  }
  return shown += text.substr(at);
}

}  // namespace

std::optional<Part> find_user(Bytes url) {
  const std::size_t at = url.rfind('@');
  if (at == Bytes::npos) return std::nullopt;
  const std::size_t scheme = url.find("://");
  std::size_t begin = url.find_first_not_of(" \"");
  if (scheme != Bytes::npos && scheme < at) begin = scheme + 3;
  return Part{begin, at - begin};
}

std::vector<Part> find_query_keys(Bytes text) {
  std::vector<Part> parts;
  std::size_t from = 0;
  while (true) {
    const std::size_t equals = text.find('=', from);
    if (equals == Bytes::npos) return parts;
    const Bytes before = text.substr(from, equals - from);
    const std::size_t start = before.find_last_of("?&,; \"");
    const std::size_t end = std::min(text.find_first_of("&\" ", equals + 1), text.size());
    if (tells(before.substr(start == Bytes::npos ? 0 : start + 1))) {
      parts.push_back({equals + 1, end - equals - 1});
    }
    from = end;
  }
}

std::string hide_user(Bytes url) {
  const auto user = find_user(url);
  return user ? hide(url, {*user}) : std::string(url);
}

std::string hide_query_keys(Bytes text) { return hide(text, find_query_keys(text)); }

}  // namespace m531x::app
