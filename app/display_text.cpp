// SPDX-License-Identifier: Apache-2.0
#include "app/display_text.h"

#include <fmt/format.h>

#include <clocale>
#include <cwchar>

namespace m531x::app {
namespace {

// The C library's widths of characters, whatever the user's locale is.
class Utf8Locale {
 public:
  Utf8Locale()
      : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
        before_(utf8_ == nullptr ? nullptr : ::uselocale(utf8_)) {}
  ~Utf8Locale() {
    if (utf8_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(utf8_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t utf8_;
  locale_t before_;
};

struct Character {
  std::size_t byte_count;
  std::size_t columns;
  bool can_be_shown;
};

// The first one of `text`, which is not empty.
Character first_of(std::string_view text) {
  wchar_t wide = 0;
  std::mbstate_t state{};
  const std::size_t size = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (size == 0 || size > text.size()) return {1, 1, false};
  const int columns = ::wcwidth(wide);
  if (columns < 0) return {size, 1, false};
  return {size, static_cast<std::size_t>(columns), true};
}

}  // namespace

std::string shown(std::string_view text) {
  const Utf8Locale locale;
  std::string out;
  while (!text.empty()) {
    const Character next = first_of(text);
    out += next.can_be_shown ? text.substr(0, next.byte_count) : "?";
    text.remove_prefix(next.byte_count);
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  const Utf8Locale locale;
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character next = first_of(text);
    columns += next.columns;
    text.remove_prefix(next.byte_count);
  }
  return columns;
}

std::vector<std::string_view> wrapped(std::string_view text, std::size_t width) {
  const Utf8Locale locale;
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  std::size_t at = 0;
  std::size_t columns = 0;  // from `begin` to `at`
  std::size_t word = 0;     // where the present word begins
  std::size_t word_columns = 0;
  while (at < text.size()) {
    const Character next = first_of(text.substr(at));
    if (at > begin && columns + next.columns > width) {
      const bool at_word = columns - word_columns > width / 2;
      const std::size_t end = at_word ? word : at;
      pieces.push_back(text.substr(begin, end - begin));
      begin = end;
      columns = at_word ? word_columns : 0;
      word_columns = columns;
    }
    columns += next.columns;
    word_columns += next.columns;
    at += next.byte_count;
    if (text[at - 1] != ' ') continue;
    word = at;
    word_columns = 0;
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

std::string fitted(std::string_view text, std::size_t byte_count, std::size_t width) {
  if (columns_of(text) <= width) return std::string(text);
  const std::string tail = fmt::format(" ... ({} bytes)", byte_count);
  const std::size_t room = width > tail.size() ? width - tail.size() : 0;
  const std::string_view start = wrapped(text, room).front();
  return columns_of(start) > room ? tail : std::string(start) + tail;
}

}  // namespace m531x::app
