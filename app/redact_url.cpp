// SPDX-License-Identifier: Apache-2.0
#include "app/redact_url.h"

#include <algorithm>
#include <array>

#include "m531x/ascii.h"

namespace m531x::app {
namespace {

constexpr std::string_view kHidden = "***";
constexpr auto kTelling =
    std::to_array<std::string_view>({"auth", "key", "pass", "pwd", "secret", "sign", "token"});

bool tells(Bytes name) {
  return std::ranges::any_of(kTelling, [name](std::string_view word) {
    return !std::ranges::search(name, word, {}, to_lower).empty();
  });
}

}  // namespace

std::string hide_user(Bytes url) {
  const std::size_t at = url.rfind('@');
  if (at == Bytes::npos) return std::string(url);
  const std::size_t scheme = url.find("://");
  std::size_t begin = url.find_first_not_of(" \"");
  if (scheme != Bytes::npos && scheme < at) begin = scheme + 3;
  return std::string(url.substr(0, begin)) + std::string(kHidden) + std::string(url.substr(at));
}

std::string hide_query_keys(Bytes text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == Bytes::npos) break;
    std::size_t name = text.substr(0, equals).find_last_of("?&,; \"");
    name = name == Bytes::npos ? 0 : name + 1;
    shown += text.substr(0, equals + 1);
    const bool hidden = tells(text.substr(name, equals - name));
    text.remove_prefix(equals + 1);
    const std::size_t end = std::min(text.find_first_of("&\" "), text.size());
    shown += hidden ? kHidden : text.substr(0, end);
    text.remove_prefix(end);
  }
  shown += text;
  return shown;
}

}  // namespace m531x::app
