// SPDX-License-Identifier: Apache-2.0
#include "settings/words.h"

namespace m531x::settings {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMostShown = 40;
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr char kDelete = 0x7f;
  std::string quoted = "\"";
  for (const char byte : text.substr(0, kMostShown)) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= ' ' && byte != kDelete) {
      quoted += byte;
    } else {
      quoted += {'\\', 'x', kDigits[code >> 4U], kDigits[code & 0xfU]};
    }
  }
  return quoted + (text.size() > kMostShown ? "...\"" : "\"");
}

}  // namespace m531x::settings
