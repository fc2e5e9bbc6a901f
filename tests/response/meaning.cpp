// SPDX-License-Identifier: Apache-2.0
#include "tests/response/meaning.h"

#include <array>
#include <charconv>

#include "transcript/notation.h"

namespace m531x::response {

namespace {

constexpr std::string_view kCrlf = "\r\n";

class Reports {
 public:
  explicit Reports(std::string_view heard) : rest_(heard) {}

  Meaning read() {
    while (!rest_.empty() && meaning_.nonsense.empty()) {
      const std::string_view all = rest_;
      if (!report()) meaning_.nonsense = all;
    }
    return meaning_;
  }

 private:
  bool report() {
    if (meaning_.disconnected) return false;
    if (take("\r\n+HTTPNMIH:0,")) return header();
    if (take("\r\n+HTTPNMIC:0,")) return content();
    if (take("\r\n+HTTPERR:0,")) return error();
    meaning_.disconnected = take("\r\n+HTTPDISCON:0\r\n");
    return meaning_.disconnected;
  }

  bool error() {
    const int number = static_cast<int>(read_number());
    if (!take(kCrlf)) return false;
    if (number < 0) {
      const bool first = meaning_.error == 0;
      meaning_.error = number;
      return first;
    }
    const bool first = meaning_.status.empty() && !meaning_.header_is_whole;
    const std::size_t end = rest_.find(kCrlf);
    meaning_.status = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end, rest_.size()));
    return first && meaning_.status.starts_with(std::to_string(number)) && take(kCrlf);
  }

  bool header() {
    const bool in_turn = !meaning_.header_is_whole && meaning_.error == 0;
    const bool more = read_number() != 0;
    meaning_.header_is_whole = !more;
    return in_turn && take(",") && record(meaning_.header, !more);
  }

  bool content() {
    const bool in_turn = meaning_.header_is_whole && !meaning_.is_whole && meaning_.error == 0;
    const bool more = read_number() != 0;
    meaning_.is_whole = !more;
    if (!in_turn || !take(",")) return false;
    meaning_.total = static_cast<std::uint64_t>(read_number());
    if (!take(",")) return false;
    const auto sum = static_cast<std::uint64_t>(read_number());
    return take(",") && record(meaning_.content, !more) && sum == meaning_.content.size() &&
           sum <= meaning_.total;
  }

  // `<length>` CR LF, the bytes, CR LF. Only a last record may be empty.
  bool record(std::string& bytes, bool last) {
    const auto size = static_cast<std::size_t>(read_number());
    if (!take(kCrlf) || size > rest_.size() || (size == 0 && !last)) return false;
    bytes.append(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return take(kCrlf);
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::int64_t read_number() {
    std::int64_t number = 0;
    const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number).ptr;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  std::string_view rest_;
  Meaning meaning_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Meaning& m) {
  using transcript::render;
  return out << "status " << m.status << "\nheader" << (m.header_is_whole ? "" : " not whole")
             << "\n"
             << render(m.header, "  ") << "content" << (m.is_whole ? "" : " not whole")
             << ", total " << m.total << "\n"
             << render(m.content, "  ") << "error " << m.error
             << (m.disconnected ? ", disconnected" : "") << "\n"
             << render(m.nonsense, "  nonsense: ");
}

Meaning read_reports(std::string_view heard) { return Reports(heard).read(); }

}  // namespace m531x::response
